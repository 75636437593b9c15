"""Owns the mails about money between people: what is due, recorded, confirmed; changes no state."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from marketplace.billing.events import (
    DebitFailed,
    DebitStarted,
    PaymentAnswered,
    PaymentRecorded,
    TipGiven,
)
from marketplace.billing.models import RecordedPayment, Tip
from marketplace.billing.queries import recorded as queries
from marketplace.billing.rules.recorded import State
from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Rail
from marketplace.core.db import command
from marketplace.core.i18n import _
from marketplace.work import queries as work
from marketplace.work.events import CardCharged, HoldAged, HoldRenewed, WorkApproved
from marketplace.work.service import units
from marketplace.work.service.letters import ASSISTANT, BUSINESS, tell
from marketplace.work.service.raises import SETTLED_EARLY
from payments import escrow


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


@command
async def on_debit_started(event: DebitStarted) -> None:
    """Both sides read when the money should be there, and that work waits for it."""
    unit = await units.locked(event.unit_id)
    contract, _agreement = await work.agreed(unit.contract_id)
    asked = [each for each in await work.payments(unit) if each.expected_on is not None]
    if not asked or asked[-1].expected_on is None:
        return  # it has arrived, or failed, meanwhile
    said = {"amount": asked[-1].charged, "day": asked[-1].expected_on}
    await tell(
        contract, BUSINESS, _("Direct debit under way: %(title)s"),
        _("Your bank was asked for %(amount)s for %(part)s. It should arrive around %(day)s; we "
          "write to you, and the work starts then."),
        f"/units/{unit.id}", unit, **said,
    )  # fmt: skip
    await tell(
        contract, ASSISTANT, _("Payment under way: %(title)s"),
        _("The client pays %(part)s by direct debit, which should arrive around %(day)s. Wait with "
          "the work until we write to you."),
        f"/units/{unit.id}", unit, **said,
    )  # fmt: skip


@command
async def on_debit_failed(event: DebitFailed) -> None:
    """The business reads what to do; the assistant that nothing is held."""
    unit = await units.locked(event.unit_id)
    contract, _agreement = await work.agreed(unit.contract_id)
    await tell(
        contract, BUSINESS, _("Your direct debit was refused: %(title)s"),
        _("The bank did not pay for %(part)s, so nothing is held and the work does not start. "
          "Check the account, or pay by card on the page below."),
        f"/units/{unit.id}/fund", unit,
    )  # fmt: skip
    await tell(
        contract, ASSISTANT, _("Not funded yet: %(title)s"),
        _("The client’s payment for %(part)s was refused by the bank. Wait with the work: we write "
          "to you once the money is held."),
        f"/units/{unit.id}", unit,
    )  # fmt: skip


@command
async def on_hold_aged(event: HoldAged) -> None:
    """Both sides read that money cannot stay held much longer, or no longer at all."""
    unit = await units.locked(event.unit_id)
    contract, _agreement = await work.agreed(unit.contract_id)
    age = work.ageing(await work.balance(unit))
    if age is None:
        return
    said = {"since": age.since.date(), "end": age.until.date()}
    subject = _("Held for too long: %(title)s") if event.must_end else _("Held for long: %(title)s")
    text = (
        _("The money for %(part)s has been held since %(since)s and cannot stay any longer. Hand "
          "in and approve the work now, or the client takes it back and pays anew.")
        if event.must_end
        else _("The money for %(part)s has been held since %(since)s and can stay until %(end)s at "
               "most. Hand in and approve the work before.")
    )  # fmt: skip
    for side in (BUSINESS, ASSISTANT):
        await tell(contract, side, subject, text, f"/units/{unit.id}", unit, **said)


@command
async def on_hold_renewed(event: HoldRenewed) -> None:
    """The business pays anew; the assistant waits for it."""
    unit = await units.locked(event.unit_id)
    contract, _agreement = await work.agreed(unit.contract_id)
    await tell(
        contract, BUSINESS, _("To pay anew: %(title)s"),
        _("The money for %(part)s was held for too long and goes back to you. Please fund this "
          "part again so that the work can go on."),
        f"/units/{unit.id}/fund", unit,
    )  # fmt: skip
    await tell(
        contract, ASSISTANT, _("Wait with the work: %(title)s"),
        _("The money for %(part)s was held for too long and has to be paid anew. We write to you "
          "when it is held again."),
        f"/units/{unit.id}", unit,
    )  # fmt: skip


@command
async def on_tip(event: TipGiven) -> None:
    """The assistant reads of a tip; the note is the client's."""
    tip = await Tip.get(pk=event.tip_id)
    contract, _agreement = await work.agreed(tip.contract_id)
    line = (
        _("The client gave you a tip of %(amount)s: “%(note)s”. It is yours and on its way.")
        if tip.note
        else _("The client gave you a tip of %(amount)s. It is yours and on its way.")
    )
    await tell(
        contract, ASSISTANT, _("A tip for you: %(title)s"), line,
        f"/contracts/{contract.id}/tips", amount=tip.amount, note=tip.note,
    )  # fmt: skip


@command
async def on_card_charged(event: CardCharged) -> None:
    """The business reads what its saved card has just paid, and for what."""
    unit = await units.locked(event.unit_id)
    contract, _agreement = await work.agreed(unit.contract_id)
    line = _(
        "Your saved card has paid %(amount)s for %(part)s. The money is held until you "
        "approve the hours; what is not used goes back to you or pays the next week."
    )
    if unit.status in SETTLED_EARLY:
        line = _(
            "Your saved card has paid %(amount)s for %(part)s: the hours of it above the old "
            "cap that are approved already."
        )
    await tell(
        contract, BUSINESS, _("Your card has paid: %(title)s"), line,
        f"/units/{unit.id}", unit, amount=await escrow.charged(event.funding_id),
    )  # fmt: skip


@command
async def card_ends(business_id: UUID, ends_on: date) -> None:
    """The business reads that the card which pays its weeks ends, while there is time."""
    for contract in await contracts.running_hourly(business_id):
        await tell(
            contract, BUSINESS, _("Your card ends soon: %(title)s"),
            _("The saved card that pays the weeks of this contract works until before %(day)s. Add "
              "another one on the page below, so that the next week is held on time."),
            f"/payment-methods/{business_id}", day=ends_on,
        )  # fmt: skip
        return
