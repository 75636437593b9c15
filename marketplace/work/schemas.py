"""Owns the shapes of work at the edge: drafts that come in, views that go out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints

from marketplace.contracts.rules.terms import PackUnit
from marketplace.core.fields import Clean, Minutes, Payment, Price, Span
from marketplace.work.rules import (
    DELIVERY_LINKS_MAX,
    ENTRY_MINUTES_MAX,
    EntryState,
    Status,
    UnitKind,
)

Note = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=4000)]
Task = Annotated[str, Clean, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class Draft(BaseModel):
    """What comes in: unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DeliveryDraft(Draft):
    """A delivery: what was done, and links to it."""

    note: Annotated[Note, StringConstraints(min_length=3)]
    links: Annotated[list[HttpUrl], Field(max_length=DELIVERY_LINKS_MAX)] = []


class ChangesDraft(Draft):
    """A rejection: the numbers (from 0) of the criteria not met, and what is missing.

    `delivery` is the number of the delivery that you looked at.
    """

    delivery: int
    criteria: list[int] = []
    note: Annotated[Note, StringConstraints(min_length=3)]


class ApprovalDraft(Draft):
    """An approval, with a word if you like.

    `delivery` is the number of the delivery that you looked at; a week of hours has none.
    """

    delivery: int | None = None
    note: Note = ""


class EntryDraft(Draft):
    """Hours on one day. `minutes` takes 2, 2,5, 2h30 or 1:30 from people, minutes from programs."""

    worked_on: date
    minutes: Annotated[Minutes, Span(1, ENTRY_MINUTES_MAX)]
    task: Task
    note: Annotated[Note, StringConstraints(max_length=1000)] = ""


class EntryChange(EntryDraft):
    """Hours corrected. `seen_at` is the `updated_at` that you saw: changed since, it is refused."""

    seen_at: datetime | None = None


class CellDraft(Draft):
    """All the time of a task on a day; 0 takes it out.

    `was` is what you saw of it: what says something else by now is refused, and what you leave at
    that stays as it is.
    """

    task: Task
    worked_on: date
    minutes: Annotated[Minutes, Span(0, ENTRY_MINUTES_MAX)]
    was: Annotated[Minutes, Span(0, ENTRY_MINUTES_MAX)] | None = None


class SheetDraft(Draft):
    """Cells of a week's grid; what is not named stays as it is."""

    cells: Annotated[list[CellDraft], Field(max_length=350)]


class UseDraft(Draft):
    """A use of a pack: `minutes` of an hours pack (as people write durations), else a `count`.

    For a call also why it was made and how it ended.
    """

    used_on: date
    minutes: Annotated[Minutes, Span(0, ENTRY_MINUTES_MAX)] | None = None
    count: Annotated[int, Field(ge=0, le=10_000)] | None = None
    note: Annotated[Note, StringConstraints(min_length=2, max_length=1000)]
    reason: Annotated[Note, StringConstraints(max_length=200)] = ""
    outcome: Annotated[Note, StringConstraints(max_length=200)] = ""


class UseChange(UseDraft):
    """A use corrected. `seen_at` is the `updated_at` that you saw: changed since, it is refused."""

    seen_at: datetime | None = None


class TimerDraft(Draft):
    """What the timer runs for."""

    task: Task


class ContestDraft(Draft):
    """A contest of one line: the reason, and the minutes that would be right (0: none)."""

    reason: Annotated[Note, StringConstraints(min_length=3, max_length=1000)]
    minutes: Annotated[Minutes, Span(0, ENTRY_MINUTES_MAX)] = 0


class AnswerDraft(Draft):
    """The minutes this side would agree to; the other side's proposal settles the line."""

    minutes: Annotated[Minutes, Span(0, ENTRY_MINUTES_MAX)]


class ShareDraft(Draft):
    """What of a held unit's price (before tax, minor units) the assistant keeps; rest goes back."""

    unit_id: UUID
    price_minor: Price | None = None


class EndingDraft(Draft):
    """A wish to end the contract early. `shares` count once the other side agrees."""

    reason: Annotated[Note, StringConstraints(max_length=1000)] = ""
    shares: Annotated[list[ShareDraft], Field(max_length=60)] = []


