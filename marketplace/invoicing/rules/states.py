"""Owns the states of a document and of its mandate, their clocks, and what is refused."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _

CONTEST_DAYS: Final = 30
"""Days in which a side may contest an invoice; stated in the mandate (see templates)."""
REPLACEMENTS_MAX: Final = 2
"""So many new invoices may be asked for of one kind for one part of the work; then people talk."""
PLATFORM: Final = "platform"
PREFIXES: Final = {PLATFORM: "R"}


class Status(StrEnum):
    """Due: about to be made. Waiting: for a side. Parked: for the operator. Issued: final.

    By the seller: issued by its seller itself, outside; nothing is made of it here.
    """

    DUE = "due"
    WAITING = "waiting"
    PARKED = "parked"
    ISSUED = "issued"
    BY_SELLER = "by_seller"


TRANSITIONS: Final[dict[Status, frozenset[Status]]] = {
    Status.DUE: frozenset({Status.DUE, Status.WAITING, Status.PARKED, Status.ISSUED}),
    Status.WAITING: frozenset(
        {Status.DUE, Status.WAITING, Status.PARKED, Status.ISSUED, Status.BY_SELLER}
    ),
    Status.PARKED: frozenset({Status.DUE, Status.WAITING, Status.PARKED, Status.ISSUED}),
    Status.ISSUED: frozenset(),
    Status.BY_SELLER: frozenset({Status.BY_SELLER}),  # a number or day that was mistyped
}
DONE: Final = frozenset({Status.ISSUED, Status.BY_SELLER})
"""Nothing is left to be made."""
SELLERS: Final = frozenset(
    {"mandate", "qst_number", "lut_number", "supplier_vat_number", "supplier_vat_number_invalid"}
    | {"supplier_left_small_scheme", "by_seller"}
)
"""What only the people of the seller can settle."""
WAITS: Final = SELLERS | {"identity", "original", "customer_province", "customer_registration"}
"""What the people of the contract can settle themselves; anything else is the operator's."""
PASSES: Final = frozenset({"gate", "operator"})
"""What parks a document until something outside of it is right again: tried anew every night."""


class InvoiceIsFinal(Conflict):
    """An issued invoice is never changed."""

    message = _("This invoice is issued: it can only be corrected by a credit note.")


class ContestOver(Conflict):
    """The contest period is over, or it was contested before."""

    message = _("This invoice can no longer be contested.")


class NotWaiting(Conflict):
    """It is issued, about to be, or with the operator: its seller has nothing to say of it."""

    message = _("This document does not wait for you any more. Reload the page.")


class MandateExists(Conflict):
    """The same mandate is signed already."""

    message = _("The mandate is already signed.")


class MandateMissing(Conflict):
    """There is nothing to revoke."""

    message = _("There is no mandate in force.")


class MandateChanged(Conflict):
    """Another text was shown than the one in force."""

    message = _("The text of the mandate has changed meanwhile. Read it again.")


def target(status: Status, wanted: Status) -> Status:
    """The state after a step. Raises InvoiceIsFinal."""
    if wanted not in TRANSITIONS[status]:
        raise InvoiceIsFinal
    return wanted


def state_of(code: str) -> Status:
    """Where a document that cannot be made goes."""
    return Status.WAITING if code in WAITS else Status.PARKED


def number(issuer: str, series: int, serial: int) -> str:
    """`R-000001` for the platform, `A00042-000001` for an assistant: no space, 35 at most."""
    prefix = PREFIXES.get(issuer) or f"A{series:05d}"
    return f"{prefix}-{serial:06d}"
