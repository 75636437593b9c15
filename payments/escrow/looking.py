"""Owns reading what is held, where it went and for how long. Never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from tortoise.expressions import Q

from payments import errors
from payments.config import HoldLimits, config, now
from payments.database import connection
from payments.fees import Share, take
from payments.ledger import book, chart
from payments.ledger.postings import Kind
from payments.models import Funding, FundingStatus, Holding, Lot, Movement, MovementStatus
from payments.money import Money
from payments.windows import Window, expected_on, window

_LONG: Final = """
SELECT h.id, h.contract, h.payer, h.payee, h.currency, min(f.funded_at) AS since,
       sum(l.left_minor)::bigint AS minor
  FROM payment_lot l
  JOIN payment_funding f ON f.id = l.funding_id
  JOIN payment_holding h ON h.id = l.holding_id
 WHERE l.left_minor > 0 AND f.funded_at <= $1 AND ($2::text IS NULL OR h.id = $2)
 GROUP BY h.id HAVING $3::timestamptz IS NULL OR (min(f.funded_at), h.id) > ($3, $4::text)
 ORDER BY since, h.id LIMIT $5
"""
_AGED: Final = """
SELECT count(DISTINCT l.holding_id) AS count, min(f.funded_at) AS oldest
  FROM payment_lot l JOIN payment_funding f ON f.id = l.funding_id
 WHERE l.left_minor > 0 AND f.funded_at <= $1
"""


_RETURNED: Final = "SELECT id FROM payment_returned WHERE $1::text IS NULL OR payer = $1"
_PAID: Final = """
SELECT count(*) AS count FROM (
    SELECT FROM payment_holding h
     WHERE h.payee = $1 AND h.released_price_minor > 0 AND h.price_minor = 0
       AND NOT EXISTS (SELECT FROM payment_funding f
                        WHERE f.holding_id = h.id AND f.purpose = 'tip')
     LIMIT $2) found
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the held money of a holding went, fees apart.

    What came in (`funded` and `carried`, which is negative when more left than came) is `released +
    refunded + held + disputed`. `price` is what may still be released. The two times are the
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
    reversible_until: datetime | None = None
    disputable_until: datetime | None = None
    held_since: datetime | None = None


async def available(holding: str, currency: str) -> Money:
    """The price that may still be released of a holding; zero before its first funding."""
    row = await Holding.get_or_none(id=holding)
    return Money(row.price_minor if row else 0, currency)


async def kept(holding: str, currency: str) -> Money:
    """The price that was released of a holding and not taken back since: all that may be."""
    row = await Holding.get_or_none(id=holding)
    return Money(row.released_price_minor if row else 0, currency)


async def balance(holding: str) -> Balance:
    """What the ledger says about a holding, read consistently. Raises UnknownHolding."""
    row = await Holding.get_or_none(id=holding)
    if row is None:
        raise errors.UnknownHolding(holding)
    sums: dict[Kind, int] = {}
    for booked in await book.of_holding(holding):
        sums[booked.kind] = sums.get(booked.kind, 0) - booked.amount(chart.held(holding))
    contested = await _contested(row)
    windows = [paid.window for paid in await fundings_of(holding) if paid.window is not None]

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
        reversible_until=max((w.reversible_until for w in windows), default=None),
        disputable_until=max((w.disputable_until for w in windows), default=None),
        held_since=await _held_since(row),
    )


async def _held_since(row: Holding) -> datetime | None:
    lots = await Lot.filter(holding_id=row.id, left_minor__gt=0)
    behind = await Funding.filter(id__in=[lot.funding_id for lot in lots]) if lots else []
    return min((paid.funded_at for paid in behind if paid.funded_at), default=None)


async def _contested(row: Holding) -> int:
    """The part of what is held that a bank disputes right now."""
    query = """
SELECT coalesce(sum(l.left_minor), 0)::bigint AS minor FROM payment_lot l
 WHERE l.holding_id = $1
   AND EXISTS (SELECT FROM payment_dispute d
                WHERE d.funding_id = l.funding_id AND d.status = 'open')
"""
    rows = await connection().execute_query_dict(query, [row.id])
    pool, minor = row.pool, int(rows[0]["minor"])
    return pool.held * minor // pool.total if minor else 0


