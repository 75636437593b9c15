"""Quebec: the French version is handed over before the English one, and the wish is kept (s. 55)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import replace

import httpx
import pytest

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import annex
from marketplace.contracts.rules.french import FrenchFirst, WishMissing, french_first
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import documents, offers, signing
from marketplace.contracts.service.sealing import made
from marketplace.parties.models import Party
from marketplace.sealing import service as seals
from marketplace.sealing.rules.inspection import EVIDENCE, attached_to, inspect
from marketplace.sealing.rules.report import Flaw
from marketplace.sealing.service.commands import told
from tests.factories import accounts, sealed, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("application")


def test_only_another_language_with_quebec_needs_its_french() -> None:
    assert french_first("en", ("FR", "CA-QC"))
    assert not french_first("fr", ("CA-QC",))
    assert not french_first("en", ("FR", "CA"))


@pytest.mark.parametrize("by_page", [True, False])
async def test_french_comes_first_and_the_wish_is_signed(
    client: httpx.AsyncClient, by_page: bool
) -> None:
    people = await work.pair()
    await Party.filter(pk=people.business_id).update(
        jurisdiction="CA-QC", country="CA", legal_form="", registration_number="1140000000",
        tax_status="", vat_number="",
    )  # fmt: skip
    terms = work.flat(40000)
    with pytest.raises(FrenchFirst):  # the factory signs without having received it
        await work.signed(people, terms, language="en")
    contract = await Contract.get()
    version = await queries.version(contract.id, 1)
    assert version.french_sha256
    french = await documents.read(version.french_sha256)
    assert french != await documents.read(version.file_sha256)
    await client.get("/en/")
    await accounts.log_in(client, people.business.person)
    at = f"/en/contracts/{contract.id}"
    api = f"/api/v1/contracts/{contract.id}/versions/1"
    first = await client.get(f"{at}/sign")
    assert f"{at}/versions/1/french.pdf" in first.text
    assert version.file_sha256 not in first.text
    for path in (f"{at}/versions/1.pdf", f"{at}/versions/1/pages/1.png", f"{api}/file",
                 f"{api}/pages/1"):  # fmt: skip
        assert (await client.get(path)).status_code == 409
    for path in (f"{at}/sign", f"{at}/sign/code"):  # an invalid form shows no clauses either
        refused = await client.post(path, data={})
        assert refused.status_code == 409
        assert version.file_sha256 not in refused.text
    given = await client.get(f"{at}/versions/1/french.pdf" if by_page else f"{api}/french")
    assert given.content == french
    page = await client.get(f"{at}/sign")
    assert version.file_sha256 in page.text
    code = await work.code(people.business, contract.id, version.file_sha256)
    draft = SignDraft(
        file_sha256=version.file_sha256,
        consent=True,
        typed_name=people.business.person.name,
        code=code,
    )
    with pytest.raises(WishMissing):
        await signing.sign(people.business, contract.id, draft, locale="en")
    wished = draft.model_copy(update={"english_wish": True})
    await signing.sign(people.business, contract.id, wished, locale="en")
    chained = await queries.evidence(contract.id)
    assert queries.broken_at(chained) is None
    names = [each.event for each in chained]
    assert names.index("french_delivered") < names.index("viewed") < names.index("signed")
    delivered, signed = (next(e for e in chained if e.event == n) for n in
                         ("french_delivered", "signed"))  # fmt: skip
    assert delivered.file_sha256 == version.french_sha256
    assert "French version" in signed.details["english_wish"]
    with pytest.raises(FrenchFirst):  # each signer receives it
        await signing.request_code(people.assistant, contract.id, version.file_sha256)
    countered = await offers.counter(people.assistant, contract.id, {"language": "fr"})
    assert (await queries.version(countered.id, 2)).french_sha256 is None


async def in_quebec() -> tuple[work.Pair, Contract]:
    """A business in Quebec and its contract in English, which both still have to sign."""
    people = await work.pair()
    await Party.filter(pk=people.business_id).update(
        jurisdiction="CA-QC", country="CA", legal_form="", registration_number="1140000000",
        tax_status="", vat_number="",
    )  # fmt: skip
    with pytest.raises(FrenchFirst):
        await work.signed(people, work.flat(40000), language="en")
    return people, await Contract.get()


async def test_the_sealed_file_carries_the_french_version_and_the_check_says_so(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people, contract = await in_quebec()
    version = await queries.version(contract.id, 1)
    await client.get("/en/")
    for who in (people.business, people.assistant):
        await accounts.log_in(client, who.person)
        await client.get(f"/en/contracts/{contract.id}/versions/1/french.pdf")
        draft = SignDraft(
            file_sha256=version.file_sha256,
            consent=True,
            typed_name=who.person.name,
            code=await work.code(who, contract.id, version.file_sha256),
            english_wish=True,
        )
        await signing.sign(who, contract.id, draft, locale="en")
    await run_jobs()
    seal = await queries.seal_of(contract.id, 1)
    content, signed = [await documents.read(x) for x in (seal.file_sha256, version.file_sha256)]
    french = await documents.read(version.french_sha256 or "")
    name = f"{contract.number}-v1-fr.pdf"
    assert content.startswith(signed)
    assert attached_to(signed, name) == attached_to(content, name) == french
    proof = json.loads(attached_to(content, EVIDENCE) or b"")
    assert proof["french"] == {"sha256": version.french_sha256, "bytes": len(french), "file": name}
    report = await asyncio.to_thread(inspect, content, seals.keys.trust())
    assert report.ok
    assert any(
        version.french_sha256 in line for line in told(report, "en") if version.french_sha256
    )
    client.cookies.clear()
    for lang, said, is_it in (
        ("en", "handed over to each signer before", "French version handed over before contract"),
        ("fr", "remise à chaque signataire avant", "version française remise avant"),
    ):
        for bytes_, words in ((content, said), (french, is_it)):
            files = {"file": ("contract.pdf", bytes_, "application/pdf")}
            page = await client.post(f"/{lang}/verify", files=files)
            assert words in page.text
    verdict = (await client.post("/api/v1/verify", json={"sha256": version.french_sha256})).json()
    assert (verdict["french"], verdict["number"]) == (True, contract.number)


def test_a_french_version_that_is_missing_or_came_late_is_a_flaw() -> None:
    both = sealed.signed(language="en")
    french = b"%PDF-1.7 une version"
    sha256 = hashlib.sha256(french).hexdigest()
    for claimed in ("0" * 64, sha256):  # another file; the right one, that nobody was given
        parts = replace(both.annex, french=annex.French(claimed, len(french), "fr.pdf"))
        content, report = made(both.original, parts, both.boxes, None, french)
        assert attached_to(content, "fr.pdf") == french
        assert report.flaws == (Flaw.FRENCH_CHANGED,)
