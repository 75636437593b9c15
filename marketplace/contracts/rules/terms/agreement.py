"""Owns what a version of a contract fixes, whatever the kind of its terms."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.contracts.rules.schedules import DataProcessing, Kpis
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
from marketplace.contracts.rules.terms.flat_fee import FlatFeeTerms
from marketplace.contracts.rules.terms.hourly import HourlyTerms
from marketplace.contracts.rules.terms.project import ProjectTerms
from marketplace.contracts.rules.terms.values import Day, Frozen, Line, Text
from marketplace.core.fields import Span
from marketplace.core.i18n import _
from payments.fees import FeeTerms
from payments.money import HELD_CURRENCIES

# One currency per contract, fixed at signature: those in which funds may be held.
CURRENCIES = HELD_CURRENCIES


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
