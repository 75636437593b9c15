"""Owns the shapes of contracts at the edge, in and out; never decides or stores anything."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from marketplace.contracts.rules.changes import ChangeStatus, Weeks
from marketplace.contracts.rules.schedules import DataProcessing, Kpis
from marketplace.contracts.rules.states import (
    NOTICE_DAYS_MAX,
    REVIEW_DAYS_DEFAULT,
    REVIEW_DAYS_MAX,
    REVIEW_DAYS_MIN,
    TRIAL_DAYS_DEFAULT,
    TRIAL_DAYS_MAX,
    TRIAL_MINUTES_MAX,
    Actor,
    Kind,
    Rail,
    SigningOrder,
    Status,
    TrialEnd,
)
from marketplace.contracts.rules.terms import (
    WEEK_MINUTES_MAX,
    Day,
    FlatFeeTerms,
    HourlyTerms,
    Line,
    ProjectTerms,
    Terms,
    Text,
)
from marketplace.core.fields import Clean, Minutes
from marketplace.core.i18n import _

Currency = Literal["EUR", "GBP", "CHF", "USD", "CAD"]
Language = Literal["fr", "en"]
Sha256 = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, pattern=r"^[0-9a-fA-F]{64}$", min_length=64
    ),
]
Reason = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=1000)]


class In(BaseModel):
    """Input: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Out(BaseModel):
    """Output: read from rows and values."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(_("This time zone is not known."))
    return value


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
    time_zone: str = "Europe/Paris"

    _zone = field_validator("time_zone")(_time_zone)


class ConditionsStep(In):
    """Notice, start-up phase, review window, language, order of signatures."""

    notice_days: Annotated[int, Field(ge=0, le=NOTICE_DAYS_MAX)] = 14
    trial_days: Annotated[int, Field(ge=0, le=TRIAL_DAYS_MAX)] = TRIAL_DAYS_DEFAULT
    trial_minutes: Annotated[Minutes, Field(le=TRIAL_MINUTES_MAX)] = 0
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
    time_zone: str | None = None
    notice_days: Annotated[int, Field(ge=0, le=NOTICE_DAYS_MAX)] | None = None
    trial_days: Annotated[int, Field(ge=0, le=TRIAL_DAYS_MAX)] | None = None
    trial_minutes: Annotated[Minutes, Field(le=TRIAL_MINUTES_MAX)] | None = None
    trial_then: TrialEnd | None = None
    review_days: Annotated[int, Field(ge=REVIEW_DAYS_MIN, le=REVIEW_DAYS_MAX)] | None = None
    language: Language | None = None
    signing_order: SigningOrder | None = None
    personal_data: DataProcessing | None = None
    kpis: Kpis | None = None
    terms: Terms | None = None

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        return value if value is None else _time_zone(value)


class SendOffer(In):
    """Send the draft as it stands at `lock_version`."""

    lock_version: int | None = None


class Refusal(In):
    """Why an offer is declined or withdrawn; may be empty."""

    reason: Reason = ""


class CapDraft(In):
    """A higher weekly cap, and for which weeks: this one, from this one on, from the next one on.

    `minutes` takes 12, 7,5, 7h30 from people, minutes from programs.
    """

    minutes: Annotated[Minutes, Field(ge=30, le=WEEK_MINUTES_MAX)]
    weeks: Weeks = Weeks.FROM_NEXT
    reason: Reason = ""


class SignRequest(In):
    """Ask for the one-time code to sign exactly this file."""

    file_sha256: Sha256


class SignDraft(In):
    """A signature: the file, the ticked sentence, the typed name, the code.

    `capacity` is in which capacity an owner signs (else what the party's papers say); a member
    signs in that of the delegation. `authenticator` is asked from who has set up an app.
    """

    file_sha256: Sha256
    consent: Literal[True]
    typed_name: Annotated[
        str, Clean, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)
    ]
    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=20)]
    capacity: (
        Annotated[
            str, Clean, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)
        ]
        | None
    ) = None
    authenticator: (
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None
    ) = None

    @field_validator("consent", mode="before")
    @classmethod
    def _ticked(cls, value: object) -> bool:
        if value not in (True, "yes", "on", "true"):
            raise ValueError(_("Tick the sentence to sign."))
        return True


class ContractQuery(In):
    """The list of contracts. `cursor` is `next` of the page before."""

    status: Status | None = None
    side: Literal["business", "assistant"] | None = None
    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


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


class QuoteLine(Out):
    """One part of a contract with every line of its price, in minor units of `currency`.

    A period that is cut short costs `days` of its `whole_days`. With a pack it pays for
    `pack_units` (minutes for hours), usable until `usable_until`.
    """

    kind: str
    position: int
    title: str
    currency: str
    starts_on: date
    ends_on: date
    charged_on: date
    review_until: date
    paid_on: date
    days: int = 0
    whole_days: int = 0
    pack_units: int = 0
    usable_until: date | None = None
    price: int
    price_vat: int
    held: int
    client_fee: int
    client_fee_vat: int
    client_total: int
    assistant_fee: int
    assistant_fee_vat: int
    assistant_net: int


class FeePreview(Out):
    """What both sides pay and get, part by part. `open_ended` means more weeks follow."""

    parts: tuple[QuoteLine, ...]
    total: QuoteLine
    open_ended: bool


class PartyView(Out):
    """A side of a contract."""

    id: UUID
    display_name: str
    legal_name: str


class IndependenceSign(Out):
    """A sign of disguised employment in the draft: it informs both sides and blocks nothing.

    `excerpt` are the words that show it, `clause` the id of the clause that answers it.
    """

    id: str
    title: str
    excerpt: str
    clause: str
    source: str
    fix: str


class ContractView(Out):
    """A contract as one of its sides sees it. `trial_days` are business days.

    `trial_minutes` are the hours held for a start-up phase that is counted in hours, else 0;
    `trial_until` is its last day, once the first money is held.
    """

    id: UUID
    number: str
    kind: Kind
    status: Status
    side: Actor
    turn: Actor | None
    actions: tuple[str, ...]
    business: PartyView
    assistant: PartyView
    title: str
    scope: str
    currency: str
    language: str
    starts_on: date | None
    ends_on: date | None
    notice_days: int
    trial_days: int
    trial_minutes: int
    trial_then: TrialEnd
    trial_until: date | None
    review_days: int
    time_zone: str
    signing_order: SigningOrder
    rail: Rail
    personal_data: DataProcessing | None
    kpis: Kpis
    terms: Terms | None
    version: int
    lock_version: int
    file_sha256: str | None
    independence: tuple[IndependenceSign, ...]
    signed_by: tuple[str, ...]
    expires_at: datetime | None
    signed_at: datetime | None
    active_at: datetime | None
    ended_at: datetime | None
    ended_reason: str
    created_at: datetime


class ContractPage(Out):
    """A page of contracts; ask again with `cursor=next` while it is not null."""

    items: tuple[ContractView, ...]
    next: UUID | None


class ChangeView(Out):
    """A change of a running contract. Sign its `file_sha256` as you sign a contract.

    `differences` name each field with its value before and after; `signed_by` the sides that did.
    """

    id: UUID
    contract_id: UUID
    status: ChangeStatus
    side: str
    reason: str
    version: int
    file_sha256: str
    differences: tuple[tuple[str, Any, Any], ...]
    signed_by: tuple[str, ...]
    proposed_at: datetime
    expires_at: datetime
    closed_at: datetime | None


class EvidenceView(Out):
    """One link of the evidence chain. Its hash can be recomputed from the other fields."""

    seq: int
    at: str
    actor: str
    person: str | None
    event: str
    file_sha256: str | None
    ip: str | None
    user_agent: str | None
    session: str | None
    details: dict[str, str]
    prev: str
    hash: str


class EvidenceChain(Out):
    """The whole chain of one contract; `broken_at` is null while it is sound."""

    contract: UUID
    events: tuple[EvidenceView, ...]
    broken_at: int | None


class TaxLine(BaseModel):
    """One tax and its rate in parts per million."""

    name: str
    rate_ppm: int


class Sentence(BaseModel):
    """A code for programs and what it says to people."""

    code: str
    text: str


class TaxDecisionView(BaseModel):
    """How one supply is taxed: the assistant's work (supply), or our fee to either side.

    `category` and `vatex` are EN 16931's, `rule` one of /api/v1/jurisdictions/rules; `blocks` must
    be settled before anybody signs.
    """

    purpose: str
    rule: str
    category: str
    rate_ppm: int
    taxes: list[TaxLine]
    mention_fr: str
    mention_en: str
    vatex: str | None
    blocks: list[Sentence]
    warnings: list[Sentence]


class TaxesView(BaseModel):
    """The decisions as of a day, with the version of the data they rest on."""

    on: date
    data_version: str
    decisions: list[TaxDecisionView]
