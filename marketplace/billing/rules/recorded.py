"""Owns the rules of payments that are only recorded: their states and when to remind; pure.

Where Stripe cannot pay out, the business pays the assistant directly (contracts.rules.states.Rail).
A payment counts once the business has recorded it and the assistant has confirmed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from marketplace.contracts.rules.calendar import business_deadline
from marketplace.contracts.rules.states import PAY_DAYS
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _
from payments.money import Money


class State(StrEnum):
    """Where a recorded payment stands. Silence never confirms."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.RECORDED: frozenset({State.CONFIRMED, State.DISPUTED, State.WITHDRAWN}),
    State.DISPUTED: frozenset({State.CONFIRMED, State.WITHDRAWN}),
    State.CONFIRMED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


class Method(StrEnum):
    """How the business paid outside."""

    BANK_TRANSFER = "bank_transfer"
    MOBILE_MONEY = "mobile_money"
    CARD = "card"
    CASH = "cash"
    OTHER = "other"


METHODS: dict[Method, str] = {
    Method.BANK_TRANSFER: _("Bank transfer"),
    Method.MOBILE_MONEY: _("Mobile money"),
    Method.CARD: _("Card"),
    Method.CASH: _("Cash"),
    Method.OTHER: _("Another way"),
}

ANSWER_DAYS = 5  # business days at the assistant's place, as the contract says (recorded payments)
ANSWER_REMINDER_DAYS = (2, 5, 12)  # after a payment was recorded and not answered
PAY_REMINDER_DAYS = (-3, 1, 8, 15)  # from the day on which it falls due


class NotRecorded(Conflict):
    """The contract's money is held and released by the platform: nothing is recorded by hand."""

    message = _("The money of this contract is held and paid out here. Nothing needs recording.")


class WrongStep(Conflict):
    """The payment is already confirmed or withdrawn."""

    message = _("This payment has been answered already. Reload the page.")


class BadPayment(Invalid):
    """More than what is due, or a day that has not come."""


def check(state: State, target: State) -> None:
    """Raise WrongStep unless the table has the step."""
    if target not in TRANSITIONS[state]:
        raise WrongStep


def due_on(approved_at: datetime, zone: str) -> date:
    """The day by which an approved part is to be paid, in the contract's time zone."""
    return approved_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=PAY_DAYS)


def answer_by(recorded_at: datetime, place: str, zone: str) -> date:
    """The last day on which the assistant says whether a payment arrived; silence never confirms.

    Business days of `place`, which the contract's clocks name, in the contract's time zone.
    """
    end = business_deadline(recorded_at, ANSWER_DAYS, place, zone)
    return end.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def reminders_due(since: date, today: date, days: tuple[int, ...]) -> int:
    """How many of the reminders, counted in days from a day, have come."""
    passed = (today - since).days
    return sum(1 for each in days if passed >= each)


@dataclass(frozen=True)
class Tally:
    """The recorded payments of one unit, VAT included.

    `owed`: approved so far; `ceiling`: the most the unit can cost; `waiting` and `disputed` count
    for nothing until they are confirmed.
    """

    owed: Money
    ceiling: Money
    confirmed: Money
    waiting: Money
    disputed: Money

    @property
    def left(self) -> Money:
        """What is owed and neither confirmed nor waiting for the assistant."""
        return _at_least_nothing(self.owed - self.confirmed - self.waiting)

    @property
    def room(self) -> Money:
        """The most that can still be recorded."""
        return _at_least_nothing(self.ceiling - self.confirmed - self.waiting)

    @property
    def complete(self) -> bool:
        """Whether both sides say that everything owed was paid."""
        return self.confirmed >= self.owed


def _at_least_nothing(money: Money) -> Money:
    return max(money, Money.zero(money.currency), key=lambda each: each.minor)


SOON_DAYS = 45  # before a saved card ends


def card_state(ends_on: date | None, today: date) -> str:
    """`ok`, `soon` or `expired`; `ends_on` is the first day on which the card no longer works."""
    if ends_on is None or today < ends_on - timedelta(days=SOON_DAYS):
        return "ok"
    return "soon" if today < ends_on else "expired"
