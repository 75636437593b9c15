"""Owns reading the books and the queues of money for an operator, page by page.

Never writes: flows post, `movements.retry` and `inbox.retry` try again, `reconcile` compares.

Amounts are debit positive, as in the book. Lists are newest first, and `before` is the id of the
last row of the page before; accounts go by name.
"""

from __future__ import annotations

from typing import Final

from payments.explorer.books import (
    account,
    accounts,
    balances,
    currencies,
    entries,
    families,
    journal,
    ledger_moves,
    transaction,
    transactions,
)
from payments.explorer.earnings import Earning, earnings
from payments.explorer.queues import (
    dispute,
    disputes,
    movement,
    movements,
    news,
    news_item,
    queues,
    recoveries,
    unconfirmed,
    unfinished,
)
from payments.explorer.views import (
    Account,
    BalanceMove,
    DisputeView,
    Entry,
    Family,
    Line,
    MovementView,
    NewsView,
    Queue,
    Recovery,
    Transaction,
)
from payments.ledger.balanced import Kind
from payments.models import EventStatus, MovementStatus

KINDS: Final = tuple(kind.value for kind in Kind)
MOVEMENT_STATUSES: Final = tuple(status.value for status in MovementStatus)
NEWS_STATUSES: Final = tuple(status.value for status in EventStatus)
PARKED: Final = "parked"

__all__ = [
    "KINDS",
    "MOVEMENT_STATUSES",
    "NEWS_STATUSES",
    "PARKED",
    "Account",
    "BalanceMove",
    "DisputeView",
    "Earning",
    "Entry",
    "Family",
    "Line",
    "MovementView",
    "NewsView",
    "Queue",
    "Recovery",
    "Transaction",
    "account",
    "accounts",
    "balances",
    "currencies",
    "dispute",
    "disputes",
    "earnings",
    "entries",
    "families",
    "journal",
    "ledger_moves",
    "movement",
    "movements",
    "news",
    "news_item",
    "queues",
    "recoveries",
    "transaction",
    "transactions",
    "unconfirmed",
    "unfinished",
]
