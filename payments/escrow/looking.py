"""Owns reading what is held, where it went and for how long. Never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tortoise.expressions import Q

from payments import errors
from payments.config import HoldLimits, config, now
from payments.database import connection
from payments.fees import Share
from payments.models import Funding, FundingStatus, Holding, Movement, MovementStatus
from payments.money import Money
from payments.taking import take
from payments.windows import window

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


async def available(holding: str, currency: str) -> Money:
    """The price that may still be released of a holding; zero before its first funding."""
    row = await Holding.get_or_none(id=holding)
    return Money(row.price_minor if row else 0, currency)


async def kept(holding: str, currency: str) -> Money:
    """The price that was released of a holding and not taken back since: all that may be."""
    row = await Holding.get_or_none(id=holding)
    return Money(row.released_price_minor if row else 0, currency)


async def frozen(holding: str) -> bool:
    """Whether a bank's open dispute freezes a holding: nothing leaves it before the bank decides.

    False before its first funding. Inside a command the answer stays true until that ends only for
    a caller who locked the holding; a door that takes money out raises HoldingFrozen all the same.
    """
    return await Holding.filter(id=holding, frozen_at__isnull=False).exists()


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


async def charged(funding_id: UUID) -> Money:
    """What the payer was charged for a request, fees and VAT included; zero when not yet.

    Also what is on its way, since a charge of another amount is never held.
    """
    row = await Funding.get(id=funding_id)
    on_its_way = row.status is FundingStatus.PROCESSING
    return row.total if on_its_way else Money(row.captured_minor, row.currency)


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
    return take(row.pool, wanted, row.fee_terms)
