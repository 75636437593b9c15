"""Owns what the two sides agree on, as frozen values per kind; never reads a table."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from marketplace.contracts.rules.states import (
    NOTICE_DAYS_MAX,
    REVIEW_DAYS_DEFAULT,
    REVIEW_DAYS_MAX,
    REVIEW_DAYS_MIN,
    TRIAL_DAYS_MAX,
    Kind,
    SigningOrder,
)

# One currency per contract, fixed at signature: those of the payable regions (payments design §1.3).
CURRENCIES = ("EUR", "GBP", "CHF", "USD", "CAD")
PRICE_MIN_MINOR = 100
PRICE_MAX_MINOR = 10_000_000_00
WEEK_MINUTES_MAX = 60 * 60

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=120)]
Criterion = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=8000)]
Bps = Annotated[int, Field(ge=0, le=5000)]
PriceMinor = Annotated[int, Field(ge=PRICE_MIN_MINOR, le=PRICE_MAX_MINOR)]


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


class HourlyTerms(Frozen):
    """Hours within a weekly cap that is held before each week; `first_week` is its Monday."""

    kind: Literal["hourly"] = "hourly"
    rate_minor: PriceMinor
    weekly_cap_minutes: Annotated[int, Field(ge=30, le=WEEK_MINUTES_MAX)]
    first_week: date
    remainder: Remainder = Remainder.ROLL

    @field_validator("first_week")
    @classmethod
    def _monday(cls, value: date) -> date:
        if value.isoweekday() != 1:
            raise ValueError("The first week starts on a Monday.")
        return value

    @property
    def weekly_cap_minor(self) -> int:
        """The amount held for one full week."""
        return price_of_minutes(self.rate_minor, self.weekly_cap_minutes)


class FlatFeeTerms(Frozen):
    """A fixed price per period for what `includes` lists; `periods` of them."""

    kind: Literal["flat_fee"] = "flat_fee"
    price_minor: PriceMinor
    period: Period = Period.MONTH
    periods: Annotated[int, Field(ge=1, le=60)] = 1
    includes: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)
    ]

    @model_validator(mode="after")
    def _one_off_is_one(self) -> Self:
        if self.period is Period.ONE_OFF and self.periods != 1:
            raise ValueError("A one-off price is paid once.")
        return self


class Milestone(Frozen):
    """One step of a project: what is delivered, for how much, when, judged by which criteria."""

    title: Line
    price_minor: PriceMinor
    due_on: date
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=12)]


class ProjectTerms(Frozen):
    """Milestones in the order they are worked on; dates never go back."""

    kind: Literal["project"] = "project"
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1, max_length=20)]

    @field_validator("milestones")
    @classmethod
    def _in_order(cls, value: tuple[Milestone, ...]) -> tuple[Milestone, ...]:
        dates = [milestone.due_on for milestone in value]
        if dates != sorted(dates):
            raise ValueError("Put the milestones in the order of their dates.")
        return value

    @property
    def total_minor(self) -> int:
        """Sum of all milestones."""
        return sum(milestone.price_minor for milestone in self.milestones)


Terms = Annotated[HourlyTerms | FlatFeeTerms | ProjectTerms, Field(discriminator="kind")]
TERMS: dict[Kind, type[HourlyTerms] | type[FlatFeeTerms] | type[ProjectTerms]] = {
    Kind.HOURLY: HourlyTerms,
    Kind.FLAT_FEE: FlatFeeTerms,
    Kind.PROJECT: ProjectTerms,
}


class Fees(Frozen):
    """Fees and VAT in basis points, as they stood when the version was frozen.

    Fees are shares of the price before tax; each VAT rate applies to its own base: the assistant's
    price, the fee invoiced to the business, the fee invoiced to the assistant.
    """

    client_fee_bps: Bps
    assistant_fee_bps: Bps
    price_vat_bps: Bps = 0
    client_fee_vat_bps: Bps = 0
    assistant_fee_vat_bps: Bps = 0


class Agreement(Frozen):
    """Everything a version fixes. Two versions differ exactly where their agreements differ."""

    title: Line
    scope: Text
    currency: Literal["EUR", "GBP", "CHF", "USD", "CAD"]
    language: Literal["fr", "en"]
    starts_on: date
    ends_on: date | None = None
    notice_days: Annotated[int, Field(ge=0, le=NOTICE_DAYS_MAX)]
    trial_days: Annotated[int, Field(ge=0, le=TRIAL_DAYS_MAX)]
    review_days: Annotated[int, Field(ge=REVIEW_DAYS_MIN, le=REVIEW_DAYS_MAX)] = REVIEW_DAYS_DEFAULT
    time_zone: str
    signing_order: SigningOrder = SigningOrder.ANY
    terms: Terms
    fees: Fees

    @property
    def kind(self) -> Kind:
        """The kind of the terms."""
        return Kind(self.terms.kind)


def price_of_minutes(rate_minor: int, minutes: int) -> int:
    """Price in minor units of `minutes` at `rate_minor` an hour; half a minor unit rounds up.

    Apply it to a week's total, never entry by entry: a sum of rounded parts may pass the cap.
    """
    return (rate_minor * minutes * 2 + 60) // 120
