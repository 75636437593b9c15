"""Owns the shapes of an offer as it is written, sent and refused; never stores anything."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from marketplace.contracts.rules.schedules import DataProcessing, Kpis
from marketplace.contracts.rules.states import (
    NOTICE_DAYS_MAX,
    REVIEW_DAYS_DEFAULT,
    REVIEW_DAYS_MAX,
    REVIEW_DAYS_MIN,
    TRIAL_DAYS_DEFAULT,
    TRIAL_DAYS_MAX,
    TRIAL_MINUTES_MAX,
    Kind,
    NoticeIn,
    SigningOrder,
    TrialEnd,
)
from marketplace.contracts.rules.terms import (
    Day,
    FlatFeeTerms,
    HourlyTerms,
    Line,
    ProjectTerms,
    Terms,
    Text,
)
from marketplace.contracts.schemas.base import Currency, In, Language, Reason
from marketplace.core.fields import Minutes, Span, TimeZone
from marketplace.core.i18n import _


class OfferStart(In):
    """The first question: what kind of contract, with whom, for which business."""

    assistant: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    kind: Kind
    business_id: UUID | None = None
    currency: Currency | None = None
    language: Language | None = None


class ScopeStep(In):
    """What is to be done and when."""

    title: Line
    scope: Text
    starts_on: Day
    ends_on: Day | None = None
    time_zone: TimeZone = "Europe/Paris"


class ConditionsStep(In):
    """Notice, start-up phase, review window, language, order of signatures."""

    notice_days: Annotated[int, Field(ge=0, le=NOTICE_DAYS_MAX)] = 14
    notice_in: NoticeIn = NoticeIn.DAYS
    trial_days: Annotated[int, Field(ge=0, le=TRIAL_DAYS_MAX)] = TRIAL_DAYS_DEFAULT
    trial_minutes: Annotated[Minutes, Span(0, TRIAL_MINUTES_MAX)] = 0
    trial_then: TrialEnd = TrialEnd.CONTINUE
    review_days: Annotated[int, Field(ge=REVIEW_DAYS_MIN, le=REVIEW_DAYS_MAX)] = REVIEW_DAYS_DEFAULT
    language: Language = "fr"
    signing_order: SigningOrder = SigningOrder.ANY


PRICE_STEPS: dict[Kind, type[HourlyTerms | FlatFeeTerms | ProjectTerms]] = {
    Kind.HOURLY: HourlyTerms,
    Kind.FLAT_FEE: FlatFeeTerms,
    Kind.PROJECT: ProjectTerms,
}


class DraftChanges(In):
    """Any of a draft's fields; what is left out stays. `lock_version` refuses a stale change."""

    lock_version: int | None = None
    kind: Kind | None = None
    currency: Currency | None = None
    title: Line | None = None
    scope: Text | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    time_zone: TimeZone | None = None
    notice_days: Annotated[int, Field(ge=0, le=NOTICE_DAYS_MAX)] | None = None
    notice_in: NoticeIn | None = None
    trial_days: Annotated[int, Field(ge=0, le=TRIAL_DAYS_MAX)] | None = None
    trial_minutes: Annotated[Minutes, Span(0, TRIAL_MINUTES_MAX)] | None = None
    trial_then: TrialEnd | None = None
    review_days: Annotated[int, Field(ge=REVIEW_DAYS_MIN, le=REVIEW_DAYS_MAX)] | None = None
    language: Language | None = None
    signing_order: SigningOrder | None = None
    personal_data: DataProcessing | None = None
    kpis: Kpis | None = None
    terms: Terms | None = None


class SendOffer(In):
    """Send the draft as it stands at `lock_version`."""

    lock_version: int | None = None


class Refusal(In):
    """Why an offer is declined or withdrawn; may be empty."""

    reason: Reason = ""


class ChangeRefusal(Refusal):
    """Why a change is declined or withdrawn, and the number of its version."""

    version: int


class FeePreviewRequest(In):
    """The parts of an offer that money depends on; the assistant by profile slug."""

    assistant: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    business_id: UUID | None = None
    currency: Currency
    starts_on: Day
    ends_on: Day | None = None
    review_days: Annotated[int, Field(ge=REVIEW_DAYS_MIN, le=REVIEW_DAYS_MAX)] = REVIEW_DAYS_DEFAULT
    terms: Terms

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError(_("The end comes after the start."))
        return self
