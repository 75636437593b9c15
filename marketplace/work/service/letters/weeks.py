"""Owns the mails about weeks: not paid, covered, at rest, with hours that are contested."""

from __future__ import annotations

from datetime import timedelta

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Rail
from marketplace.core.db import command
from marketplace.core.i18n import _
from marketplace.work import rules
from marketplace.work.events import (
    ContestSettled,
    HoursContested,
    RaiseNotFunded,
    WeekCovered,
    WeekNotFunded,
    WorkPaused,
    WorkResumed,
)
from marketplace.work.models import TimeEntry, Unit
from marketplace.work.service.letters.writing import ASSISTANT, BUSINESS, write, write_about
from payments.facts import CONVERTED

# What the bank said, as the client needs to know it: confirm, add a card, or use another.
REFUSALS = {
    "authentication_required": _(
        "Your bank wants you to confirm the payment for %(part)s yourself. The button leads to the "
        "payment page, where your bank asks you."
    ),
    CONVERTED: _(
        "The payment for %(part)s could not be held in the currency of the contract, so nothing of "
        "it stays with us. Please write to us: trying again does not help yet."
    ),
    rules.NO_DOCUMENT: _(
        "A document of your assistant is missing or too old, so the payment for %(part)s was not "
        "taken. Once it is there, the button leads to the payment page."
    ),
    "no_saved_card": _(
        "There is no saved card for the payment for %(part)s. The button leads to the payment page."
    ),
}
AMOUNT = _(
    "The payment service takes no payment of the amount of %(part)s, so nothing was charged. Agree "
    "on another amount with your assistant."
)
REFUSALS |= dict.fromkeys(("amount_too_small", "amount_too_large"), AMOUNT)
REFUSED = _(
    "The bank refused the payment for %(part)s. You can pay with another card: the button leads to "
    "the payment page."
)


async def on_week_not_funded(event: WeekNotFunded) -> None:
    """The client pays by hand; the assistant knows that nothing is held yet."""
    unit = await Unit.get(pk=event.unit_id).prefetch_related("contract")
    contract = unit.contract
    grace = rules.grace_deadline(unit.ends_on, contract.time_zone, contract.rhythm)
    await write_about(
        event.unit_id, BUSINESS, _("Please pay the coming week: %(title)s"),
        REFUSALS.get(event.reason, REFUSED),
        _("Until %(grace)s your assistant's hours wait for it; after that they are uncovered."),
        path="/fund", grace=grace - timedelta(minutes=1),
    )  # fmt: skip
    await write_about(
        event.unit_id, ASSISTANT, _("Not funded yet: %(title)s"),
        _("The money for %(part)s is not held yet. The client has been asked to pay."),
        _("Hours you enter meanwhile are kept, but covered only once the money is held. From "
          "%(grace)s on they are marked as uncovered."),
        grace=grace,
    )  # fmt: skip


async def on_raise_not_funded(event: RaiseNotFunded) -> None:
    """The client pays the difference of a higher cap by hand."""
    await write_about(
        event.unit_id, BUSINESS, _("Please pay for the additional hours: %(title)s"),
        REFUSALS.get(event.reason, REFUSED),
        _("It is the difference to the higher weekly cap you both signed. The additional hours are "
          "covered once it is held."),
        path="/fund",
    )  # fmt: skip


async def on_covered(event: WeekCovered) -> None:
    """The assistant reads that hours above the old cap are covered."""
    await write_about(
        event.unit_id, ASSISTANT, _("The higher cap is held: %(title)s"),
        _("The money for the higher cap of %(part)s is held. Hours up to it are covered."),
    )  # fmt: skip


@command
async def on_paused(event: WorkPaused) -> None:
    """Both read that the contract rests and costs nothing."""
    contract = await contracts.by_id(event.contract_id)
    said = _(
        "There were no hours for %(days)s days, so the contract is paused. Nothing is charged "
        "until the client resumes it. What was held for unused weeks goes back."
    )
    if contract.rail is Rail.RECORDED:
        said = _(
            "There were no hours for %(days)s days, so the contract is paused until the client "
            "resumes it."
        )
    for side in (BUSINESS, ASSISTANT):
        await write(
            contract, side, _("Contract paused: %(title)s"), said,
            f"/contracts/{contract.id}/work", days=contract.rhythm.idle_days,
        )  # fmt: skip


@command
async def on_resumed(event: WorkResumed) -> None:
    """The assistant reads that it goes on."""
    contract = await contracts.by_id(event.contract_id)
    await write(
        contract, ASSISTANT, _("Contract resumed: %(title)s"),
        _("The client goes on with the contract. We write to you when the next week is funded."),
        f"/contracts/{contract.id}/work",
    )  # fmt: skip


@command
async def on_contested(event: HoursContested) -> None:
    """The other side reads what is proposed for one line, and until when to answer."""
    entry = await TimeEntry.get(pk=event.entry_id).prefetch_related("unit")
    contract = await contracts.by_id(entry.unit.contract_id)
    other = ASSISTANT if event.side == BUSINESS else BUSINESS
    if entry.answer_by is not None:
        await write(
            contract, other, _("Hours contested: %(title)s"),
            _("The other side proposes %(minutes)s minutes for “%(task)s” (%(entered)s entered). "
              "Answer by the date shown with the hours; without an answer the proposal counts. "
              "All other hours are paid as usual."),
            f"/units/{entry.unit_id}", minutes=entry.proposed_minutes, task=entry.task,
            entered=entry.minutes,
        )  # fmt: skip


@command
async def on_contest_settled(event: ContestSettled) -> None:
    """Both read how a contested line ended."""
    entry = await TimeEntry.get(pk=event.entry_id).prefetch_related("unit")
    contract = await contracts.by_id(entry.unit.contract_id)
    for side in (BUSINESS, ASSISTANT):
        await write(
            contract, side, _("Settled: %(title)s"),
            _("“%(task)s” is settled with %(minutes)s minutes."),
            f"/units/{entry.unit_id}", task=entry.task, minutes=entry.counting,
        )  # fmt: skip
