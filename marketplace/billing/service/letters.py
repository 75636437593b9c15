"""Owns the mails about money between people: what is due, recorded, confirmed; changes no state."""

from __future__ import annotations

from uuid import UUID

from marketplace.billing.events import PaymentAnswered, PaymentRecorded
from marketplace.billing.models import RecordedPayment
from marketplace.billing.queries import recorded as queries
from marketplace.billing.rules import State
from marketplace.contracts.rules.states import Rail
from marketplace.core.db import command
from marketplace.core.i18n import _
from marketplace.work import queries as work
from marketplace.work.events import WorkApproved
from marketplace.work.service import units
from marketplace.work.service.letters import ASSISTANT, BUSINESS, tell


@command
async def on_approved(event: WorkApproved) -> None:
    """Where payments are only recorded, both read what is due now, and by when."""
    unit = await units.locked(event.unit_id)
    contract, _agreement = await work.agreed(unit.contract_id)
    if contract.rail is not Rail.RECORDED:
        return
    found = await queries.record_of(unit)
    if not found.tally.left or found.due_on is None:
        return
    path, said = f"/units/{unit.id}/payments", {"amount": found.tally.left, "due": found.due_on}
    await tell(
        contract, BUSINESS, _("To pay: %(title)s"),
        _("%(part)s is approved. Pay %(amount)s to your assistant by %(due)s, then record the "
          "payment on the page below. Your assistant confirms it."),
        path, unit, **said,
    )  # fmt: skip
    await tell(
        contract, ASSISTANT, _("Approved: %(title)s"),
        _("%(part)s is approved. The client pays you %(amount)s directly by %(due)s. Confirm it on "
          "the page below once it has arrived."),
        path, unit, **said,
    )  # fmt: skip


@command
async def on_recorded(event: PaymentRecorded) -> None:
    """The assistant reads that a payment was recorded."""
    await ask_to_confirm(event.payment_id)


async def ask_to_confirm(payment_id: UUID) -> None:
    """Ask the assistant whether a recorded payment arrived; in a command."""
    row = await RecordedPayment.get(pk=payment_id)
    unit = await units.locked(row.unit_id)
    contract, _agreement = await work.agreed(unit.contract_id)
    if row.state is State.RECORDED:
        await tell(
            contract, ASSISTANT, _("Did this payment arrive? %(title)s"),
            _("The client says that %(amount)s was paid to you on %(day)s for %(part)s. Confirm it "
              "on the page below once it has arrived, or say what is wrong."),
            f"/units/{unit.id}/payments", unit, amount=row.amount, day=row.paid_on,
        )  # fmt: skip


@command
async def on_answered(event: PaymentAnswered) -> None:
    """The business reads what the assistant says."""
    row = await RecordedPayment.get(pk=event.payment_id)
    unit = await units.locked(row.unit_id)
    contract, _agreement = await work.agreed(unit.contract_id)
    path = f"/units/{unit.id}/payments"
    if event.state == State.CONFIRMED:
        await tell(
            contract, BUSINESS, _("Payment confirmed: %(title)s"),
            _("Your assistant confirms that %(amount)s arrived for %(part)s."),
            path, unit, amount=row.amount,
        )  # fmt: skip
    elif event.state == State.DISPUTED:
        await tell(
            contract, BUSINESS, _("Payment not confirmed: %(title)s"),
            _("Your assistant does not confirm the payment of %(amount)s for %(part)s: “%(note)s”. "
              "Check it with your bank, then talk about it."),
            path, unit, amount=row.amount, note=row.note,
        )  # fmt: skip


async def remind_to_pay(unit_id: UUID) -> None:
    """The business reads what is due outside, and since when or until when; in a command."""
    unit = await units.locked(unit_id)
    contract, _agreement = await work.agreed(unit.contract_id)
    found = await queries.record_of(unit)
    if found.tally.left and found.due_on is not None:
        await tell(
            contract, BUSINESS, _("Still to pay: %(title)s"),
            _("%(amount)s are due for %(part)s by %(due)s. Pay your assistant directly, then "
              "record the payment on the page below."),
            f"/units/{unit.id}/payments", unit, amount=found.tally.left, due=found.due_on,
        )  # fmt: skip
