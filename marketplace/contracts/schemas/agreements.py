"""Owns how contracts and their prices are asked for and shown; never decides anything."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.contracts.rules.schedules import DataProcessing, Kpis
from marketplace.contracts.rules.states import (
    Actor,
    Kind,
    NoticeIn,
    Rail,
    SigningOrder,
    Status,
    TrialEnd,
)
from marketplace.contracts.rules.terms import Agreement, Terms
from marketplace.contracts.schemas.base import In, Out


class ContractQuery(In):
    """The list of contracts. `cursor` is `next` of the page before."""

    status: Status | None = None
    side: Literal["business", "assistant"] | None = None
    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


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
    """What both sides pay and get, part by part. `open_ended` means more weeks follow: no total.

    Where payments are only `recorded` no funds are held and no fee is taken: `held` is what the
    business pays directly after the approval, `paid_on` the last day for it.
    """

    parts: tuple[QuoteLine, ...]
    total: QuoteLine | None
    open_ended: bool
    rail: Rail


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
    `trial_until` is its last day, once the first money is held. `imported`: the contract that the
    two signed elsewhere and brought here. `independence` are the signs in the text of `version`;
    those of another version stand with it, those of a proposed change with the change.
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
    notice_in: NoticeIn
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
    imported: ImportedPaper | None
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


class VersionView(Out):
    """A frozen version: what it fixes, who wrote it and the hash of its file."""

    number: int
    side: Actor
    created_at: datetime
    file_sha256: str
    french_sha256: str | None
    agreement: Agreement


class ClauseView(Out):
    """A clause as it was frozen."""

    id: str
    title: str
    paragraphs: tuple[str, ...]


class VersionText(VersionView):
    """A version with its words, and the signs of disguised employment that its text shows.

    Of a version from before its words were kept, `clauses` are the pages of its file.
    """

    clauses: tuple[ClauseView, ...]
    independence: tuple[IndependenceSign, ...]


class ContractPage(Out):
    """A page of contracts; ask again with `cursor=next` while it is not null."""

    items: tuple[ContractView, ...]
    next: UUID | None
