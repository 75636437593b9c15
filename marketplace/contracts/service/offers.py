"""Owns offers from sending to their answer: send, counter, decline, withdraw, expire.

Sending and countering render the PDF before the command opens: no slow work in a transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from marketplace.contracts import queries
from marketplace.contracts.events import OfferCountered, OfferDeclined, OfferSent
from marketplace.contracts.models import Contract, ContractVersion
from marketplace.contracts.rules.access import Acting, party_of, side_of
from marketplace.contracts.rules.evidence import NO_TRACE, Trace
from marketplace.contracts.rules.independence import named, signs
from marketplace.contracts.rules.offers import OfferExpired, OfferIncomplete
from marketplace.contracts.rules.states import (
    OFFER_DAYS,
    OPEN,
    Action,
    Actor,
    StaleContract,
    Status,
    target,
)
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.service import documents, evidence, notices, papers, taxes
from marketplace.contracts.service.drafting import EDITABLE, problems_of, refuse_stale, stored
from marketplace.contracts.service.lifecycle import move_to
from marketplace.core import clock, events, jobs
from marketplace.core.db import command, in_command, lock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _


async def send(
    viewer: Acting,
    contract_id: UUID,
    *,
    lock_version: int | None = None,
    trace: Trace = NO_TRACE,
) -> Contract:
    """Freeze the draft as version 1 and put it before the assistant.

    Raises OfferIncomplete (fields), Invalid (dates), IllegalStep, StaleContract, NotFound.
    """
    contract = await queries.get(viewer, contract_id)
    side = side_of(viewer, contract)
    target(contract.status, Action.SEND, side)
    refuse_stale(contract, lock_version)
    decided = await documents.fix_today(contract)
    agreed = queries.agreement(contract)
    _refuse_problems(agreed)
    frozen = await _freeze(contract, agreed, decided)
    return await _put_on_table(viewer, contract, agreed, frozen, Action.SEND, trace)


async def counter(
    viewer: Acting,
    contract_id: UUID,
    changes: Mapping[str, Any],
    *,
    lock_version: int | None = None,
    trace: Trace = NO_TRACE,
) -> Contract:
    """Change the terms on the table: a new version, earlier consents void, the other side's turn.

    Kind and currency stay. Raises Invalid, IllegalStep, StaleContract, OfferExpired, NotFound.
    """
    contract = await queries.get(viewer, contract_id)
    side = side_of(viewer, contract)
    target(contract.status, Action.COUNTER, side)
    refuse_stale(contract, lock_version)
    before = queries.agreement(contract)
    for name, value in changes.items():
        if name in EDITABLE - {"kind", "currency"}:
            setattr(contract, name, stored(value))
    if contract.terms["kind"] != contract.kind:
        raise Invalid({"terms": _("These terms belong to another kind of contract.")})
    decided = await documents.fix_today(contract)
    agreed = queries.agreement(contract)
    if agreed == before:
        raise Invalid({"form": _("Nothing is changed yet. Change something, or sign as it is.")})
    _refuse_problems(agreed)
    frozen = await _freeze(contract, agreed, decided)
    return await _put_on_table(viewer, contract, agreed, frozen, Action.COUNTER, trace)


def _refuse_problems(agreed: Agreement) -> None:
    found = problems_of(agreed)
    if found:
        raise OfferIncomplete(found)


async def _freeze(contract: Contract, agreed: Agreement, decided: taxes.Taxes) -> documents.Frozen:
    if in_command():
        msg = "render the document before the transaction opens"
        raise RuntimeError(msg)
    return await documents.freeze(contract, agreed, contract.version + 1, decided)


@command
async def _put_on_table(
    viewer: Acting,
    seen: Contract,
    agreed: Agreement,
    frozen: documents.Frozen,
    action: Action,
    trace: Trace,
) -> Contract:
    """Write the version that was rendered from `seen`, unless somebody was faster."""
    contract = await lock(Contract, seen.id)
    side = side_of(viewer, contract)
    if contract.lock_version != seen.lock_version:
        raise StaleContract
    if contract.status in OPEN:
        _refuse_expired(contract)
    await papers.refuse(contract)
    number = contract.version + 1
    voided = await queries.signatures(contract)
    await ContractVersion.create(
        contract_id=contract.id,
        made_by_id=viewer.person_id,
        number=number,
        side=side.value,
        agreement=agreed.model_dump(mode="json"),
        parties=frozen.parties,
        file_sha256=frozen.sha256,
        file_bytes=frozen.size_bytes,
        clauses=frozen.clauses,
        boxes=frozen.boxes,
        french_sha256=frozen.french_sha256,
        created_at=clock.now(),
    )
    await taxes.keep(contract, number, frozen.taxes)
    values = {
        name: getattr(seen, name) for name in (*EDITABLE - {"kind"}, "fees", "clocks", "rail")
    }
    expires_at = clock.now() + timedelta(days=OFFER_DAYS)
    await move_to(contract, action, side, **values, version=number, expires_at=expires_at)
    if voided:
        sides = ", ".join(each.side for each in voided)
        await evidence.append(contract, "consents_voided", Actor.SYSTEM, details={"sides": sides})
    await evidence.append(
        contract,
        "sent" if action is Action.SEND else "countered",
        side,
        person_id=viewer.person_id,
        file_sha256=frozen.sha256,
        trace=trace,
        details={"version": str(number), "independence": named(signs(agreed))},
    )
    if action is Action.SEND:
        await events.record(OfferSent(contract.id, number))
    else:
        await events.record(OfferCountered(contract.id, number, side.value))
    await notices.offer_on_table(contract, action, side)
    return contract


def _refuse_expired(contract: Contract) -> None:
    if contract.expires_at is not None and contract.expires_at <= clock.now():
        raise OfferExpired


@command
async def decline(
    viewer: Acting, contract_id: UUID, reason: str = "", *, trace: Trace = NO_TRACE
) -> Contract:
    """The assistant says no. Raises IllegalStep, NotFound."""
    return await _end(viewer, contract_id, Action.DECLINE, "declined", reason, trace)


@command
async def withdraw(
    viewer: Acting, contract_id: UUID, reason: str = "", *, trace: Trace = NO_TRACE
) -> Contract:
    """The business takes its offer or draft back. Raises IllegalStep, NotFound."""
    return await _end(viewer, contract_id, Action.WITHDRAW, "withdrawn", reason, trace)


async def _end(
    viewer: Acting, contract_id: UUID, action: Action, how: str, reason: str, trace: Trace
) -> Contract:
    contract = await lock(Contract, contract_id)
    side = side_of(viewer, contract)
    was_draft = contract.status is Status.DRAFT
    if was_draft and side is Actor.ASSISTANT:
        raise NotFound
    await move_to(contract, action, side, ended_reason=reason)
    await evidence.append(
        contract,
        how,
        side,
        person_id=viewer.person_id,
        trace=trace,
        details={"reason": reason} if reason else {},
    )
    if not was_draft:
        await events.record(OfferDeclined(contract.id, how, reason))
        await notices.offer_ended(contract, how, (party_of(side.other, contract),))
    return contract


@jobs.task("contracts.expire")
async def expire(contract: str) -> None:
    """End one offer that nobody answered in time; does nothing when it was answered meanwhile."""
    await _expire(UUID(contract))


@command
async def _expire(contract_id: UUID) -> None:
    contract = await lock(Contract, contract_id)
    due = contract.expires_at is not None and contract.expires_at <= clock.now()
    if contract.status not in OPEN or not due:
        return
    await move_to(contract, Action.EXPIRE, Actor.SYSTEM)
    await evidence.append(contract, "expired", Actor.SYSTEM)
    await events.record(OfferDeclined(contract.id, "expired", ""))
    both = (contract.business_id, contract.assistant_id)
    await notices.offer_ended(contract, "expired", both)


@jobs.periodic("*/10 * * * *", "contracts.expire_due")
async def expire_due(timestamp: int) -> None:  # noqa: ARG001 - the tick's own time is not ours
    """Queue the end of every offer that has run out."""
    await _queue_expiries()


@command
async def _queue_expiries() -> None:
    due = Contract.filter(status__in=list(OPEN), expires_at__lte=clock.now())
    for contract_id in await due.values_list("id", flat=True):
        await jobs.defer("contracts.expire", contract=contract_id)
