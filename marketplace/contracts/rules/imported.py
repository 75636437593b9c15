"""Owns what is known of a contract signed elsewhere and brought here; never opens its file."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from marketplace.core.errors import Conflict, Invalid, TooManyRequests
from marketplace.core.fields import Clean
from marketplace.core.i18n import _

BYTES_MAX: Final = 8 * 1024 * 1024
WAITS: Final = timedelta(days=30)
WAITING_MAX: Final = 20
TOLD_WITHIN: Final = timedelta(hours=24)
TOLD_MAX: Final = 20
TOLD_ONE_MAX: Final = 3
"""Mails of an assistant to clients, and to one client, in that time: withdrawing frees no place."""

# What the sheet of an imported contract says: how work is paid, approved and invoiced here.
# Everything else stands in the imported contract itself.
SHEET: Final = frozenset(
    "imported work.hourly work.flat_fee work.project trial price.hourly "
    "price.flat_fee price.by_days pack pack.rolls pack.rolls_not pack.return pack.expire "
    "price.project taxes held_funds.hourly pause.hourly held_funds.flat_fee held_funds.project "
    "recorded_payments platform_fees.imported platform_fees.recorded security_hold "
    "acceptance.hourly acceptance.delivery changes personal_data kpi ending ending.recorded "
    "invoicing language.qc_copy language.qc language.any evidence".split()
)


class ImportedPaper(BaseModel):
    """A contract that two parties signed elsewhere: its file, unchanged, and the day they signed.

    `file_name` is what it was called by whoever sent it; it is shown, never used. `brought_by`:
    which side brought it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    file_bytes: Annotated[int, Field(ge=1)]
    file_name: Annotated[
        str, Clean, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)
    ]
    pages: Annotated[int, Field(ge=1)]
    signed_on: date
    brought_by: Literal["business", "assistant"] = "business"


class Outcome(StrEnum):
    """What became of a contract that an assistant brought; it waits until one of them, for good."""

    WAITING = ""
    TAKEN = "taken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class BroughtOver(Conflict):
    """It was taken up, declined or withdrawn, or it has waited for too long."""

    message = _("This contract no longer waits for an answer.")


class TooManyBrought(Conflict):
    """An assistant may not have more than WAITING_MAX contracts wait for answers."""

    message = _("Too many contracts wait for an answer. Withdraw one first.")


class TooManyToday(TooManyRequests):
    """An assistant told clients by mail as often as it may in a day, whatever they answered."""

    message = _("You have brought enough contracts for one day. Bring the next one tomorrow.")


class PaperRefused(Invalid):
    """The file is not one that can be kept; the message says why."""

    message = _("This file cannot be imported.")

    def __init__(self, reason: str) -> None:
        super().__init__({"file": reason})


class PaperKnown(PaperRefused):
    """The file is already here: imported by a pair, or a contract made here."""


class MetHere(Invalid):
    """The two already made each other an offer here: imports are for who knew each other before."""

    message = _(
        "You two already have an offer or a contract here. An import without fees is for those who "
        "worked together before; make the next contract here as an offer."
    )

    def __init__(self) -> None:
        super().__init__({"assistant": self.message})


ALREADY_IMPORTED = _("This very file is already imported in a contract here.")
MADE_HERE = _("This file is a contract that was made here: it needs no import.")
TOO_HEAVY = _("The file is larger than 8 MB.")
SIGNED_HERE = _(
    "By that day both of you were here already. An import without fees is for a contract signed "
    "before; make this one here as an offer."
)
SIGNED_LATER = _("The contract is signed already: the day cannot lie in the future.")
