"""Owns the shapes an operator reads of the books and the queues. Never reads a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from payments.money import Money

_CREDITS: Final = frozenset({"liability", "revenue", "equity"})


@dataclass(frozen=True, slots=True)
class Account:
    """An account of one currency and what stands on it."""

    code: str
    currency: str
    kind: str
    balance: Money
    entries_count: int

    @property
    def natural(self) -> Money:
        """The balance as its kind counts it: what is owed and earned is positive, too."""
        return -self.balance if self.kind in _CREDITS else self.balance


@dataclass(frozen=True, slots=True)
class Family:
    """All accounts of one family and currency together."""

    family: str
    kind: str
    currency: str
    accounts_count: int
    balance: Money

    @property
    def natural(self) -> Money:
        """As `Account.natural`."""
        return -self.balance if self.kind in _CREDITS else self.balance


@dataclass(frozen=True, slots=True)
class Entry:
    """One leg on one account with the account's balance after it."""

    id: int
    transaction_id: int
    kind: str
    key: str
    contract: str | None
    at: datetime
    amount: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Line:
    """One leg of a transaction."""

    code: str
    amount: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction with its lines in the order of the book."""

    id: int
    key: str
    kind: str
    contract: str | None
    holding: str | None
    source: str | None
    ref: dict[str, str]
    at: datetime
    lines: tuple[Line, ...]

    @property
    def turnover(self) -> dict[str, Money]:
        """The sum of its debits by currency."""
        sums: dict[str, Money] = {}
        for line in self.lines:
            if line.amount.minor > 0:
                currency = line.amount.currency
                sums[currency] = sums.get(currency, Money.zero(currency)) + line.amount
        return sums


@dataclass(frozen=True, slots=True)
class BalanceMove:
    """Something that moved our balance at Stripe: their line, or our transaction.

    `source` is the Stripe object both sides name; `reference` their line's id or our transaction's.
    """

    reference: str
    source: str
    kind: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class MovementView:
    """A write of money we owe; see payments.movements.

    `resent`: a refund that came back and was sent again, as a movement of its own.
    """

    id: UUID
    kind: str
    status: str
    contract: str
    holding: str
    payer: str
    payee: str
    amount: Money
    charge: str
    cause: str
    attempts: int
    next_attempt_at: datetime
    first_sent_at: datetime | None
    stripe_id: str | None
    settled_at: datetime | None
    failure: str | None
    created_at: datetime
    set_aside_at: datetime | None
    resent: bool


@dataclass(frozen=True, slots=True)
class NewsView:
    """A piece of news from Stripe; see payments.inbox."""

    id: UUID
    event: str
    type: str
    object: str | None
    account: str | None
    status: str
    attempts: int
    next_attempt_at: datetime
    failure: str | None
    received_at: datetime
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A charge a bank took back, and the contract whose money it was.

    `released` is the price ex VAT that was paid out of it and not taken back, also where it was
    carried on to; `loss` what we bear of a lost dispute, less what was recovered of it since;
    `recoverable` the price ex VAT that a person may decide the payee bears of it. `surplus`: it was
    paid beyond what was asked for, and no held money stands on it.
    """

    id: str
    status: str
    amount: Money
    reason: str
    due_by: datetime | None
    answered_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    charge: str
    contract: str
    holding: str
    payee: str
    payer: str
    released: Money
    loss: Money
    recoverable: Money
    surplus: bool


@dataclass(frozen=True, slots=True)
class Recovery:
    """A named person's decision that a payee bears a lost dispute, with its reason.

    `price` is what the payee bears ex VAT, `net` what that takes back of what they were paid, of
    which `as_debt` could not be taken back and is set off against later releases.
    """

    at: datetime
    decided_by: str
    reason: str
    price: Money
    net: Money
    as_debt: Money


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait in one state, and since when the oldest does."""

    queue: str
    status: str
    count: int
    oldest: datetime
