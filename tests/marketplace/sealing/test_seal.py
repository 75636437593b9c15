"""The final file: what both signed, untouched, then evidence and seal; every change is seen."""

from __future__ import annotations

import hashlib
import io
import json
import random
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest

from marketplace.sealing.rules import chain
from marketplace.sealing.rules.inspection import inspect
from marketplace.sealing.rules.report import Flaw
from marketplace.sealing.service import keys
from tests.factories import sealed as make

pytestmark = pytest.mark.usefixtures("data_dir")
FLIPS, INSPECTED = 450, 60


def flaws(content: bytes) -> set[Flaw]:
    return set(inspect(content, keys.trust()).flaws)


def test_the_file_begins_with_what_both_signed_and_carries_stamps_evidence_and_seal() -> None:
    content, both = make.sealed_once()
    assert content[: len(both.original)] == both.original
    report = inspect(content, keys.trust())
    assert report.ok, report
    assert report.seal is not None
    assert report.seal.test
    assert report.seal.level == "B-B"
    assert report.proof is not None
    assert report.proof.document_sha256 == hashlib.sha256(both.original).hexdigest()
    assert [who for who, _at in report.proof.signers] == ["C. D.", "C. M."]
    assert report.prefixes[0] == both.annex.sha256
    reader = pypdf.PdfReader(io.BytesIO(content))
    before = len(pypdf.PdfReader(io.BytesIO(both.original)).pages)
    added = "\n".join(page.extract_text() for page in reader.pages[before:])
    for text in ("Claire Dubois", "Présidente", both.annex.sha256, both.annex.head,
                 f"head -c {len(both.original)}", "TEST"):  # fmt: skip
        assert text in added, text
    evidence = json.loads(reader.attachments["preuve.json"][0])
    assert chain.broken_at(evidence["events"]) is None
    stamped = reader.pages[before - 1].extract_text()
    assert stamped.count("Signé électroniquement") == 2


def test_it_stays_an_archival_file() -> None:
    content, _ = make.sealed_once()
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as about:
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "B")
        attached = pdf.Root.Names.EmbeddedFiles.Names[1]
        assert attached.AFRelationship == "/Supplement"
        assert attached.objgen in {each.objgen for each in pdf.Root.AF}
        assert not pdf.check_pdf_syntax()


def test_poppler_finds_the_signature_valid(tmp_path: Path) -> None:
    content, _ = make.sealed_once()
    (tmp_path / "contract.pdf").write_bytes(content)
    program = shutil.which("pdfsig")
    assert program, "apt-get install poppler-utils"
    told = subprocess.run(
        [program, "-nocert", str(tmp_path / "contract.pdf")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


def test_every_flipped_bit_is_reported() -> None:
    """By the hash of the whole file always; by the file alone for all that are tried."""
    content, _ = make.sealed_once()
    chance = random.Random(20261128)
    known = hashlib.sha256(content).hexdigest()
    places = [(chance.randrange(len(content)), chance.randrange(8)) for _flip in range(FLIPS)]
    missed = []
    for number, (place, bit) in enumerate(places):
        changed = bytearray(content)
        changed[place] ^= 1 << bit
        assert hashlib.sha256(changed).hexdigest() != known
        if number < INSPECTED and inspect(bytes(changed), keys.trust()).ok:
            missed.append(place)
    assert not missed


def test_no_bit_of_the_seals_own_frame_may_change() -> None:
    """The one part that no signature covers: digits in another spelling, padding."""
    content, _ = make.sealed_once()
    start = content.index(b"/Contents <") + len("/Contents <")
    end = content.index(b">", start)
    for place, bit in ((start + 4, 0), (start + 9, 5), (end - 1, 0), (end - 1, 3), (end - 500, 0)):
        changed = bytearray(content)
        changed[place] ^= 1 << bit
        assert not inspect(bytes(changed), keys.trust()).ok, (place, bit)


def test_an_overlay_after_the_seal_is_refused() -> None:
    """A white box over a price, by an incremental update as editors make it."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    content, _ = make.sealed_once()
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    box = generic.StreamObject(stream_data=b"q 1 1 1 rg 50 500 300 200 re f Q")
    writer.add_stream_to_page(0, writer.add_object(box))
    out = io.BytesIO()
    writer.write(out)
    assert Flaw.CHANGED_AFTER in flaws(out.getvalue())


def test_added_bytes_a_rewritten_file_and_a_cut_one_are_seen() -> None:
    content, both = make.sealed_once()
    assert Flaw.CHANGED_AFTER in flaws(content + b"\n% more")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        out = io.BytesIO()
        pdf.save(out)
    assert flaws(out.getvalue())
    assert flaws(content[:-200])
    assert flaws(both.original) == {Flaw.NO_SEAL}


def test_a_seal_of_somebody_else_is_foreign(tmp_path: Path, monkeypatch: Any) -> None:
    content, _ = make.sealed_once()
    stranger = keys.trust()
    monkeypatch.setattr(keys, "folder", lambda: tmp_path / "stranger")
    keys.make()
    report = inspect(content, replace(stranger, authorities=(keys.authorities(),)))
    assert Flaw.SEAL_FOREIGN in report.flaws
    assert Flaw.SEAL_BROKEN not in report.flaws


def test_evidence_that_was_changed_before_the_seal_does_not_pass_our_own_check() -> None:
    both = make.signed()
    events = [dict(each) for each in both.annex.events]
    events[2]["ip"] = "198.51.100.1"
    _, report = replace(both, annex=replace(both.annex, events=events)).sealed()
    assert report.flaws == (Flaw.CHAIN_BROKEN,)


def test_the_certificate_outlives_its_key() -> None:
    content, _ = make.sealed_once()
    later = keys.trust(keys.trust().moment + timedelta(days=12 * 365))
    assert inspect(content, later).ok
    much_later = keys.trust(keys.trust().moment + timedelta(days=20 * 365))
    assert inspect(content, much_later).flaws == (Flaw.SEAL_EXPIRED,)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"%PDF-", b"%PDF-1.7\n%%EOF", b"GIF89a", b"%PDF-1.7\n" + b"[" * 20_000,
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF",
    ],
)  # fmt: skip
def test_garbage_is_told_apart_and_breaks_nothing(content: bytes) -> None:
    report = inspect(content, keys.trust())
    assert not report.ok
    assert report.flaws


def test_evidence_that_no_answer_could_carry_is_still_told() -> None:
    odd = "\ud800" * 300
    signed = {"event": "signed", "details": {"name": odd}, "at": odd, "file_sha256": odd}
    evidence = {"contract": odd, "version": 1, "head": odd,
                "document": {"sha256": odd, "bytes": 1}, "events": [signed]}  # fmt: skip
    out = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        text = json.dumps(evidence).encode()
        file.attachments["preuve.json"] = pikepdf.AttachedFileSpec(file, text)
        file.save(out)
    report = inspect(out.getvalue(), keys.trust())
    assert report.proof is not None
    assert report.proof.contract == "?" * 200
    assert json.dumps(report.as_json(), ensure_ascii=False).encode()


def test_a_mangled_file_breaks_nothing() -> None:
    content, _ = make.sealed_once()
    chance = random.Random(7)
    for _try in range(25):
        changed = bytearray(content)
        for _cut in range(chance.randrange(1, 6)):
            at, length = chance.randrange(len(changed)), chance.randrange(1, 4000)
            changed[at : at + length] = chance.randbytes(chance.randrange(0, 60))
        assert inspect(bytes(changed), keys.trust()).flaws
