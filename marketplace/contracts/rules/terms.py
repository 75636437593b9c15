"""Owns what the two sides agree on, as frozen values per kind; never reads a table."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.contracts.rules.schedules import DataProcessing, Kpis, lines_of
from marketplace.contracts.rules.states import (
    NOTICE_DAYS_MAX,
    REVIEW_DAYS_DEFAULT,
    REVIEW_DAYS_MAX,
    REVIEW_DAYS_MIN,
    TRIAL_DAYS_MAX,
    TRIAL_MINUTES_MAX,
    Kind,
    NoticeIn,
    Rail,
    SigningOrder,
    TrialEnd,
)
from marketplace.core.fields import Clean, Span, as_amount
from marketplace.core.i18n import _
from payments.fees import FeeTerms
from payments.money import HELD_CURRENCIES, half_up

# One currency per contract, fixed at signature: those in which funds may be held.
CURRENCIES = HELD_CURRENCIES
PRICE_MIN_MINOR = 100
PRICE_MAX_MINOR = 10_000_000_00
WEEK_MINUTES_MAX = 60 * 60
PACK_SIZE_MAX = 10_000
ROLLOVER_PERIODS_MAX = 8

FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2100, 1, 1)


def _in_our_times(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(_("Choose a date between 2020 and 2100."))
    return day


Day = Annotated[date, AfterValidator(_in_our_times)]
Line = Annotated[str, Clean, StringConstraints(strip_whitespace=True, min_length=3, max_length=120)]
Criterion = Annotated[
    str, Clean, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)
]
Text = Annotated[
    str, Clean, StringConstraints(strip_whitespace=True, min_length=10, max_length=8000)
]


def _paid(value: int) -> int:
    if value <= 0:  # no unpaid trials
        raise ValueError(_("Work is always paid, in the start-up phase too: write a price."))
    return value


PriceMinor = Annotated[
    int, AfterValidator(_paid), Span(PRICE_MIN_MINOR, PRICE_MAX_MINOR, as_amount)
]
WeekMinutes = Annotated[int, Span(30, WEEK_MINUTES_MAX)]


class Frozen(BaseModel):
    """A value that refuses unknown fields and later changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Remainder(StrEnum):
    """What happens to held hours that were not worked."""

    ROLL = "roll"
    RETURN = "return"


class Period(StrEnum):
    """How often a flat fee falls due."""

    ONE_OFF = "one_off"
    WEEK = "week"
    MONTH = "month"


class CapRaise(Frozen):
    """A higher weekly cap signed later: from the week of this Monday on, or for that one `only`."""

    from_week: Day
    minutes: WeekMinutes
    only: bool = False


class RateChange(Frozen):
    """Another hourly rate signed later, from the week of this Monday on."""

    from_week: Day
    rate_minor: PriceMinor


class HourlyTerms(Frozen):
    """Hours within a weekly cap that is held before each week; `first_week` is its Monday.

    `raises` are the other caps and `rates` the other rates signed since, in order: the last one
    signed counts. A new offer has none.
    """

    kind: Literal["hourly"] = "hourly"
    rate_minor: PriceMinor
    weekly_cap_minutes: WeekMinutes
    first_week: Day
    remainder: Remainder = Remainder.ROLL
    raises: Annotated[tuple[CapRaise, ...], Field(max_length=200)] = ()
    rates: Annotated[tuple[RateChange, ...], Field(max_length=200)] = ()

    @field_validator("first_week")
    @classmethod
    def _monday(cls, value: date) -> date:
        if value.isoweekday() != 1:
            raise ValueError(_("The first week starts on a Monday."))
        return value

    def cap_of(self, monday: date) -> int:
        """The minutes that count in the week of this Monday, after what was signed."""
        once = 0
        for each in self.raises:
            if each.only and each.from_week == monday:
                once = each.minutes
        return max(self.lasting_cap_of(monday), once)

    def lasting_cap_of(self, monday: date) -> int:
        """The same without what was signed for that one week only."""
        cap = self.weekly_cap_minutes
        for each in self.raises:
            if not each.only and each.from_week <= monday:
                cap = each.minutes
        return cap

    def rate_of(self, monday: date) -> int:
        """The hourly rate in the week of this Monday, after what was signed."""
        rate = self.rate_minor
        for each in self.rates:
            if each.from_week <= monday:
                rate = each.rate_minor
        return rate

    def price_of(self, monday: date) -> int:
        """The price of the full cap in the week of this Monday."""
        return price_of_minutes(self.rate_of(monday), self.cap_of(monday))

    @property
    def weekly_cap_minor(self) -> int:
        """The amount held for one full week."""
        return price_of_minutes(self.rate_minor, self.weekly_cap_minutes)


