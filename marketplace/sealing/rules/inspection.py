"""Owns the check of a sealed file: its bytes and our certificates in, a report out.

Needs neither database nor network, so that the web page, the sealing job and the command line
judge alike. Heavy and synchronous: never call it in an event loop, nor in the web process.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from marketplace.sealing.rules import chain
from marketplace.sealing.rules.report import Flaw, Proof, Report, Seal

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import EmbeddedPdfSignature, PdfSignatureStatus
    from pyhanko_certvalidator import ValidationContext

FIELD: Final = "RelaisSeal"
EVIDENCE: Final = "preuve.json"
TEST_MARK: Final = "TEST"  # begins the common name of every throw-away certificate
REVISIONS_MAX: Final = 40
TEXT_MAX: Final = 200
END_OF_REVISION: Final = re.compile(rb"%%EOF\r?\n?")
ONE_SPELLING: Final = re.compile(rb"[0-9A-F]*")


@dataclass(frozen=True)
class Trust:
    """Whom to believe at `moment`.

    Certificates of our authorities and of time-stamp authorities (PEM, several to a file), and
    lists of revoked certificates (DER).
    """

    authorities: tuple[bytes, ...]
    moment: datetime
    stamp_authorities: tuple[bytes, ...] = ()
    revoked: tuple[bytes, ...] = ()


def inspect(data: bytes, trust: Trust) -> Report:
    """Everything that can be said of a file. Never raises for what the file holds."""
    sha256 = hashlib.sha256(data).hexdigest()
    prefixes = tuple(prefixes_of(data))
    if not is_pdf(data):
        return Report(sha256, len(data), flaws=(Flaw.NOT_PDF,))
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(BytesIO(data), strict=True)
        signatures = reader.embedded_signatures
        proof, flaws = _proof(reader, data)
    except Exception:  # noqa: BLE001 - damaged files fail anywhere inside the library
        return Report(sha256, len(data), flaws=(Flaw.UNREADABLE,), prefixes=prefixes)
    seals = [each for each in signatures if each.field_name == FIELD]
    if not seals:
        flaws = [Flaw.NO_SEAL, *(flaw for flaw in flaws if proof)]
        return Report(sha256, len(data), None, proof, tuple(flaws), prefixes)
    try:
        seal, found = _judged(data, seals[0], signatures, trust)
    except Exception:  # noqa: BLE001 - see above; what cannot be judged does not hold
        seal, found = None, [Flaw.SEAL_BROKEN]
    flaws = list(dict.fromkeys([*found, *flaws]))
    return Report(sha256, len(data), seal, proof, tuple(flaws), prefixes)


def is_pdf(data: bytes) -> bool:
    """Whether the file says that it is a PDF."""
    return b"%PDF-" in data[:1024]


def prefixes_of(data: bytes) -> Iterator[str]:
    """The hash of the file up to the end of each revision but the last, oldest first."""
    running, done = hashlib.sha256(), 0
    for end in [each.end() for each in END_OF_REVISION.finditer(data)][:REVISIONS_MAX]:
        if end >= len(data):
            return
        running.update(data[done:end])
        done = end
        yield running.copy().hexdigest()


def _proof(reader: PdfFileReader, data: bytes) -> tuple[Proof | None, list[Flaw]]:
    """What preuve.json says, and whether it and the contract before it hold."""
    try:
        evidence = json.loads(_attachment(reader, EVIDENCE))
        document, events = evidence["document"], evidence["events"]
        proof = Proof(
            contract=_told(evidence["contract"]),
            version=_told(evidence["version"]),
            document_sha256=_told(document["sha256"]),
            document_bytes=int(document["bytes"]),
            events=len(events),
            head=_told(evidence["head"]),
            signers=tuple(
                (chain.initials(_told(each["details"]["name"])), _told(each["at"]))
                for each in events
                if each["event"] == "signed" and each["file_sha256"] == document["sha256"]
            ),
            french_sha256=_told(evidence["french"]["sha256"]) if "french" in evidence else "",
        )
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return None, [Flaw.NO_EVIDENCE]
    flaws = []
    if chain.broken_at(events) is not None or events[-1]["hash"] != proof.head:
        flaws.append(Flaw.CHAIN_BROKEN)
    begun = data[: max(proof.document_bytes, 0)]
    if hashlib.sha256(begun).hexdigest() != proof.document_sha256:
        flaws.append(Flaw.PREFIX_CHANGED)
    if proof.french_sha256 and not _french_holds(reader, evidence):
        flaws.append(Flaw.FRENCH_CHANGED)
    return proof, flaws


def _french_holds(reader: PdfFileReader, evidence: Any) -> bool:
    """Whether the French version is there, and each signer had it before signing."""
    told, document = evidence["french"], evidence["document"]
    try:
        content = _attachment(reader, told["file"])
        handed: set[str] = set()
        for each in evidence["events"]:
            step = (each["event"], each["file_sha256"])
            if step == ("french_delivered", told["sha256"]):
                handed.add(each["person"])
            if step == ("signed", document["sha256"]) and each["person"] not in handed:
                return False
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return False
    return hashlib.sha256(content).hexdigest() == str(told["sha256"])


def attached_to(data: bytes, name: str) -> bytes | None:
    """The bytes of a file attached to one of our own files; None without one."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        return _attachment(PdfFileReader(BytesIO(data)), name)
    except (KeyError, IndexError):
        return None


def _told(value: object) -> str:
    """A text of a stranger's file, short, without lone surrogates that no answer can carry."""
    return str(value).encode("utf-8", "replace").decode()[:TEXT_MAX]


