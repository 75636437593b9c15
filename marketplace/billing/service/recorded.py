"""Owns payments made outside: one side records, the other confirms; moves no money."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from marketplace.billing.events import PaymentAnswered, PaymentRecorded
from marketplace.billing.models import RecordedPayment
from marketplace.billing.queries import recorded as queries
from marketplace.billing.rules import recorded as rules
from marketplace.billing.rules.recorded import BadPayment, NotRecorded, State
from marketplace.contracts.rules.states import Rail
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.errors import Forbidden
from marketplace.core.i18n import _
from marketplace.core.ids import new_id
from marketplace.work import queries as work
from marketplace.work.events import WorkApproved, WorkSettled
from marketplace.work.rules import SETTLED
from marketplace.work.service import units

if TYPE_CHECKING:
    from marketplace.billing.schemas.recorded import ObjectionDraft, RecordedDraft
    from marketplace.web.sessions import Viewer
    from marketplace.work.models import Unit


@command
async def record(viewer: Viewer, unit_id: UUID, draft: RecordedDraft) -> RecordedPayment:
    """Write a payment down (business). Raises NotRecorded, Forbidden, BadPayment beside the field.

    It may be made before the approval, up to what the unit can cost.
    """
    shown = await work.unit(viewer, unit_id)
    if shown.contract.rail is not Rail.RECORDED:
        raise NotRecorded
    if not viewer.acts_for(shown.contract.business_id):
        raise Forbidden
    unit = await units.locked(unit_id)
    row_id = _id_of(unit_id, draft)
    earlier = await RecordedPayment.get_or_none(pk=row_id)
    if earlier is not None and earlier.state is State.WITHDRAWN:
        raise rules.WrongStep  # an old page, sent again
    if earlier is not None:
        return earlier
    if draft.paid_on > clock.today(shown.contract.time_zone):
        raise BadPayment({"paid_on": _("Record a payment once it is made: this day has not come.")})
    found = await queries.record_of(unit)
    if draft.amount_minor > found.tally.room.minor:
        raise BadPayment({"amount_minor": _("This is more than what is still to be paid here.")})
    row = await RecordedPayment.create(
        id=row_id,
        unit_id=unit.id,
        currency=unit.currency,
        recorded_by_id=viewer.person_id,
        recorded_at=clock.now(),
        **draft.model_dump(exclude={"request_id"}),
    )
    await events.record(PaymentRecorded(row.id))
    return row


def _id_of(unit_id: UUID, draft: RecordedDraft) -> UUID:
    """The row's id: one for the same payment under one request, so that two clicks are one."""
    return new_id() if draft.request_id is None else uuid5(unit_id, draft.model_dump_json())


async def _answered(
    viewer: Viewer, payment_id: UUID, side: str, target: State, note: str = ""
) -> tuple[Unit, RecordedPayment]:
    """Take one step, by the side whose step it is; the unit is locked first, as everywhere."""
    _row, shown = await queries.payment(viewer, payment_id)
    party = shown.contract.business_id if side == "business" else shown.contract.assistant_id
    if not viewer.acts_for(party):
        raise Forbidden
    unit = await units.locked(shown.id)
    row = await lock(RecordedPayment, payment_id)
    rules.check(row.state, target)
    row.state, row.answered_by_id, row.answered_at = target, viewer.person_id, clock.now()
    row.note = note or row.note
    await row.save(update_fields=["state", "answered_by_id", "answered_at", "note"])
    return unit, row


@command
async def confirm(viewer: Viewer, payment_id: UUID) -> RecordedPayment:
    """The payment arrived as written (assistant). Raises WrongStep, Forbidden."""
    unit, row = await _answered(viewer, payment_id, "assistant", State.CONFIRMED)
    await _complete(unit)
    await events.record(PaymentAnswered(row.id, row.state))
    return row


@command
async def dispute(viewer: Viewer, payment_id: UUID, draft: ObjectionDraft) -> RecordedPayment:
    """It did not arrive, or not so (assistant), and why. Raises WrongStep, Forbidden."""
    _unit, row = await _answered(viewer, payment_id, "assistant", State.DISPUTED, draft.note)
    await events.record(PaymentAnswered(row.id, row.state))
    return row


@command
async def withdraw(viewer: Viewer, payment_id: UUID) -> RecordedPayment:
    """Take back what was written down by mistake (business). Raises WrongStep once confirmed."""
    _unit, row = await _answered(viewer, payment_id, "business", State.WITHDRAWN)
    return row


async def _complete(unit: Unit) -> None:
    """The unit counts as paid once both sides have said so of everything owed."""
    found = await queries.record_of(unit)
    if unit.status in SETTLED and found.tally.owed and found.tally.complete:
        await units.mark_paid(unit)


async def on_settled(event: WorkApproved | WorkSettled) -> None:
    """What was paid already may cover a unit as soon as its amount is final; in that command."""
    unit = await units.locked(event.unit_id)
    await unit.fetch_related("contract")
    if unit.contract.rail is Rail.RECORDED:
        await _complete(unit)
