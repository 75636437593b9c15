"""Owns the shapes of the operator's pages and API. Amounts are minor units, debit positive."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.fr import siren as sirens

from marketplace.admin.rules.runs import RunStatus, Side
from marketplace.core.i18n import _
from payments import explorer
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.admin.models import OperatorAct, ReconciliationLine, ReconciliationRun
    from marketplace.admin.queries.overview import Job, Overview

MOVEMENT_STATUS = "^(" + "|".join(explorer.MOVEMENT_STATUSES) + ")?$"
NEWS_STATUS = "^(" + "|".join(explorer.NEWS_STATUSES) + ")?$"
KIND = "^(" + "|".join(explorer.KINDS) + ")?$"
Code = Annotated[str, Field(max_length=200)]


class ReasonDraft(BaseModel):
    """Why an operator acts; kept in the log for ever."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class _Query(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 100


class AccountQuery(_Query):
    """Accounts whose code begins with `prefix`; `after` is `next` of the page before."""

    prefix: Code = ""
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    after: Code = ""


class EntryQuery(_Query):
    """The entries of one account; `before` is `next` of the page before."""

    account: Annotated[str, Field(min_length=1, max_length=200)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    before: Annotated[int | None, Field(ge=1, lt=2**63)] = None


class TransactionQuery(_Query):
    """Transactions that match everything given; days are Paris days, both included."""

    account: Code = ""
    contract: Code = ""
    kind: Annotated[str, Field(pattern=KIND)] = ""
    since: date | None = None
    until: Annotated[date | None, Field(lt=date(9999, 1, 1))] = None
    before: Annotated[int | None, Field(ge=1, lt=2**63)] = None


class ExportQuery(BaseModel):
    """The days to export, Paris days, both included; everything when left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: date | None = None
    until: Annotated[date | None, Field(lt=date(9999, 1, 1))] = None


class FecQuery(BaseModel):
    """A calendar year and the SIREN of the company that keeps the books."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Annotated[int, Field(ge=2020, le=2100)]
    siren: Annotated[str, Field(max_length=20)]

    @field_validator("siren")
    @classmethod
    def _checked(cls, value: str) -> str:
        try:
            return str(sirens.validate(value))
        except WrongNumber:
            message = _("This is not a SIREN: nine digits, the last one a check digit.")
            raise PydanticCustomError("siren", message) from None


class MovementQuery(_Query):
    """Movements in one state; `before` is `next` of the page before."""

    status: Annotated[str, Field(pattern=MOVEMENT_STATUS)] = ""
    before: UUID | None = None


class NewsQuery(_Query):
    """News in one state; `before` is `next` of the page before."""

    status: Annotated[str, Field(pattern=NEWS_STATUS)] = ""
    before: UUID | None = None


class LineQuery(_Query):
    """Lines of a comparison, or the unmatched alone; `after` is `next` of the page before."""

    unmatched: bool = False
    after: Annotated[int | None, Field(ge=1, lt=2**63)] = None


class RecordQuery(_Query):
    """A list, newest first; `before` is `next` of the page before."""

    before: UUID | None = None


class MinorAmount(BaseModel):
    """Minor units of a currency, debit positive."""

    minor: int
    currency: str

    @classmethod
    def of(cls, money: Money) -> MinorAmount:
        """The amount as the API shows it."""
        return cls(minor=money.minor, currency=money.currency)


class LedgerAccountView(BaseModel):
    """An account of the books."""

    code: str
    currency: str
    kind: str
    balance: MinorAmount
    entries_count: int

    @classmethod
    def of(cls, row: explorer.Account) -> LedgerAccountView:
        """The account as the API shows it."""
        balance = MinorAmount.of(row.balance)
        return cls(
            code=row.code, currency=row.currency, kind=row.kind, balance=balance,
            entries_count=row.entries_count,
        )  # fmt: skip


class LedgerAccountPage(BaseModel):
    """A page of accounts."""

    items: list[LedgerAccountView]
    next: str | None


class LedgerEntryView(BaseModel):
    """One leg on an account, with the balance after it."""

    id: int
    transaction_id: int
    kind: str
    contract: str | None
    at: datetime
    amount: MinorAmount
    after: MinorAmount

    @classmethod
    def of(cls, row: explorer.Entry) -> LedgerEntryView:
        """The entry as the API shows it."""
        return cls(
            id=row.id, transaction_id=row.transaction_id, kind=row.kind, contract=row.contract,
            at=row.at, amount=MinorAmount.of(row.amount), after=MinorAmount.of(row.after),
        )  # fmt: skip


class LedgerEntryPage(BaseModel):
    """A page of entries."""

    items: list[LedgerEntryView]
    next: int | None


class LedgerLineView(BaseModel):
    """One leg of a transaction."""

    account: str
    amount: MinorAmount
    after: MinorAmount


class LedgerTransactionView(BaseModel):
    """A transaction of the books; its lines sum to zero in each currency."""

    id: int
    key: str
    kind: str
    contract: str | None
    holding: str | None
    source: str | None
    at: datetime
    lines: list[LedgerLineView]

    @classmethod
    def of(cls, row: explorer.Transaction) -> LedgerTransactionView:
        """The transaction as the API shows it."""
        lines = [
            LedgerLineView(
                account=line.code,
                amount=MinorAmount.of(line.amount),
                after=MinorAmount.of(line.after),
            )
            for line in row.lines
        ]
        return cls(
            id=row.id, key=row.key, kind=row.kind, contract=row.contract, holding=row.holding,
            source=row.source, at=row.at, lines=lines,
        )  # fmt: skip


class LedgerTransactionPage(BaseModel):
    """A page of transactions."""

    items: list[LedgerTransactionView]
    next: int | None


class OperatorMovementView(BaseModel):
    """A transfer or refund that we owe at Stripe."""

    id: UUID
    kind: str
    status: str
    contract: str
    payee: str
    payer: str
    amount: MinorAmount
    attempts: int
    next_attempt_at: datetime
    stripe_id: str | None
    failure: str | None
    created_at: datetime

    @classmethod
    def of(cls, row: explorer.MovementView) -> OperatorMovementView:
        """The movement as the API shows it."""
        return cls(
            id=row.id, kind=row.kind, status=row.status, contract=row.contract, payee=row.payee,
            payer=row.payer, amount=MinorAmount.of(row.amount), attempts=row.attempts,
            next_attempt_at=row.next_attempt_at, stripe_id=row.stripe_id, failure=row.failure,
            created_at=row.created_at,
        )  # fmt: skip


class OperatorMovementPage(BaseModel):
    """A page of movements."""

    items: list[OperatorMovementView]
    next: UUID | None


class OperatorNewsView(BaseModel):
    """A piece of news from Stripe between arrival and effect."""

    id: UUID
    event: str
    type: str
    object: str | None
    status: str
    attempts: int
    next_attempt_at: datetime
    failure: str | None
    received_at: datetime
    applied_at: datetime | None

    @classmethod
    def of(cls, row: explorer.NewsView) -> OperatorNewsView:
        """The news as the API shows it."""
        return cls(
            id=row.id, event=row.event, type=row.type, object=row.object, status=row.status,
            attempts=row.attempts, next_attempt_at=row.next_attempt_at, failure=row.failure,
            received_at=row.received_at, applied_at=row.applied_at,
        )  # fmt: skip


class OperatorNewsPage(BaseModel):
    """A page of news."""

    items: list[OperatorNewsView]
    next: UUID | None


class ReconciliationDifferenceView(BaseModel):
    """A Stripe object on which the two sides disagree."""

    source: str
    currency: str
    stripe_minor: int
    books_minor: int


class ReconciliationTotalView(BaseModel):
    """Our balance at Stripe in one currency, as each side has it."""

    currency: str
    stripe_minor: int
    books_minor: int


class ReconciliationView(BaseModel):
    """A comparison of the books with Stripe; `clean` is null until it is done."""

    id: UUID
    status: RunStatus
    clean: bool | None
    lines_read: int
    sources_count: int
    differences: list[ReconciliationDifferenceView]
    totals: list[ReconciliationTotalView]
    failure: str | None
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, row: ReconciliationRun) -> ReconciliationView:
        """The comparison as the API shows it."""
        names = ("source", "currency", "stripe_minor", "books_minor")
        differences = [dict(zip(names, each, strict=True)) for each in row.differences]
        totals = [dict(zip(names[1:], each, strict=True)) for each in row.totals]
        return cls.model_validate(
            {
                "id": row.id, "status": row.status, "clean": row.clean,
                "lines_read": row.lines_read, "sources_count": row.sources_count,
                "differences": differences, "totals": totals, "failure": row.failure,
                "created_at": row.created_at, "finished_at": row.finished_at,
            }
        )  # fmt: skip


