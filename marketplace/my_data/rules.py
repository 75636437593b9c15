"""Owns when an account may go and what an archive is; never reads a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _

if TYPE_CHECKING:
    from uuid import UUID

EXPORT_DAYS: Final = 7
UNDER_WAY: Final = timedelta(hours=1)
"""After which an archive that was not made may be asked for anew."""


class Reason(StrEnum):
    """What must be settled before an account goes."""

    CONTRACT = "contract"  # an offer or contract is not over
    MONEY = "money"  # money is held, on its way or disputed
    REVIEW = "review"  # work whose payment is only recorded waits for its approval
    UNPAID = "unpaid"  # approved work, and no payment of it is recorded
    INVOICES = "invoices"  # paid work has no invoice yet: it waits for its seller
    LAST_OWNER = "last_owner"  # others act for the business and none of them owns it


SENTENCES: Final = {
    Reason.CONTRACT: _("%(name)s has an offer or a contract that is not over: %(what)s."),
    Reason.MONEY: _("Money of %(name)s is still held, on its way or disputed."),
    Reason.REVIEW: _("%(name)s has work that waits for its approval: %(what)s."),
    Reason.UNPAID: _("%(name)s has approved work and has not recorded its payment yet: %(what)s."),
    Reason.INVOICES: _("Invoices of %(name)s are not issued yet: the client needs them."),
    Reason.LAST_OWNER: _("Others act for %(name)s, but you are its only owner."),
}


@dataclass(frozen=True)
class Obstacle:
    """One thing to settle first, of which party; `what` and `path` name the contract or page."""

    reason: Reason
    name: str
    path: str
    what: str = ""


@dataclass(frozen=True)
class PartyLeft:
    """What becomes of a party: `stays` says that papers which must be kept name it.

    `shared`: others act for it, so only the membership ends.
    """

    id: UUID
    name: str
    kind: str
    shared: bool
    stays: bool
    contracts: int = 0


@dataclass(frozen=True)
class Farewell:
    """What would happen if the account went now. `stays`: a nameless entry of the person does."""

    obstacles: tuple[Obstacle, ...]
    parties: tuple[PartyLeft, ...]
    stays: bool


class NotYet(Conflict):
    """Something must be settled before the account goes."""

    message = _("Your account cannot be deleted yet. See what is to be settled first.")


class ExportWaiting(Conflict):
    """An archive is being made already."""

    message = _("An archive is being made already. It will be here in a moment.")