class PartDraft(Draft):
    """A part of a unit's price, before tax, paid before the whole is approved.

    `request_id` is yours: the same part under the same id is paid or asked for once.
    """

    request_id: UUID | None = None
    price_minor: Payment
    note: Annotated[Note, StringConstraints(max_length=1000)] = ""


class PartAnswer(Draft):
    """The answer to exactly this request for a part."""

    part_id: UUID


class AgreementDraft(Draft):
    """Agreement to exactly this proposal of an end: proposed anew, it has another id."""

    proposal_id: UUID


class MoneyView(BaseModel):
    """An amount in minor units."""

    minor: int
    currency: str


class UnitView(BaseModel):
    """A part of a contract. `price` before tax; `paid` is what of it was released.

    `paid_on` is the day by which silence pays; null while that depends on the hand-in.
    """

    id: UUID
    contract_id: UUID
    kind: UnitKind
    position: int
    title: str
    criteria: list[str]
    price: MoneyView
    paid: MoneyView
    starts_on: date
    ends_on: date
    status: Status
    submitted_at: datetime | None
    review_until: datetime | None
    paid_on: date | None


class DeliveryView(BaseModel):
    """What was handed in and what was said of it; `decision` is empty while it waits."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    note: str
    links: list[str]
    submitted_at: datetime
    decision: str
    decision_note: str
    criteria_cited: list[str]
    decided_at: datetime | None


class EntryView(BaseModel):
    """Hours on one day. `covered_minutes` of them are paid for by what is held for the week.

    A contested line carries the newest proposal and until when the other side answers; after that
    the proposal counts. `agreed_minutes` is what a contest ended with.
    """

    id: UUID
    worked_on: date
    minutes: int
    covered_minutes: int
    task: str
    note: str
    state: EntryState
    contest_reason: str
    proposed_minutes: int | None
    proposed_by: str
    answer_until: datetime | None
    agreed_minutes: int | None
    updated_at: datetime


class UseView(BaseModel):
    """A use of a pack in minutes or pieces; `covered` of it is paid for by a pack."""

    id: UUID
    unit_id: UUID
    used_on: date
    quantity: int
    covered: int
    note: str
    reason: str
    outcome: str
    updated_at: datetime


class LapseView(BaseModel):
    """What of a lot can no longer be used after a day, if nobody uses it before."""

    day: date
    quantity: int


class LotView(BaseModel):
    """Units that a period or a further pack pays for. `used` holds what waits for review too."""

    unit_id: UUID
    size: int
    used: int
    returned: int
    expired: int
    left: int
    usable_until: date
    lapses: list[LapseView]


class PackView(BaseModel):
    """A pack as it stands, in minutes of an hours pack, else in pieces.

    `uncovered` was used beyond all packs: it is payable only from a further one.
    """

    counts: PackUnit
    available: int
    uncovered: int
    lots: list[LotView]


class SheetView(BaseModel):
    """Lines of a week."""

    entries: list[EntryView]


class PartView(BaseModel):
    """A part payment: asked, then paid or refused."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    unit_id: UUID
    price_minor: int
    note: str
    asked_at: datetime
    paid_at: datetime | None
    refused_at: datetime | None


class TimerView(BaseModel):
    """A running timer."""

    model_config = ConfigDict(from_attributes=True)

    unit_id: UUID
    task: str
    started_at: datetime


class EndingView(BaseModel):
    """A proposed or carried-out early end."""

    model_config = ConfigDict(from_attributes=True)

    contract_id: UUID
    proposal_id: UUID
    side: str
    reason: str
    proposed_at: datetime
    effective_at: datetime
    done_at: datetime | None
    shares: list[dict[str, str | int]]


class RoomView(BaseModel):
    """The work of a contract: its units and an early end, if one is proposed.

    `paused_at`: nothing is charged since then, until the business resumes the contract.
    `notice_until`: when the contract ends if the business asks for it now and the assistant does
    not agree before.
    """

    contract_id: UUID
    units: list[UnitView]
    ending: EndingView | None
    paused_at: datetime | None
    notice_until: datetime