class PackUnit(StrEnum):
    """What a pack counts."""

    HOURS = "hours"
    TASKS = "tasks"
    CALLS = "calls"

    @property
    def grain(self) -> int:
        """How many of what the meter counts make one unit: minutes of an hour, else one."""
        return 60 if self is PackUnit.HOURS else 1


class Unused(StrEnum):
    """What happens to paid units of a pack that can no longer be used."""

    RETURN = "return"
    EXPIRE = "expire"


class PriceChange(Frozen):
    """Another price of a flat fee signed later, from the period of this number on."""

    from_period: Annotated[int, Field(ge=1, le=60)]
    price_minor: PriceMinor


class SizeChange(Frozen):
    """Another size of a pack signed later, from the period of this number on."""

    from_period: Annotated[int, Field(ge=1, le=60)]
    pack_size: Annotated[int, Field(ge=1, le=PACK_SIZE_MAX)]


class FlatFeeTerms(Frozen):
    """A fixed price per period for what `includes` lists; `periods` of them.

    `prices` and `sizes` are the other prices and sizes signed since, in order; a new offer has
    none.

    `calendar`: periods are the weeks and months of the calendar, so that a start within one makes
    a first period in proportion; otherwise they are counted from the start. With a `pack`, a period
    pays for `pack_size` units. Up to `rollover_units` of those left over may be used in the next
    `rollover_periods` periods, counted from the end of their own; `unused` says what becomes of the
    others.
    """

    kind: Literal["flat_fee"] = "flat_fee"
    price_minor: PriceMinor
    period: Period = Period.MONTH
    periods: Annotated[int, Field(ge=1, le=60)] = 1
    calendar: bool = False
    includes: Annotated[
        str, Clean, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)
    ]
    pack: PackUnit | None = None
    pack_size: Annotated[int | None, Field(validate_default=True)] = None
    rollover_units: Annotated[int, Field(ge=0, le=PACK_SIZE_MAX)] = 0
    rollover_periods: Annotated[
        int, Field(ge=0, le=ROLLOVER_PERIODS_MAX, validate_default=True)
    ] = 0
    unused: Unused = Unused.RETURN
    prices: Annotated[tuple[PriceChange, ...], Field(max_length=200)] = ()
    sizes: Annotated[tuple[SizeChange, ...], Field(max_length=200)] = ()

    def price_of(self, position: int) -> int:
        """The price of the whole period of this number, after what was signed."""
        price = self.price_minor
        for each in self.prices:
            if each.from_period <= position:
                price = each.price_minor
        return price

    def size_of(self, position: int) -> int:
        """The units of the pack that the whole period of this number pays for; 0 without one."""
        size = self.pack_size or 0
        for each in self.sizes:
            if each.from_period <= position:
                size = each.pack_size
        return size

    @field_validator("periods")
    @classmethod
    def _one_off_is_one(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("period") is Period.ONE_OFF and value != 1:
            raise ValueError(_("A one-off price is paid once."))
        return value

    @field_validator("pack_size")
    @classmethod
    def _pack_has_a_size(cls, value: int | None, info: ValidationInfo) -> int | None:
        if info.data.get("pack") is None:
            return None
        if value is None or not 1 <= value <= PACK_SIZE_MAX:
            raise ValueError(_("Say how many units a pack holds: 1 to 10,000."))
        return value

    @field_validator("rollover_units")
    @classmethod
    def _no_more_than_the_pack(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("pack") is None:
            return 0
        size = info.data.get("pack_size")
        if size is not None and value > size:
            raise ValueError(_("No more can roll over than the pack holds."))
        return value

    @field_validator("rollover_periods")
    @classmethod
    def _rolls_both_or_neither(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("pack") is None:
            return 0
        if value and info.data.get("period") is Period.ONE_OFF:
            raise ValueError(_("A one-off pack has no next period to roll over to."))
        if (value > 0) != (info.data.get("rollover_units", value) > 0):
            raise ValueError(_("Say both how many units roll over and for how many periods."))
        return value


class Milestone(Frozen):
    """One step of a project: what is delivered, for how much, when, judged by which criteria.

    `part` is the number of its unit of work where changes have moved it from its place in the list.
    """

    title: Line
    price_minor: PriceMinor
    due_on: Day
    criteria: Annotated[
        tuple[Criterion, ...], Field(min_length=1, max_length=12), BeforeValidator(lines_of)
    ]
    part: Annotated[int | None, Field(ge=1, le=1000)] = None


class ProjectTerms(Frozen):
    """Milestones in the order they are worked on; dates never go back.

    `last_part` is the highest number ever given to one, so that a dropped one's is not used again.
    """

    kind: Literal["project"] = "project"
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1, max_length=20)]
    last_part: Annotated[int, Field(ge=0, le=1000)] = 0

    @property
    def numbered(self) -> dict[int, Milestone]:
        """The milestones by the number of their unit of work, in order."""
        return {each.part or n: each for n, each in enumerate(self.milestones, start=1)}

    @field_validator("milestones")
    @classmethod
    def _in_order(cls, value: tuple[Milestone, ...]) -> tuple[Milestone, ...]:
        dates = [milestone.due_on for milestone in value]
        if dates != sorted(dates):
            raise ValueError(_("Put the milestones in the order of their dates."))
        return value

    @property
    def total_minor(self) -> int:
        """Sum of all milestones."""
        return sum(milestone.price_minor for milestone in self.milestones)


Terms = Annotated[HourlyTerms | FlatFeeTerms | ProjectTerms, Field(discriminator="kind")]
TERMS: dict[Kind, type[HourlyTerms | FlatFeeTerms | ProjectTerms]] = {
    Kind.HOURLY: HourlyTerms,
    Kind.FLAT_FEE: FlatFeeTerms,
    Kind.PROJECT: ProjectTerms,
}


def _exact_rates(value: object) -> object:
    """Fee terms as they are stored, also from before rates were kept exactly."""
    return FeeTerms.from_json(value) if isinstance(value, dict) else value


class Agreement(Frozen):
    """Everything a version fixes. Two versions differ exactly where their agreements differ.

    `trial_days` are business days; `trial_minutes` (by the hour only, 0: no limit) are the hours
    that are held and paid in the start-up phase as one part.
    """

    title: Line
    scope: Text
    currency: Literal["EUR", "GBP", "CHF", "USD", "CAD"]
    language: Literal["fr", "en"]
    starts_on: Day
    ends_on: Day | None = None
    notice_days: Annotated[int, Field(ge=0, le=NOTICE_DAYS_MAX)]
    notice_in: NoticeIn = NoticeIn.DAYS
    trial_days: Annotated[int, Field(ge=0, le=TRIAL_DAYS_MAX)]
    trial_minutes: Annotated[int, Span(0, TRIAL_MINUTES_MAX)] = 0
    trial_then: TrialEnd = TrialEnd.CONTINUE
    review_days: Annotated[int, Field(ge=REVIEW_DAYS_MIN, le=REVIEW_DAYS_MAX)] = REVIEW_DAYS_DEFAULT
    time_zone: str
    signing_order: SigningOrder = SigningOrder.ANY
    rail: Rail = Rail.HELD
    personal_data: DataProcessing | None = None
    kpis: Kpis = ()
    imported: ImportedPaper | None = None
    terms: Terms
    fees: Annotated[FeeTerms, BeforeValidator(_exact_rates)]
    clocks: Clocks = Clocks()

    @property
    def kind(self) -> Kind:
        """The kind of the terms."""
        return Kind(self.terms.kind)

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError(_("The end comes after the start."))
        return self


def price_of_minutes(rate_minor: int, minutes: int) -> int:
    """Price in minor units of `minutes` at `rate_minor` an hour; half a minor unit rounds up.

    Apply it to a week's total, never entry by entry: a sum of rounded parts may pass the cap.
    """
    return half_up(rate_minor * minutes, 60)
