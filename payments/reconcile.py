"""Owns the comparison of our books with Stripe's. Never repairs anything: it names what differs.

Every balance transaction at Stripe has a source (a charge, transfer, refund, dispute, payout);
every posting that moved our balance names the same source. Both sides are summed by source and
currency, and must be equal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from payments import treasury
from payments.database import forbid_command, transaction
from payments.explorer.views import BalanceMove
from payments.gateway import balance
from payments.gateway.views import BalanceLine
from payments.ledger import book
from payments.money import Money


@dataclass(frozen=True, slots=True)
class Difference:
    """One source on which the two sides disagree; zero means: not there."""

    source: str
    stripe: Money
    books: Money


@dataclass(frozen=True, slots=True)
class Report:
    """`clean` when nothing differs.

    Totals are our balance at Stripe by currency, as each side has it.
    """

    lines_count: int
    sources_count: int
    differences: tuple[Difference, ...]
    stripe_totals: dict[str, Money]
    books_totals: dict[str, Money]

    @property
    def clean(self) -> bool:
        """Whether both sides agree on every source and in total."""
        return not self.differences and self.stripe_totals == self.books_totals


async def twice(look: Callable[[], Awaitable[Report]]) -> Report:
    """The first look where it is clean, else what a second one finds just the same.

    Stripe's lines are read before the books, so whatever moves in between differs for that look.
    """
    first = await look()
    return first if first.clean else _lasting(first, await look())


def _lasting(first: Report, second: Report) -> Report:
    """The second look without what only it saw: there the books count as Stripe's side does."""
    books = dict(second.books_totals)
    for each in second.differences:
        if each not in first.differences:
            currency = each.stripe.currency
            known = books.get(currency, Money.zero(currency))
            books[currency] = known + each.stripe - each.books
    lasting = tuple(each for each in second.differences if each in first.differences)
    return replace(second, differences=lasting, books_totals=books)


async def reconcile(
    progress: Callable[[int], None] | None = None,
    keep: Callable[[BalanceMove], Awaitable[None]] | None = None,
) -> Report:
    """Read every balance transaction of Stripe's once and compare; outside a transaction.

    `progress` gets the number read so far, `keep` each line as it is read.

    Stripe's own periodic fees, which nothing announces, are booked on the way.
    """
    forbid_command()
    stripe_side: dict[tuple[str, str], int] = {}
    count = 0
    async for line in balance.balance_lines():
        source = await _source(line)
        key = (source, line.net.currency)
        stripe_side[key] = stripe_side.get(key, 0) + line.net.minor
        count += 1
        if keep is not None:
            await keep(BalanceMove(line.id, source, line.type, line.net, line.created))
        if progress is not None:
            progress(count)
    books_side = {
        (source, currency): minor async for source, currency, minor in book.sums_by_source()
    }
    keys = sorted(stripe_side.keys() | books_side.keys())
    differences = tuple(
        Difference(
            key[0], Money(stripe_side.get(key, 0), key[1]), Money(books_side.get(key, 0), key[1])
        )
        for key in keys
        if stripe_side.get(key, 0) != books_side.get(key, 0)
    )
    return Report(count, len(keys), differences, _totals(stripe_side), _totals(books_side))


async def _source(line: BalanceLine) -> str:
    if treasury.periodic(line):
        await transaction(lambda: treasury.book_fee(line))
    return line.source or line.id


def _totals(side: dict[tuple[str, str], int]) -> dict[str, Money]:
    totals: dict[str, Money] = {}
    for (_, currency), minor in side.items():
        totals[currency] = totals.get(currency, Money.zero(currency)) + Money(minor, currency)
    return totals