@dataclass(frozen=True, slots=True)
class FundingView:
    """One payment for a holding. `method` is Stripe's type; `window` None until it is paid.

    `expected_on`: around when a direct debit that is under way should arrive.
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


async def fundings_of(holding: str) -> tuple[FundingView, ...]:
    """The payments behind a holding, also those carried over to it, oldest first."""
    lots = await Lot.filter(holding_id=holding)
    asked = await Funding.filter(holding_id=holding)
    behind = await Funding.filter(id__in=[lot.funding_id for lot in lots]) if lots else []
    rows = {row.id: row for row in (*asked, *behind)}
    return tuple(
        FundingView(
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
        )
        for row in sorted(rows.values(), key=lambda row: row.created_at)
    )


def _expected(row: Funding) -> date | None:
    under_way = row.status is FundingStatus.PROCESSING and row.processing_at is not None
    return expected_on(row.processing_at) if under_way and row.processing_at else None


def limits() -> HoldLimits:
    """How many days money may stay held, as the operator set it."""
    return config().limits


@dataclass(frozen=True, slots=True)
class HeldLong:
    """Money held longer than an operator should be told.

    `must_end` when it has to be released or refunded now, before Stripe's own limit.
    """

    holding: str
    contract: str
    payer: str
    payee: str
    since: datetime
    held: Money
    must_end: bool


def _old() -> datetime:
    return now() - timedelta(days=config().limits.warn_days)


async def held_long(
    limit: int = 100, *, after: HeldLong | None = None, holding: str | None = None
) -> tuple[HeldLong, ...]:
    """Holdings with money older than the warning age (config.HoldLimits), oldest first.

    `after` is the last one of the page before; with `holding` only that one. `held` is what the
    payer paid for what is left, fee included.
    """
    place = [after.since, after.holding] if after else [None, None]
    rows = await connection().execute_query_dict(_LONG, [_old(), holding, *place, limit])
    stop = now() - timedelta(days=config().limits.stop_days)
    return tuple(
        HeldLong(
            row["id"],
            row["contract"],
            row["payer"],
            row["payee"],
            row["since"],
            Money(row["minor"], row["currency"]),
            row["since"] <= stop,
        )
        for row in rows
    )


async def aged() -> tuple[int, datetime | None]:
    """How many holdings are held so long, and since when the oldest is."""
    (row,) = await connection().execute_query_dict(_AGED, [_old()])
    return row["count"], row["oldest"]


@dataclass(frozen=True, slots=True)
class Credit:
    """A refund that waits for a person: of a direct debit (`send_credit` sends it), or `returned`.

    `safe_from` is when the direct debit behind it can no longer be taken back without a reason.
    `returned`: the payer's bank sent it back; `resend_refund` sends it once more.
    """

    movement_id: UUID
    holding: str
    contract: str
    amount: Money
    safe_from: datetime | None
    returned: bool = False


async def credits_of(payer: str | None = None) -> tuple[Credit, ...]:
    """What a payer (None: any) should get back and gets by a person's hand alone, oldest first."""
    back = await connection().execute_query_dict(_RETURNED, [payer])
    returned = {row["id"] for row in back}
    by_hand = Q(status=MovementStatus.CREDIT) | Q(id__in=list(returned))
    rows = Movement.filter(by_hand).order_by("created_at")
    waiting = await (rows if payer is None else rows.filter(payer=payer))
    paid = {row.id: row for row in await Funding.filter(id__in=[row.funding_id for row in waiting])}
    found = list[Credit]()
    for row in waiting:
        funding = paid.get(row.funding_id) if row.funding_id else None
        until = (
            window(funding.method, funding.funded_at).reversible_until
            if funding is not None and funding.funded_at is not None
            else None
        )
        again = row.id in returned
        safe = None if again else until
        found.append(Credit(row.id, row.holding, row.contract, row.amount, safe, again))
    return tuple(found)


async def failure_of(funding_id: UUID) -> str:
    """Why a payment was refused last (see FundingFailed.reason); empty when it was not."""
    row = await Funding.get_or_none(id=funding_id)
    return (row.failure or "") if row else ""


async def paid_in_full(payee: str, limit: int) -> int:
    """How many holdings were released to a payee with nothing left in them; up to `limit`.

    However many parts each was paid in. Tips are left out, and what was wholly taken back.
    """
    (row,) = await connection().execute_query_dict(_PAID, [payee, limit])
    return int(row["count"])


async def holding_of(funding_id: UUID) -> str | None:
    """The holding a payment request is for, so that the caller can check whose page it is."""
    row = await Funding.get_or_none(id=funding_id)
    return row.holding_id if row else None


async def preview(holding: str, price: Money | None = None) -> Share:
    """The exact lines a release or refund of this price would take now, in minor units.

    Raises InsufficientFunds.
    """
    row = await Holding.get_or_none(id=holding)
    if row is None:
        raise errors.UnknownHolding(holding)
    wanted = row.price_minor if price is None else price.minor
    if not 0 < wanted <= row.price_minor:
        raise errors.InsufficientFunds(holding)
    return take(row.pool, wanted)
