"""Owns beginning a contract from one that two parties signed elsewhere; the rest is an offer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.access import Acting, side_of
from marketplace.contracts.rules.evidence import NO_TRACE, Trace
from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.contracts.rules.states import Actor, IllegalStep, Status
from marketplace.contracts.schemas import ImportStart, OfferStart
from marketplace.contracts.service import drafting, evidence, papers
from marketplace.core import clock
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound


async def begin(
    viewer: Acting, start: ImportStart, content: bytes, name: str, *, trace: Trace = NO_TRACE
) -> Contract:
    """Begin a draft with the file of the signed contract. What refuses leaves no draft behind.

    Raises what `offers.begin` and `attach` raise.
    """
    business_id = await drafting.business_of(viewer, start.business_id)
    paper = await papers.kept(viewer.person_id, content, name, start.signed_on)
    return await _begin(viewer, start, business_id, paper, trace)


@command
async def _begin(
    viewer: Acting,
    start: ImportStart,
    business_id: UUID,
    paper: ImportedPaper,
    trace: Trace,
) -> Contract:
    wanted = OfferStart(assistant=start.assistant, business_id=business_id, kind=start.kind)
    contract = await drafting.begin(viewer, wanted)
    return await _attach(viewer, contract.id, paper, trace)


async def attach(
    viewer: Acting,
    contract_id: UUID,
    content: bytes,
    name: str,
    signed_on: date,
    *,
    trace: Trace = NO_TRACE,
) -> Contract:
    """Make a draft the import of this file, or replace the file; the start-up phase is dropped.

    Raises NotFound, IllegalStep once it is sent, PaperRefused, PaperKnown, MetHere.
    """
    _refuse_others(viewer, await queries.get(viewer, contract_id))
    paper = await papers.kept(viewer.person_id, content, name, signed_on)
    return await _attach(viewer, contract_id, paper, trace)


@command
async def _attach(
    viewer: Acting, contract_id: UUID, paper: ImportedPaper, trace: Trace
) -> Contract:
    _refuse_others(viewer, await lock(Contract, contract_id))
    return await put(contract_id, paper, Actor.BUSINESS, viewer.person_id, trace)


async def put(
    contract_id: UUID,
    paper: ImportedPaper,
    side: Actor,
    person_id: UUID,
    trace: Trace = NO_TRACE,
) -> Contract:
    """In a command: put the file that this person brought for a side into a draft."""
    contract = await lock(Contract, contract_id)
    contract.imported = paper.model_dump(mode="json")
    await papers.refuse(contract)
    contract.trial_days = contract.trial_minutes = 0
    contract.data_answered = True
    contract.lock_version += 1
    contract.updated_at = clock.now()
    await contract.save(
        update_fields=["imported", "trial_days", "trial_minutes", "data_answered", "lock_version",
                       "updated_at"]
    )  # fmt: skip
    await evidence.append(
        contract,
        "imported",
        side,
        person_id=person_id,
        file_sha256=paper.file_sha256,
        trace=trace,
        details={
            "file": paper.file_name,
            "bytes": str(paper.file_bytes),
            "page_count": str(paper.pages),
            "signed_on": paper.signed_on.isoformat(),
        },
    )
    return contract


def _refuse_others(viewer: Acting, contract: Contract) -> None:
    """Only the business brings a file, and only while its draft is its own."""
    if side_of(viewer, contract) is not Actor.BUSINESS:
        raise NotFound
    if contract.status is not Status.DRAFT:
        raise IllegalStep
