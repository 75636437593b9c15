"""Owns handing in, approving and sending back a milestone or a period; never a week of hours."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.terms import FlatFeeTerms, Period
from marketplace.core import clock, events, mail
from marketplace.core.db import command, lock
from marketplace.core.errors import Forbidden
from marketplace.core.i18n import current_locale, format_date
from marketplace.core.settings import settings
from marketplace.parties import queries as parties
from marketplace.work import queries, rules
from marketplace.work.events import (
    ChangesNotMade,
    ChangesRequested,
    WorkApproved,
    WorkSubmitted,
)
from marketplace.work.models import Delivery, Unit
from marketplace.work.rules import (
    IllegalStep,
    NotBegun,
    NotFunded,
    OtherDelivery,
    Status,
    UnitKind,
)
from marketplace.work.service import lots, units
from marketplace.work.service.releases import release
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer
    from marketplace.work.schemas import ChangesDraft, DeliveryDraft

log = logging.getLogger("relais.work")
SILENCE = "silence"


def require_side(viewer: Viewer, unit: Unit, side: str) -> None:
    """Raise Forbidden when the viewer is the other party."""
    party = unit.contract.business_id if side == "business" else unit.contract.assistant_id
    if not viewer.acts_for(party):
        raise Forbidden


async def _locked(viewer: Viewer, unit_id: UUID, side: str) -> Unit:
    require_side(viewer, await queries.unit(viewer, unit_id), side)
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    return unit


@command
async def submit(viewer: Viewer, unit_id: UUID, draft: DeliveryDraft) -> Delivery:
    """Hand in the unit. Raises NotFunded before its money is held, IllegalStep afterwards.

    A week or month of a flat fee is handed in from its first day on: before, NotBegun.
    """
    unit = await _locked(viewer, unit_id, "assistant")
    if unit.kind is UnitKind.WEEK:
        raise IllegalStep
    if unit.status in {Status.PLANNED, Status.FUNDING}:
        raise NotFunded
    if unit.status is Status.FUNDED and await lots.is_pack(unit):
        raise IllegalStep  # a pack's record closes by itself after the period
    if too_early(unit):
        day = format_date(unit.starts_on, current_locale.get(), "day")
        raise NotBegun({"note": (NotBegun.message, {"day": day})})
    return await hand_in(unit, draft.note, [str(link) for link in draft.links], viewer.person_id)


def by_days(unit: Unit) -> bool:
    """Whether the unit, its contract loaded, is a week or month of a flat fee: payable by days."""
    terms = contracts.agreement(unit.contract).terms
    return isinstance(terms, FlatFeeTerms) and terms.period is not Period.ONE_OFF


def too_early(unit: Unit) -> bool:
    """Whether its days are still to come: paid ahead, silence would release them before the work.

    The unit has its contract loaded.
    """
    early = clock.today(unit.contract.time_zone) < unit.starts_on
    return early and unit.status in rules.WORKABLE and by_days(unit)


async def hand_in(unit: Unit, note: str, links: list[str], person_id: UUID | None) -> Delivery:
    """Write a delivery and open its review window. `person_id` None: the period simply ended."""
    contract, now = unit.contract, clock.now()
    until = rules.review_deadline(now, contract.review_days, contract.time_zone)
    await units.move(unit, Status.SUBMITTED, submitted_at=now, review_until=until, reminders_sent=0)
    number = await Delivery.filter(unit_id=unit.id).count() + 1
    delivery = await Delivery.create(
        unit_id=unit.id,
        number=number,
        note=note,
        links=links,
        submitted_by_id=person_id,
        submitted_at=now,
    )
    await events.record(WorkSubmitted(unit.id))
    return delivery


@command
async def approve(
    viewer: Viewer, unit_id: UUID, note: str = "", *, delivery: int | None = None
) -> Unit:
    """Accept the delivery and release the unit's whole money. Raises IllegalStep, OtherDelivery.

    `delivery` is the number of the one that was looked at; None where nobody looks at a page.
    """
    unit = await _locked(viewer, unit_id, "business")
    if unit.kind is UnitKind.WEEK or unit.status is not Status.SUBMITTED:
        raise IllegalStep
    await _refuse_other(unit, delivery)
    await _accept(unit, "approved", viewer.person_id, note)
    return unit


async def _refuse_other(unit: Unit, seen: int | None) -> None:
    """Raise OtherDelivery unless the delivery that was looked at is the one that waits."""
    if seen is not None and not await Delivery.exists(unit_id=unit.id, number=seen, decision=""):
        raise OtherDelivery


async def approve_silently(unit: Unit, now: datetime) -> None:
    """Accept a delivery whose review window has passed. The unit is locked by the caller.

    Silence counts only when both reminders had left: otherwise people get days to look, and the
    reminders are sent again. Where nobody acts for the business any more, none can leave.
    """
    if unit.status is not Status.SUBMITTED or not unit.review_until or unit.review_until > now:
        return
    if await _reminded(unit):
        await _accept(unit, SILENCE, None, "")
        return
    log.warning("unit %s: a reminder has not left, so silence waits", unit.id)
    contract = unit.contract
    unit.review_until = rules.review_deadline(now, contract.rhythm.look_days, contract.time_zone)
    unit.reminders_sent = 0
    await unit.save(update_fields=["review_until", "reminders_sent"])


async def _reminded(unit: Unit) -> bool:
    if not await parties.people(unit.contract.business_id):
        return True
    sent = [await mail.sent_about(unit.reminder(days)) for days in settings().reminder_days]
    return None not in sent


async def _accept(unit: Unit, how: str, person_id: UUID | None, note: str) -> None:
    now = clock.now()
    await Delivery.filter(unit_id=unit.id, decision="").update(
        decision=how, decision_note=note, decided_by_id=person_id, decided_at=now
    )
    if await lots.is_pack(unit):
        await lots.settle(unit)
    else:
        left = Money(unit.price_minor - unit.paid_minor, unit.currency)  # parts may be paid already
        paying = await units.at_most(unit, left)
        paid = unit.paid_minor + paying.minor
        await units.move(unit, Status.APPROVED, decided_at=now, paid_minor=paid)
        await release(unit, paying)
    await events.record(WorkApproved(unit.id, how))
    await units.complete_if_settled(unit.contract_id)


@command
async def request_changes(viewer: Viewer, unit_id: UUID, draft: ChangesDraft) -> Unit:
    """Send the delivery back, naming what is not met.

    In a contract that is over the assistant has the days of a review to hand in again (run_out).
    Raises CriterionNeeded, IllegalStep, OtherDelivery.
    """
    unit = await _locked(viewer, unit_id, "business")
    chosen = rules.cited(list(unit.criteria), list(draft.criteria))
    if unit.kind is UnitKind.WEEK:
        raise IllegalStep
    rules.check(unit.status, Status.CHANGES_REQUESTED)
    await _refuse_other(unit, draft.delivery)
    await units.move(unit, Status.CHANGES_REQUESTED, review_until=_hand_in_until(unit))
    await Delivery.filter(unit_id=unit.id, decision="").update(
        decision="changes",
        decision_note=draft.note,
        criteria_cited=[unit.criteria[number] for number in chosen],
        decided_by_id=viewer.person_id,
        decided_at=clock.now(),
    )
    await events.record(ChangesRequested(unit.id))
    return unit


def _hand_in_until(unit: Unit) -> datetime | None:
    """Until when changes are to be handed in, once their contract is over and money is held."""
    contract = unit.contract
    if contract.status is ContractStatus.ACTIVE or contract.rail is Rail.RECORDED:
        return None
    return rules.review_deadline(clock.now(), contract.review_days, contract.time_zone)


@command
async def run_out(unit_id: UUID) -> None:
    """Changes asked for after the end of a contract were not handed in: what is held goes back.

    Only when the mail that says until when had left: otherwise it is sent again, with new days.
    """
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    until = unit.review_until
    if unit.status is not Status.CHANGES_REQUESTED or until is None or until > clock.now():
        return
    if await mail.sent_about(unit.changes_mail) is None:
        log.warning("unit %s: the mail about changes has not left, so its days begin anew", unit.id)
        unit.review_until = _hand_in_until(unit)
        await unit.save(update_fields=["review_until"])
        await events.record(ChangesRequested(unit.id))
        return
    await units.return_held(unit, "not_changed")
    await lots.give_up(unit)
    await events.record(ChangesNotMade(unit.id))
