"""Owns the shape of what goes in and out about reviews."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from marketplace.accounts.schemas import NewAddress
from marketplace.core.fields import Clean
from marketplace.core.grounds import Ground
from marketplace.reviews.rules import REPLY_MAX, REPORT_MAX, REVIEW_DAYS, TEXT_MAX
from search.rating import FORMULA, MARKS, VERSION

if TYPE_CHECKING:
    from marketplace.reviews.models import ReviewReport

Mark = Annotated[int, Field(ge=1, le=5)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_MAX), Clean]
Language = Literal["fr", "en"]


class OfAssistantDraft(BaseModel):
    """A business about its assistant; marks are 1 (bad) to 5 (very good).

    `send` false keeps it as a draft that nobody else sees.
    """

    model_config = ConfigDict(extra="forbid")

    quality: Mark
    communication: Mark
    deadlines: Mark
    again: bool
    text: Said = ""
    language: Language
    send: bool = False


class OfBusinessDraft(BaseModel):
    """An assistant about a business; else as OfAssistantDraft."""

    model_config = ConfigDict(extra="forbid")

    briefs: Mark
    communication: Mark
    payment: Mark
    text: Said = ""
    language: Language
    send: bool = False


class ReplyDraft(BaseModel):
    """The one public answer of who is reviewed."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=REPLY_MAX), Clean
    ]
    language: Language


class ReportDraft(BaseModel):
    """Why a review is held to be unlawful; `email` to be told what was decided."""

    model_config = ConfigDict(extra="forbid")

    ground: Ground
    said: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=10, max_length=REPORT_MAX), Clean
    ]
    email: NewAddress | None = None


class ReplyView(BaseModel):
    """The answer of who is reviewed."""

    text: str
    language: str
    on: date


class ReviewView(BaseModel):
    """A review that anybody may read. `author` is "" once its account is gone.

    `marks` are 1 to 5 by criterion, `reviewed_on` the day it was sent, `published_on` the day from
    which it can be read (lists begin with the newest), `month` that of the last work under the
    contract (YYYY-MM). `verified_by` says why we know that the work took place:
    `released` (money was released here), `recorded` (both sides confirmed a payment) or
    `given_back` (all that was released went back to the client after the review came out).
    `occasion`: `ended`, or `under_way` for one written before the end.
    """

    id: UUID
    author: str
    marks: dict[str, int]
    again: bool | None
    text: str
    language: str
    reviewed_on: date
    published_on: date
    month: str
    contract_kind: str
    occasion: str
    verified_by: Literal["released", "recorded", "given_back"]
    reply: ReplyView | None

    @property
    def worked(self) -> date:
        """The month of the last work, for templates."""
        return date.fromisoformat(f"{self.month}-01")


class ScoreView(BaseModel):
    """A rating with what it is made of: rating = marks / (marks_each x reviews), two decimals.

    `marks` is the sum of all marks of all `reviews`; nothing else goes into it. Null without one.
    """

    rating: float | None
    marks: int
    reviews: int
    marks_each: int = MARKS
    formula: str = FORMULA
    version: int = VERSION


class ReviewsView(BaseModel):
    """A page of the reviews that count, newest first, with the score of all of them."""

    score: ScoreView
    items: list[ReviewView]
    next: str | None


class MineView(BaseModel):
    """What one's own side wrote; `sent_at` null: a draft."""

    id: UUID
    marks: dict[str, int]
    again: bool | None
    text: str
    language: str
    written_at: datetime
    sent_at: datetime | None
    hidden_for: str


class TurnView(BaseModel):
    """A round of reviews as one side sees it; `theirs` only once `revealed_at` is set.

    It is set as soon as both have sent theirs, at the latest soon after `closes_at`. `void`: by
    then all that had been paid was given back, and nothing of the round is shown or counts.
    """

    occasion: str
    opened_at: datetime
    closes_at: datetime
    revealed_at: datetime | None
    void: bool
    may_write: bool
    mine: MineView | None
    theirs: ReviewView | None


class RoomView(BaseModel):
    """The rounds of a contract, the newest first; `side` is the viewer's."""

    contract: UUID
    side: str
    rounds: list[TurnView]


class ToWriteView(BaseModel):
    """A contract whose other side can be reviewed until `closes_at`."""

    contract: UUID
    number: str
    title: str
    side: str
    about: str
    occasion: str
    closes_at: datetime


class RulesView(BaseModel):
    """The published rules of reviews."""

    version: int = VERSION
    formula: str = FORMULA
    days: int = REVIEW_DAYS
    under_way_after_days: int
    order: str
    criteria: dict[str, list[str]]
    grounds: dict[str, str]


class ReportView(BaseModel):
    """A report as whoever made it sees it."""

    id: UUID
    review: UUID
    ground: Ground
    created_at: datetime

    @classmethod
    def of(cls, row: ReviewReport) -> ReportView:
        """A report as the API shows it."""
        return cls(id=row.id, review=row.review_id, ground=row.ground, created_at=row.created_at)
