"""Owns why a decision of an operator about money is refused; never writes a row."""

from __future__ import annotations

from typing import Final

from marketplace.admin.rules.runs import Act
from marketplace.core.errors import Conflict
from marketplace.core.i18n import _

BY_HAND: Final[dict[tuple[str, str], Act]] = {
    ("refund", "failed"): Act.RESEND_REFUND,
    ("reversal", "parked"): Act.OWE_INSTEAD,
}
"""What only a person decides about a movement, by its kind and state."""


class NotStuck(Conflict):
    """Only a transfer that waits for its payee, or is parked, is taken out of the queue."""

    message = _("This transfer does not wait any more: it left, or somebody has decided about it.")


class NothingToDecide(Conflict):
    """This movement goes its way by itself."""

    message = _("There is nothing to decide about this movement.")


class DisputeClosed(Conflict):
    """The bank has decided, or the evidence is on its way: once, for good."""

    message = _("This dispute is decided or already answered.")


class NothingToRecover(Conflict):
    """Nothing was lost that the assistant received, or it was decided before."""

    message = _("There is no loss left that was paid out to the assistant.")


TOO_MUCH: Final = _("At most %(most)s: that is what of it was paid out.")


class MoreThanEarned(Conflict):
    """Held money, refunds, what assistants are due and VAT never leave with a payout of ours."""

    message = _("That is more than what is earned. Money that belongs to others stays.")
