"""Owns what one side may wish to change of a signed contract, and its refusal; pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from marketplace.contracts.rules.schedules import Kpis
from marketplace.contracts.rules.states import NOTICE_DAYS_MAX, NoticeIn
from marketplace.contracts.rules.terms import (
    PACK_SIZE_MAX,
    Day,
    Frozen,
    Line,
    Milestone,
    PriceMinor,
    Text,
    WeekMinutes,
)
from marketplace.core.errors import Invalid
from marketplace.core.fields import Clean
from marketplace.core.i18n import _

PERIODS_MAX = 60


class ChangeRefused(Invalid):
    """The change cannot be proposed; `errors` says why, by field."""

    message = _("This change cannot be proposed yet.")


class Wish(Frozen):
    """What one side wants to change of a signed contract; what is left out stays.

    By the hour `rate_minor` and `weekly_cap_minutes` count from `from_week` (a Monday; the first
    possible one when left out). Of a flat fee `price_minor` and a pack's `pack_size` count from
    period `from_period` on (the first that has not begun).
    `milestones` is the whole new list: known ones by their `part`, new ones without. `open_ended`
    takes the end away. `starts_on` can only move before the first money is held.
    """

    title: Line | None = None
    scope: Text | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    open_ended: bool = False
    notice_days: Annotated[int, Field(ge=0, le=NOTICE_DAYS_MAX)] | None = None
    notice_in: NoticeIn | None = None
    kpis: Kpis | None = None
    from_week: Day | None = None
    rate_minor: PriceMinor | None = None
    weekly_cap_minutes: WeekMinutes | None = None
    from_period: Annotated[int, Field(ge=1, le=PERIODS_MAX)] | None = None
    price_minor: PriceMinor | None = None
    pack_size: Annotated[int, Field(ge=1, le=PACK_SIZE_MAX)] | None = None
    periods: Annotated[int, Field(ge=1, le=PERIODS_MAX)] | None = None
    includes: (
        Annotated[
            str, Clean, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)
        ]
        | None
    ) = None
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1, max_length=20)] | None = None
