"""Owns what people and programs send about work."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, StringConstraints

from marketplace.core.fields import Clean, Minutes, Payment, Price, Span
from marketplace.work.rules import (
    DELIVERY_LINKS_MAX,
    ENTRY_MINUTES_MAX,
)

Note = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=4000)]
Task = Annotated[str, Clean, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


BARE = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)")


def _with_scheme(given: object) -> object:
    """An address as people write it: "drive.google.com/x" is a page, too."""
    return f"https://{given}" if isinstance(given, str) and BARE.match(given) else given


Link = Annotated[HttpUrl, BeforeValidator(_with_scheme)]


class Draft(BaseModel):
    """What comes in: unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DeliveryDraft(Draft):
    """A delivery: what was done, and links to it."""

    note: Annotated[Note, StringConstraints(min_length=3)]
    links: Annotated[list[Link], Field(max_length=DELIVERY_LINKS_MAX)] = []


Number = Annotated[int, Field(ge=0, lt=2**31)]  # as its column holds


class ChangesDraft(Draft):
    """A rejection: the numbers (from 0) of the criteria not met, and what is missing.

    `delivery` is the number of the delivery that you looked at.
    """

    delivery: Number
    criteria: list[int] = []
    note: Annotated[Note, StringConstraints(min_length=3)]


class ApprovalDraft(Draft):
    """An approval, with a word if you like.

    `delivery` is the number of the delivery that you looked at; a week of hours has none.
    """

    delivery: Number | None = None
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


CELLS_MAX = 350


class SheetDraft(Draft):
    """Cells of a week's grid; what is not named stays as it is."""

    cells: Annotated[list[CellDraft], Field(max_length=CELLS_MAX)]


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
    """A wish to end the contract early. `shares` count once the other side agrees.

    `start_up` says whether you mean an end within the start-up phase, which ends the contract at
    once and pays the days worked: when it is otherwise by now, nothing is done.
    """

    start_up: bool | None = None
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