class ReconciliationPage(BaseModel):
    """A page of comparisons."""

    items: list[ReconciliationView]
    next: UUID | None


class ReconciliationLineView(BaseModel):
    """What moved our balance on one side, and whether the other side has it."""

    id: int
    side: Side
    reference: str
    source: str
    kind: str
    amount: MinorAmount
    happened_at: datetime
    matched: bool

    @classmethod
    def of(cls, row: ReconciliationLine) -> ReconciliationLineView:
        """The line as the API shows it."""
        return cls(
            id=row.id, side=row.side, reference=row.reference, source=row.source, kind=row.kind,
            amount=MinorAmount.of(row.amount), happened_at=row.happened_at, matched=row.matched,
        )  # fmt: skip


class ReconciliationLinePage(BaseModel):
    """A page of lines."""

    items: list[ReconciliationLineView]
    next: int | None


class OperatorActView(BaseModel):
    """An act of an operator."""

    id: UUID
    person_id: UUID
    act: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    created_at: datetime

    @classmethod
    def of(cls, row: OperatorAct) -> OperatorActView:
        """The act as the API shows it."""
        return cls(
            id=row.id, person_id=row.person_id, act=row.act, subject=row.subject,
            before=row.before, after=row.after, reason=row.reason, created_at=row.created_at,
        )  # fmt: skip


