"""Owns the clocks that a contract promises, as frozen data; never computes a date.

They are fixed with each version from the operator's settings, so
that a later change of a setting moves no deadline of a contract that is signed.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Clocks(BaseModel):
    """Deadlines of one contract, in its time zone unless business days of `country` are said.

    `country` is where the assistant works, as `calendar.place_of` names it: "FR", "CA-QC", "FR-57".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: str = "FR"
    edit_hour: Annotated[int, Field(ge=0, le=23)] = 12
    """Hours of a week can be changed until this hour of the Monday after it."""
    week_review_days: Annotated[int, Field(ge=1, le=7)] = 4
    """A week is reviewed until the end of this day after it: 4 is Thursday."""
    look_days: Annotated[int, Field(ge=1, le=14)] = 3
    """Silence never approves earlier than so many days after a late hand-in."""
    prefund_days: Annotated[int, Field(ge=0, le=3)] = 1
    """The saved card is charged so many days before the week: 1 is Sunday."""
    grace_days: Annotated[int, Field(ge=1, le=6)] = 2
    """An unpaid week's hours are called uncovered after this day of it: 2 is Tuesday."""
    idle_days: Annotated[int, Field(ge=7, le=180)] = 30
    """A contract by the hour without new hours pauses after so many days."""
    answer_days: Annotated[int, Field(ge=1, le=30)] = 5
    """A proposal for a contested line counts after so many business days."""
    hold_days: Annotated[int, Field(ge=0, le=30)] = 5
    """The security hold: days between approval and transfer ..."""
    hold_releases: Annotated[int, Field(ge=0, le=20)] = 3
    """... for so many first payments of an assistant."""
