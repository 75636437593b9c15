"""Owns how the parts of a signed contract become units: all at once, or week after week."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts import service as contract_service
from marketplace.contracts.events import ContractSigned
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.instalments import Instalment, instalments, position_of, week
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.terms import Agreement, FlatFeeTerms, HourlyTerms, ProjectTerms
from marketplace.core import clock
from marketplace.work import queries
from marketplace.work.models import PackLot, Unit
from marketplace.work.rules import Status, UnitKind

WEEK_AHEAD = timedelta(days=4)  # next week's unit opens on Thursday, so that it can be funded


def criteria_of(agreement: Agreement, part: Instalment) -> list[str]:
    """How a milestone is judged; other parts have no criteria."""
    if isinstance(agreement.terms, ProjectTerms):
        return list(agreement.terms.numbered[part.position].criteria)
    return []


async def open_part(
    contract: Contract, agreement: Agreement, part: Instalment, first: date
) -> Unit:
    """Open a part, whose days before `first` belong to the part before it."""
    made = {
        "kind": UnitKind(part.kind),
        "title": part.title,
        "criteria": criteria_of(agreement, part),
        "price_minor": part.price_minor,
        "currency": agreement.currency,
        "starts_on": min(max(part.starts_on, first), part.ends_on),
        "ends_on": part.ends_on,
        "trial": part.phase,
        "cap_minutes": _cap(agreement, part),
        "status": Status.OPEN if agreement.rail is Rail.RECORDED else Status.PLANNED,
        "created_at": clock.now(),
        "updated_at": clock.now(),
    }
    unit, _ = await Unit.get_or_create(made, contract_id=contract.id, position=part.position)
    terms = agreement.terms
    if isinstance(terms, FlatFeeTerms) and terms.pack is not None:
        lot = {
            "size": part.pack_units,
            "rollover": terms.rollover_units * terms.pack.grain,
            "covers_from": unit.starts_on,
            "usable_until": part.usable_until,
        }
        await PackLot.get_or_create(lot, unit_id=unit.id)
    return unit


def _cap(agreement: Agreement, part: Instalment) -> int | None:
    terms = agreement.terms
    if not isinstance(terms, HourlyTerms):
        return None
    if part.phase:
        return agreement.trial_minutes
    return terms.cap_of(contracts.monday_of(part.starts_on))


async def open_units(event: ContractSigned) -> None:
    """Open a signed contract's units, in the signing transaction: all, or the first week."""
    contract, agreement = await queries.agreed(event.contract_id)
    if agreement.rail is Rail.RECORDED:  # no held money to wait for
        await contract_service.mark_active(contract.id)
    if isinstance(agreement.terms, HourlyTerms):
        await next_week(contract, agreement)
        return
    for part in instalments(agreement):
        await open_part(contract, agreement, part, agreement.starts_on)


async def next_week(contract: Contract, agreement: Agreement) -> Unit | None:
    """Open the week after the last one; None when the contract has no further week."""
    part = await following_week(contract, agreement)
    if part is None:
        return None
    last = await _last(contract.id)
    first = last.ends_on + timedelta(days=1) if last else agreement.starts_on
    return await open_part(contract, agreement, part, first)


async def following_week(contract: Contract, agreement: Agreement) -> Instalment | None:
    """The week after the last opened one, but never one that has passed already."""
    terms = agreement.terms
    if not isinstance(terms, HourlyTerms):
        return None
    last = await _last(contract.id)
    if last is None and agreement.trial_minutes:
        return week(agreement, 1)
    after = max(last.ends_on + timedelta(days=1) if last else terms.first_week, terms.first_week)
    present = position_of(agreement, max(clock.today(agreement.time_zone), after))
    return week(agreement, max(last.position + 1 if last else 1, present), contract.trial_until)


async def _last(contract_id: UUID) -> Unit | None:
    return await Unit.filter(contract_id=contract_id).order_by("-position").first()
