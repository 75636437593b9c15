"""Owns where the held money of one holding, or of all of a contract, went and what paid for it.

Never writes. What is read of a contract costs the same few queries, however many holdings it has.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tortoise.expressions import Q

from payments import errors
from payments.ledger import book, chart
from payments.ledger.balanced import Kind
from payments.models import BankDispute, DisputeStatus, Funding, FundingStatus, Holding, Lot
from payments.money import Money
from payments.windows import Window, expected_on, window


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the held money of a holding went, fees apart.

    What came in (`funded` and `carried`, which is negative when more left than came) is `released +
    refunded + held + disputed`. `price` is what may still be released; `frozen` the part of
    `disputed` about which a bank has not decided yet. The two times are the
    last on which a payer's bank may take back a payment behind this holding, without and with a
    reason (see windows); None before the first payment. `held_since`: the oldest payment of which
    something is still held.
    """

    funded: Money
    carried: Money
    released: Money
    refunded: Money
    held: Money
    disputed: Money
    price: Money
    frozen: Money
    reversible_until: datetime | None = None
    disputable_until: datetime | None = None
    held_since: datetime | None = None


async def balance(holding: str) -> Balance:
    """What the ledger says about a holding. Raises UnknownHolding."""
    row = await Holding.get_or_none(id=holding)
    if row is None:
        raise errors.UnknownHolding(holding)
    return (await _balances([row]))[holding]


async def balances(contract: str) -> dict[str, Balance]:
    """The same of every holding of a contract; none before its first funding."""
    return await _balances(await Holding.filter(contract=contract))


async def _balances(rows: list[Holding]) -> dict[str, Balance]:
    sums = await book.sums_by_kind([chart.held(row.id) for row in rows])
    behind = await _behind([row.id for row in rows])
    paid = [funding.id for backed in behind.values() for _lot, funding in backed]
    disputes = BankDispute.filter(status=DisputeStatus.OPEN, funding_id__in=paid)
    disputed = {each.funding_id for each in await disputes} if paid else set()
    return {
        row.id: _balance(row, sums.get(chart.held(row.id), {}), behind[row.id], disputed)
        for row in rows
    }


_Backed = list[tuple[Lot | None, Funding]]
"""The payments behind a holding, oldest first, with what of each is left in it."""


async def _behind(ids: Collection[str]) -> dict[str, _Backed]:
    found: dict[str, _Backed] = {holding: [] for holding in ids}
    if not found:
        return found
    lots = await Lot.filter(holding_id__in=list(ids))
    asked = Q(holding_id__in=list(ids)) | Q(id__in=[lot.funding_id for lot in lots])
    rows = {row.id: row for row in await Funding.filter(asked).order_by("created_at")}
    left = {(lot.holding_id, lot.funding_id): lot for lot in lots}
    pairs = {*left, *((row.holding_id, row.id) for row in rows.values() if row.holding_id in found)}
    order = {funding_id: number for number, funding_id in enumerate(rows)}
    for holding, funding_id in sorted(pairs, key=lambda pair: order[pair[1]]):
        found[holding].append((left.get((holding, funding_id)), rows[funding_id]))
    return found


def _balance(
    row: Holding, sums: dict[Kind, int], behind: _Backed, disputed: set[UUID | None]
) -> Balance:
    contested = _contested(row, behind, disputed)
    windows = [
        window(funding.method, funding.funded_at) for _lot, funding in behind if funding.funded_at
    ]
    held_since = [
        funding.funded_at for lot, funding in behind if lot and lot.left_minor and funding.funded_at
    ]

    def of(*kinds: Kind) -> int:
        return sum(sums.get(kind, 0) for kind in kinds)

    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    return Balance(
        funded=money(of(Kind.FUND)),
        carried=money(of(Kind.CARRY)),
        released=money(-of(Kind.RELEASE, Kind.TIP, Kind.CLAWBACK, Kind.DEBT)),
        refunded=money(-of(Kind.REFUND_DUE)),
        held=money(sum(sums.values()) - contested),
        disputed=money(contested - of(Kind.DISPUTE_LOST, Kind.RECOVERY)),
        price=money(row.price_minor),
        frozen=money(contested),
        reversible_until=max((w.reversible_until for w in windows), default=None),
        disputable_until=max((w.disputable_until for w in windows), default=None),
        held_since=min(held_since, default=None),
    )


def _contested(row: Holding, behind: _Backed, disputed: set[UUID | None]) -> int:
    """The part of what is held that a bank disputes right now."""
    minor = sum(lot.left_minor for lot, funding in behind if lot and funding.id in disputed)
    pool = row.pool
    return pool.held * minor // pool.total if minor else 0


@dataclass(frozen=True, slots=True)
class FundingView:
    """One payment for a holding. `method` is Stripe's type; `window` None until it is paid.

    `expected_on`: around when a direct debit that is under way should arrive. `dispute`: what
    became of the last time its bank took it back (open, won, lost); None when it never did.
    """

    id: UUID
    status: FundingStatus
    price: Money
    charged: Money
    refunded: Money
    method: str | None
    paid_at: datetime | None
    window: Window | None
    expected_on: date | None = None
    failure: str | None = None
    dispute: DisputeStatus | None = None


async def fundings_of(holding: str) -> tuple[FundingView, ...]:
    """The payments behind a holding, also those carried over to it, oldest first."""
    return (await fundings_by([holding]))[holding]


async def fundings_by(holdings: Collection[str]) -> dict[str, tuple[FundingView, ...]]:
    """The same of several holdings; empty for one that nobody was asked to pay."""
    found = await _behind(holdings)
    paid = [funding.id for behind in found.values() for _lot, funding in behind]
    rows = await BankDispute.filter(funding_id__in=paid).order_by("opened_at") if paid else []
    disputes = {row.funding_id: row.status for row in rows}
    return {
        holding: tuple(_view(funding, disputes.get(funding.id)) for _lot, funding in behind)
        for holding, behind in found.items()
    }


def _view(row: Funding, dispute: DisputeStatus | None) -> FundingView:
    return FundingView(
        id=row.id,
        status=row.status,
        price=row.price,
        charged=row.total,
        refunded=Money(row.refunded_minor, row.currency),
        method=row.method,
        paid_at=row.funded_at,
        window=window(row.method, row.funded_at) if row.funded_at else None,
        expected_on=_expected(row),
        failure=row.failure,
        dispute=dispute,
    )


def _expected(row: Funding) -> date | None:
    under_way = row.status is FundingStatus.PROCESSING and row.processing_at is not None
    return expected_on(row.processing_at) if under_way and row.processing_at else None
