"""Owns the final file of a signed contract: built, sealed, checked, recorded and mailed by job."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from marketplace.contracts import queries
from marketplace.contracts.models import (
    Contract,
    ContractSeal,
    ContractSignature,
    ContractVersion,
    EvidenceEvent,
)
from marketplace.contracts.rules import annex
from marketplace.contracts.rules.evidence import as_event
from marketplace.contracts.rules.french import french_name
from marketplace.contracts.rules.signing import ChainBroken
from marketplace.contracts.rules.states import Actor
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.service import documents, evidence, notices, papers
from marketplace.core import clock, jobs
from marketplace.core.db import command, lock
from marketplace.core.errors import Conflict
from marketplace.core.i18n import _, gettext
from marketplace.core.settings import settings
from marketplace.sealing import service as sealing
from marketplace.sealing.rules.inspection import EVIDENCE, attached_to, inspect
from marketplace.sealing.rules.report import Report
from marketplace.sealing.service.assembly import Attachment, Box, assembled
from marketplace.sealing.service.seal import sealed

log = logging.getLogger("relais.contracts")
LATE = timedelta(minutes=10)  # by then the job that was queued with the signature is lost or parked
NEWS = timedelta(days=1)  # a contract signed longer ago gets its file without a mail


class SealUnsound(Conflict):
    """The file that was just sealed does not pass our own check: it is not given out."""

    message = _("The sealed file did not pass its check. We are looking into it.")


@jobs.task("contracts.finalise", tries=jobs.TRIES_ABROAD)
async def finalise(contract: str, version: int) -> None:
    """Seal a version that both signed and send both sides the file. A second run does nothing.

    Killed anywhere, it starts anew: until the file is recorded nobody has seen it. Raises
    FileDamaged, ChainBroken, SealMissing, SealUnsound, and then waits for an operator rather than
    vouching for something that changed.
    """
    found = await queries.by_id(UUID(contract))
    frozen = await queries.version(found.id, version)
    if await queries.seal(frozen.id) is not None:
        return
    original = await documents.read(frozen.file_sha256)
    chained = await queries.evidence(found.id)
    if queries.broken_at(chained) is not None:
        raise ChainBroken
    try:
        sealing.keys.ready()
    except sealing.SealMissing:  # `seal_missing` comes back to it
        log.warning("no seal key: contract %s waits; see deploy/README.md", found.number)
        return
    french = await documents.read(frozen.french_sha256) if frozen.french_sha256 else None
    signed = _signed(found, frozen, chained, french)
    brought = await papers.read(found)
    content, report = await asyncio.to_thread(made, original, signed, frozen.boxes, brought, french)
    if not report.ok:
        raise SealUnsound(", ".join(report.flaws))
    await asyncio.to_thread(documents.keep, content)
    await _record(found.id, frozen, signed, report)


def _signed(
    contract: Contract,
    version: ContractVersion,
    chained: list[EvidenceEvent],
    french: bytes | None,
) -> annex.Signed:
    """The annex's data: the chain up to the moment when both had signed this version."""
    (last,) = (
        row.seq
        for row in chained
        if row.event == "completed_signing" and row.file_sha256 == version.file_sha256
    )
    agreed = version.agreement
    copy = None
    if french is not None and version.french_sha256 is not None:
        name = french_name(contract.number, version.number)
        copy = annex.French(version.french_sha256, len(french), name)
    return annex.Signed(
        number=contract.number,
        version=version.number,
        title=agreed["title"],
        language=agreed["language"],
        platform=settings().site_name,
        verify_at=f"{settings().base_url}/verify",
        sha256=version.file_sha256,
        size_bytes=version.file_bytes,
        parties={key: version.parties[key]["name"] for key in ("business", "assistant")},
        events=[as_event(queries.link(row), row.hash) for row in chained[:last]],
        authority=sealing.keys.authority_sha256(),
        test=sealing.keys.is_test(),
        imported=Agreement.model_validate(agreed).imported,
        french=copy,
    )


def made(
    original: bytes,
    signed: annex.Signed,
    boxes: list[dict[str, Any]],
    brought: bytes | None = None,
    french: bytes | None = None,
) -> tuple[bytes, Report]:
    """The sealed file and what our own check says of it. Takes a tenth of a second of processor.

    `brought` is the contract that the two signed elsewhere: it is attached as it is. The `french`
    version is in the signed file itself; files frozen before that get it here.
    """
    at, language = clock.now(), signed.language
    extra = documents.render(
        annex.compose(signed, boxes), int(at.timestamp()), template=annex.TEMPLATE
    )
    words = gettext(_("Evidence of the signatures"), language)
    attached = [Attachment(EVIDENCE, annex.evidence_file(signed), "application/json", words, at)]
    if brought is not None:
        name, words = annex.brought_name(signed.number), gettext(_("Imported contract"), language)
        attached.append(Attachment(name, brought, "application/pdf", words, at))
    if french is not None and signed.french is not None:
        name, words = signed.french.file, gettext(_("French version, handed over first"), language)
        if attached_to(original, name) is None:
            attached.append(Attachment(name, french, "application/pdf", words, at))
    places = [
        Box(box["page"], box["x"] + annex.PADDING, box["y"] + annex.PADDING, box["width"],
            box["height"])
        for box in boxes
    ]  # fmt: skip
    final = assembled(original, extra, places, attached)
    reason = gettext(_("Seal of a contract signed by both parties"), language)
    content = sealed(final, at=at, reason=reason)
    return content, inspect(content, sealing.keys.trust())


@command
async def _record(
    contract_id: UUID, version: ContractVersion, signed: annex.Signed, report: Report
) -> None:
    """The one record of the file, its link in the chain and the mail, or nothing at all."""
    contract = await lock(Contract, contract_id)
    if await ContractSeal.exists(version_id=version.id):
        return
    assert report.seal is not None
    row = await ContractSeal.create(
        contract_id=contract.id,
        version_id=version.id,
        file_sha256=report.sha256,
        file_bytes=report.size_bytes,
        level=report.seal.level,
        test=report.seal.test,
        certificate_sha256=report.seal.certificate_sha256,
        chain_seq=len(signed.events),
        chain_head=signed.head,
        sealed_at=clock.now(),
    )
    await evidence.append(
        contract,
        "sealed",
        Actor.SYSTEM,
        file_sha256=row.file_sha256,
        details={"version": str(version.number), "level": row.level, "head": row.chain_head},
    )
    last = await ContractSignature.filter(version_id=version.id).order_by("-signed_at").first()
    if last is not None and clock.now() - last.signed_at < NEWS:
        await notices.signed(contract, version, row)


@jobs.periodic("17 * * * *", "contracts.seal_missing")
async def seal_missing(timestamp: int) -> None:
    """Every hour: versions that both signed and whose job was lost, or ended for want of a key."""
    del timestamp
    await _queue_missing()


@command
async def _queue_missing() -> None:
    for contract_id, number in await queries.unsealed(clock.now() - LATE):
        await jobs.defer("contracts.finalise", contract=contract_id, version=number)