class OperatorActPage(BaseModel):
    """A page of the log."""

    items: list[OperatorActView]
    next: UUID | None


class FailedJobView(BaseModel):
    """A job that was tried too often."""

    id: int
    task: str
    arguments: dict[str, Any]
    attempts: int
    failed_at: datetime | None

    @classmethod
    def of(cls, row: Job) -> FailedJobView:
        """The job as the API shows it."""
        return cls(
            id=row.id, task=row.task, arguments=row.arguments, attempts=row.attempts,
            failed_at=row.failed_at,
        )  # fmt: skip


class QueueView(BaseModel):
    """How many wait in one state, and since when the oldest does."""

    queue: str
    status: str
    count: int
    oldest: datetime


class OverviewView(BaseModel):
    """What needs the operator's eye."""

    queues: list[QueueView]
    failed_jobs: int
    worker_seen_seconds_ago: int | None
    search: str
    search_documents: int | None
    last_reconciliation: ReconciliationView | None

    @classmethod
    def of(cls, found: Overview) -> OverviewView:
        """The overview as the API shows it."""
        queues = [
            QueueView(queue=each.queue, status=each.status, count=each.count, oldest=each.oldest)
            for each in found.queues
        ]
        last = ReconciliationView.of(found.last_run) if found.last_run else None
        return cls(
            queues=queues, failed_jobs=found.failed_jobs, search=found.search.state,
            worker_seen_seconds_ago=found.worker_seconds, search_documents=found.search.documents,
            last_reconciliation=last,
        )  # fmt: skip
