"""Owns what programs are shown of work."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from marketplace.contracts.rules.terms import PackUnit
from marketplace.work.rules import (
    EntryState,
    Status,
    UnitKind,
)


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


class StoppedView(SheetView):
    """The lines a timer came to, each in its week, and what it measured that no week takes."""

    left_out_minutes: int


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
