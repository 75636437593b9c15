"""Owns writing the evidence chain; never changes or removes a link (the database refuses it)."""

from __future__ import annotations

from uuid import UUID

from marketplace.contracts.models import Contract, EvidenceEvent
from marketplace.contracts.rules.evidence import (
    EVENTS,
    GENESIS,
    NO_TRACE,
    Link,
    Trace,
    digest,
    stamp,
)
from marketplace.contracts.rules.states import Actor
from marketplace.core import clock
from marketplace.core.db import command, lock


async def append(
    contract: Contract,
    event: str,
    actor: Actor,
    *,
    person_id: UUID | None = None,
    file_sha256: str | None = None,
    trace: Trace = NO_TRACE,
    details: dict[str, str] | None = None,
) -> EvidenceEvent:
    """Add one link to the contract's chain. The contract's row is locked: it orders them."""
    if event not in EVENTS:
        msg = f"{event!r} is not a known evidence event"
        raise ValueError(msg)
    last = await EvidenceEvent.filter(contract_id=contract.id).order_by("-seq").first()
    at = clock.now()
    link = Link(
        contract=str(contract.id),
        seq=last.seq + 1 if last else 1,
        at=stamp(at),
        actor=actor.value,
        person=str(person_id) if person_id else None,
        event=event,
        file_sha256=file_sha256,
        ip=trace.ip,
        user_agent=trace.user_agent,
        session=trace.session,
        details=details or {},
        prev=last.hash if last else GENESIS,
    )
    return await EvidenceEvent.create(
        contract_id=contract.id,
        person_id=person_id,
        seq=link.seq,
        at=at,
        actor=link.actor,
        event=event,
        file_sha256=file_sha256,
        ip=trace.ip,
        user_agent=trace.user_agent,
        session=trace.session,
        details=link.details,
        prev_hash=link.prev,
        hash=digest(link),
    )


@command
async def note_reading(
    contract_id: UUID, side: Actor, person_id: UUID, file_sha256: str, event: str, trace: Trace
) -> None:
    """Record that a person opened (`viewed`) or saved (`downloaded`) a version, once a minute."""
    contract = await lock(Contract, contract_id)
    last = (
        await EvidenceEvent.filter(
            contract_id=contract_id, person_id=person_id, event=event, file_sha256=file_sha256
        )
        .order_by("-seq")
        .first()
    )
    if last is not None and (clock.now() - last.at).total_seconds() < 60:
        return
    await append(contract, event, side, person_id=person_id, file_sha256=file_sha256, trace=trace)
