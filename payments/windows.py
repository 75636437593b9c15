"""Owns until when a payer's bank may take a payment back, by method. Never reads or writes a row.

Cards: the schemes let a card holder dispute for up to 120 days (Visa Core Rules, Mastercard
Chargeback Guide; read 2026-11-23). SEPA core direct debit: eight weeks without a reason, thirteen
months when it was not authorised (Directive (EU) 2015/2366, articles 71 and 77(1); EPC SDD Core
rulebook; docs.stripe.com/payments/sepa-debit, read 2026-11-23). Days are counted from the payment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

import holidays

CARD: Final = "card"
SEPA: Final = "sepa_debit"

CARD_WINDOW: Final = timedelta(days=120)
SEPA_WORKING_DAYS: Final = 5
SEPA_NO_QUESTIONS: Final = timedelta(weeks=8)
SEPA_UNAUTHORISED: Final = timedelta(days=397)  # thirteen months with 29 February, the longest


@dataclass(frozen=True, slots=True)
class Window:
    """`reversible_until`: taken back without a reason; `disputable_until`: with one."""

    reversible_until: datetime
    disputable_until: datetime


def window(method: str | None, paid_at: datetime) -> Window:
    """The window of one payment. A method nobody knows is treated like the longest one."""
    if method == CARD:
        until = paid_at + CARD_WINDOW
        return Window(until, until)
    return Window(paid_at + SEPA_NO_QUESTIONS, paid_at + SEPA_UNAUTHORISED)


def expected_on(started_at: datetime) -> date:
    """The day around which a direct debit that was started then should have arrived.

    Five working days of the banks (docs.stripe.com/payments/sepa-debit, read 2026-11-23); a bank
    may take longer, so say "around".
    """
    day, left = started_at.date(), SEPA_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= is_banking_day(day)
    return day


def is_banking_day(day: date) -> bool:
    """Whether euros move between banks: not at weekends, nor on the closing days of T2 (ECB)."""
    return day.isoweekday() < 6 and day not in _closing_days()


@cache
def _closing_days() -> holidays.HolidayBase:
    return holidays.financial_holidays("ECB")


def refunds_by_itself(method: str | None) -> bool:
    """Whether a refund is sent without a person looking.

    Not for a direct debit: its payer may also take the debit back at the bank, and would be paid
    twice. The money waits as the payer's credit (`escrow.send_credit`).
    """
    return method != SEPA
