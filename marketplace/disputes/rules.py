"""Owns what a bank's dispute is called and until when a side may tell its account; never writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _

OPERATOR_NEEDS: Final = timedelta(days=1)
"""Before the bank's own deadline, so that somebody can read and submit what was told."""

GENERAL: Final = _("The bank gave no usual reason.")
REASONS: Final[dict[str, str]] = {
    "bank_cannot_process": _("The bank could not process the payment."),
    "check_returned": _("The payment was sent back."),
    "credit_not_processed": _("The client says that a promised refund did not come."),
    "customer_initiated": _("The client asked the bank for the money back."),
    "debit_not_authorized": _("The client says that they did not allow the direct debit."),
    "duplicate": _("The client says that they paid twice."),
    "fraudulent": _("The client says that they did not make this payment."),
    "general": GENERAL,
    "incorrect_account_details": _("The bank account’s details were wrong."),
    "insufficient_funds": _("There was not enough money on the client’s account."),
    "noncompliant": _("The bank says that the payment broke a rule of the card scheme."),
    "product_not_received": _("The client says that the work was not delivered."),
    "product_unacceptable": _("The client says that the work is not what was agreed."),
    "subscription_canceled": _("The client says that the contract had ended."),
    "unrecognized": _("The client does not recognise the payment."),
}
"""Stripe's reasons: https://docs.stripe.com/disputes/categories, read 2026-11-23."""


ACCOUNTS_MAX: Final = 5
"""So many accounts a side adds to one dispute."""
ACCOUNTS_CHARACTERS: Final = 6_000
"""So much a side tells in all: of 20,000 that the bank reads, both leave room for what was done."""


class AccountTooMany(Conflict):
    """This side has told enough; the bank would not read more."""

    message = _("You have added %(most)s accounts to this dispute: the bank reads no more.")

    def __init__(self) -> None:
        super().__init__(most=ACCOUNTS_MAX)


class AccountTooLong(Conflict):
    """More than this side has left: it would push the other side's account out of what is read."""

    message = _("The bank reads no more of one side: this text is %(over)s characters too long.")

    def __init__(self, over: int) -> None:
        super().__init__(over=over)


class ToldSince(Conflict):
    """Whoever answers the bank has not read all that the sides told."""

    message = _("A side has told something since you opened this page. Read it below and add it.")


class AccountTooLate(Conflict):
    """The bank has its answer, or will have it within hours."""

    message = _("It is too late to add something: the answer is on its way to the bank.")


def reason(code: str) -> str:
    """The bank's reason as a sentence (a msgid)."""
    return REASONS.get(code, GENERAL)


def decided_by(person: str) -> str:
    """The name alone of who decided, which is kept with an id behind it."""
    return person.rsplit(" (", 1)[0]


def tell_until(due_by: datetime | None) -> datetime | None:
    """Until when a side's account still reaches the operator in time; None: no deadline."""
    return None if due_by is None else due_by - OPERATOR_NEEDS