def _attachment(reader: PdfFileReader, name: str) -> bytes:
    """The bytes of an attached file. Raises KeyError."""
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    for place in range(0, len(names) - 1, 2):
        if str(names[place]) == name:
            content: bytes = names[place + 1]["/EF"]["/F"].data
            return content
    raise KeyError(name)


def context(
    trust: Trust, authorities: tuple[bytes, ...], *, fetching: bool = False
) -> ValidationContext:
    """What pyHanko needs to follow certificates up to `authorities`.

    Without `fetching` it looks at no list of revocations: see `_is_revoked`. With it, it may
    ask authorities for theirs, over HTTP.
    """
    from asn1crypto import crl
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko_certvalidator import ValidationContext

    roots = [each for raw in authorities for each in load_certs_from_pemder_data(raw)]
    return ValidationContext(
        trust_roots=roots,
        crls=[crl.CertificateList.load(raw) for raw in trust.revoked] if fetching else None,
        moment=trust.moment,
        allow_fetching=fetching,
        revocation_mode="soft-fail",
        retroactive_revinfo=True,
    )


def _judged(
    data: bytes,
    seal: EmbeddedPdfSignature,
    signatures: list[EmbeddedPdfSignature],
    trust: Trust,
) -> tuple[Seal, list[Flaw]]:
    from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp

    ours = context(trust, trust.authorities)
    stamps = context(trust, trust.stamp_authorities or trust.authorities)
    status = validate_pdf_signature(seal, ours, stamps)
    flaws: list[Flaw] = []
    if not status.intact or not status.valid:
        flaws.append(Flaw.SEAL_BROKEN)
    else:
        flaws += _trust_flaws(status) and _at_stamp(seal, status, trust)
    if _is_revoked(status.signing_cert.serial_number, trust):
        flaws.append(Flaw.SEAL_REVOKED)
    if not status.docmdp_ok:
        flaws.append(Flaw.CHANGED_AFTER)
    if not _framed(data, seal):
        flaws.append(Flaw.FRAME_CHANGED)
    stamped = status.timestamp_validity
    if stamped is not None and not (stamped.intact and stamped.valid and stamped.trusted):
        flaws.append(Flaw.STAMP_BROKEN)
    archived = [each for each in signatures if each.sig_object.get("/Type") == "/DocTimeStamp"]
    for each in archived:
        found = validate_pdf_timestamp(each, stamps)
        if not (found.intact and found.valid and found.trusted):
            flaws.append(Flaw.STAMP_BROKEN)
    last = signatures[-1]
    if last.evaluate_signature_coverage().name != "ENTIRE_FILE":
        flaws.append(Flaw.CHANGED_AFTER)
    at = stamped.timestamp if stamped is not None else seal.self_reported_timestamp
    certificate = status.signing_cert
    name = str(certificate.subject.native.get("common_name", ""))
    level = "B-LTA" if archived else "B-T" if stamped is not None else "B-B"
    made = Seal(
        signer=name,
        certificate_sha256=hashlib.sha256(certificate.dump()).hexdigest(),
        at=at.isoformat() if at else None,
        level=level,
        test=name.startswith(TEST_MARK),
    )
    return made, flaws


def _at_stamp(seal: EmbeddedPdfSignature, status: PdfSignatureStatus, trust: Trust) -> list[Flaw]:
    """What is wrong with a certificate that does not hold now.

    A time stamp that holds proves that the seal was there before the certificate expired, so it
    is judged as of then.
    """
    from pyhanko.sign.validation import validate_pdf_signature

    stamped = status.timestamp_validity
    if stamped is None or not (stamped.intact and stamped.valid and stamped.trusted):
        return _trust_flaws(status)
    then = context(replace(trust, moment=stamped.timestamp), trust.authorities)
    stamps = context(trust, trust.stamp_authorities)
    return _trust_flaws(validate_pdf_signature(seal, then, stamps, skip_diff=True))


def _trust_flaws(status: PdfSignatureStatus) -> list[Flaw]:
    if status.trusted:
        return []
    said: Any = status.trust_problem_indic
    if said is not None and ("OUT_OF_BOUNDS" in said.name or "VALID" in said.name):
        return [Flaw.SEAL_EXPIRED]
    return [Flaw.SEAL_FOREIGN]


def _is_revoked(serial: int, trust: Trust) -> bool:
    """Whether one of our lists names the certificate. An old list tells of revocation as well.

    pyHanko would rather believe nothing than a list whose renewal is late.
    """
    from cryptography.x509 import load_der_x509_crl, load_pem_x509_certificates

    issuers = [each for raw in trust.authorities for each in load_pem_x509_certificates(raw)]
    for raw in trust.revoked:
        listed = load_der_x509_crl(raw)
        signed = any(
            listed.issuer == each.subject and listed.is_signature_valid(each.public_key())  # type: ignore[arg-type]
            for each in issuers
        )
        if signed and listed.get_revoked_certificate_by_serial_number(serial) is not None:
            return True
    return False


def _framed(data: bytes, seal: EmbeddedPdfSignature) -> bool:
    """Whether the hole that the seal leaves for itself holds it in its one spelling, then zeros.

    No signature covers those bytes: digits in small letters or other padding would pass.
    """
    from asn1crypto import parser

    start, length, rest, _end = (int(each) for each in seal.sig_object["/ByteRange"])
    hole = data[start + length : rest]
    if hole[:1] != b"<" or hole[-1:] != b">" or not ONE_SPELLING.fullmatch(hole[1:-1]):
        return False
    raw = bytes.fromhex(hole[1:-1].decode())
    size = int(parser.peek(raw))
    return not raw[size:].strip(b"\x00")
