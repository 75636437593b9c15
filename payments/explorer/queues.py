"""Owns reading what waits: movements, news, bank disputes. Never moves one on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from payments.explorer.reading import Where, rows
from payments.explorer.views import DisputeView, MovementView, NewsView, Queue, Recovery
from payments.money import Money

_MOVEMENTS: Final = """
SELECT id, kind, status, contract, holding, payer, payee, amount_minor, currency, charge, cause,
       attempts, next_attempt_at, first_sent_at, stripe_id, settled_at, failure, created_at,
       set_aside_at,
       EXISTS (SELECT FROM payment_movement again WHERE again.cause = 'resend:' || m.id) AS resent
  FROM payment_movement m
"""
_NEWS: Final = """
SELECT id, event, type, object, account, status, attempts, next_attempt_at, failure, received_at,
       applied_at
  FROM stripe_event
"""
_DISPUTES: Final = """
SELECT d.id, d.status, d.amount_minor, d.currency, d.reason, d.due_by, d.answered_at, d.opened_at,
       d.closed_at, d.charge, h.contract, h.id AS holding, h.payee, h.payer,
       a.released_minor, a.loss_minor, a.recoverable_minor, d.funding_id IS NULL AS surplus
  FROM payment_dispute d
  JOIN payment_holding h ON h.id = d.holding_id
  JOIN payment_dispute_account a ON a.dispute = d.id
"""
_QUEUES: Final = """
SELECT 'movement' AS queue, status, count(*) AS count, min(created_at) AS oldest
  FROM payment_movement
 WHERE status IN ('queued', 'waiting_payee', 'sending', 'parked', 'credit', 'set_aside')
 GROUP BY status
 UNION ALL
SELECT 'movement', 'failed', count(*), min(created_at)
  FROM payment_movement m WHERE m.id IN (SELECT id FROM payment_returned) HAVING count(*) > 0
 UNION ALL
SELECT 'news', status, count(*), min(received_at)
  FROM stripe_event WHERE status IN ('received', 'waiting', 'parked') GROUP BY status
 UNION ALL
SELECT 'dispute', status, count(*), min(opened_at)
  FROM payment_dispute WHERE status = 'open' GROUP BY status
"""

_UNFINISHED: Final = """
SELECT 1 FROM payment_holding WHERE $1 IN (payer, payee) AND price_minor > 0
 UNION ALL
SELECT 1 FROM payment_movement
 WHERE $1 IN (payer, payee) AND status NOT IN ('sent', 'failed', 'withdrawn', 'paid_by_hand')
 UNION ALL
SELECT 1 FROM payment_returned WHERE payer = $1
 UNION ALL
SELECT 1 FROM payment_dispute d JOIN payment_holding h ON h.id = d.holding_id
 WHERE $1 IN (h.payer, h.payee) AND d.status = 'open'
 LIMIT 1
"""


_RECOVERIES: Final = """
SELECT min(c.created_at) AS at, c.decided_by, c.reason, c.currency,
       sum(p.price_minor)::bigint AS price_minor, sum(p.net)::bigint AS net_minor,
       coalesce(sum(p.net) FILTER (WHERE p.outcome = 'debt'), 0)::bigint AS debt_minor
  FROM payment_clawback c
 CROSS JOIN LATERAL (
    SELECT price_minor, outcome, price_minor + price_vat_minor - assistant_fee_minor
                                 - assistant_fee_vat_minor AS net
      FROM payment_clawback_part WHERE clawback_id = c.id) p
 WHERE c.dispute = $1 GROUP BY c.decided_by, c.reason, c.currency ORDER BY at
"""


async def recoveries(dispute_id: str) -> list[Recovery]:
    """What was decided that a payee bears of a lost dispute, in order."""
    return [
        Recovery(
            row["at"],
            row["decided_by"],
            row["reason"],
            *(
                Money(row[name], row["currency"])
                for name in ("price_minor", "net_minor", "debt_minor")
            ),
        )
        for row in await rows(_RECOVERIES, [dispute_id])
    ]


async def queues() -> list[Queue]:
    """What is not done yet: movements, news and open disputes by state; empty states are absent.

    A failed movement waits when it is a refund that the payer's bank returned, not sent again.
    """
    found = await rows(_QUEUES)
    return [Queue(row["queue"], row["status"], row["count"], row["oldest"]) for row in found]


def _movement(row: dict[str, Any]) -> MovementView:
    amount = Money(row.pop("amount_minor"), row.pop("currency"))
    return MovementView(amount=amount, **row)


async def movements(
    *, status: str | None = None, before: UUID | None = None, limit: int = 100
) -> list[MovementView]:
    """Movements, newest first."""
    where = Where()
    where.add("status = ", status or None)
    where.add(
        "(created_at, id) < (SELECT m.created_at, m.id FROM payment_movement m WHERE m.id = ",
        before,
        ")",
    )
    order = "created_at DESC, id DESC"
    found = await rows(_MOVEMENTS + where.sql(order, limit), where.values)
    return [_movement(row) for row in found]


async def unconfirmed(before: datetime) -> list[MovementView]:
    """Movements first sent before a moment that Stripe has not confirmed, the oldest first."""
    query = " WHERE status IN ('sending', 'queued') AND first_sent_at < $1 ORDER BY first_sent_at"
    return [_movement(row) for row in await rows(_MOVEMENTS + query, [before])]


async def unfinished(person: str) -> bool:
    """Whether money of a payer or payee is held, on its way, disputed, or came back to us."""
    return bool(await rows(_UNFINISHED, [person]))


async def movement(movement_id: UUID, *, lock: bool = False) -> MovementView | None:
    """One movement; with `lock` nobody changes it until the caller's command ends."""
    query = _MOVEMENTS + " WHERE id = $1" + (" FOR UPDATE" if lock else "")
    found = await rows(query, [movement_id])
    return _movement(found[0]) if found else None


async def news(
    *, status: str | None = None, before: UUID | None = None, limit: int = 100
) -> list[NewsView]:
    """News from Stripe, newest first."""
    where = Where()
    where.add("status = ", status or None)
    where.add(
        "(received_at, id) < (SELECT s.received_at, s.id FROM stripe_event s WHERE s.id = ",
        before,
        ")",
    )
    order = "received_at DESC, id DESC"
    found = await rows(_NEWS + where.sql(order, limit), where.values)
    return [NewsView(**row) for row in found]


async def news_item(news_id: UUID, *, lock: bool = False) -> NewsView | None:
    """One piece of news; with `lock` nobody changes it until the caller's command ends."""
    query = _NEWS + " WHERE id = $1" + (" FOR UPDATE" if lock else "")
    found = await rows(query, [news_id])
    return NewsView(**found[0]) if found else None


async def disputes(
    *, status: str | None = None, contract: str | None = None, limit: int = 100
) -> list[DisputeView]:
    """Bank disputes, open ones first, then the newest."""
    where = Where()
    where.add("d.status = ", status or None)
    where.add("h.contract = ", contract)
    order = "(d.status = 'open') DESC, d.opened_at DESC, d.id"
    found = await rows(_DISPUTES + where.sql(order, limit), where.values)
    return [_dispute(row) for row in found]


async def dispute(dispute_id: str) -> DisputeView | None:
    """One bank dispute."""
    found = await rows(_DISPUTES + " WHERE d.id = $1", [dispute_id])
    return _dispute(found[0]) if found else None


def _dispute(row: dict[str, Any]) -> DisputeView:
    currency = row.pop("currency")
    return DisputeView(
        amount=Money(row.pop("amount_minor"), currency),
        released=Money(row.pop("released_minor"), currency),
        loss=Money(row.pop("loss_minor"), currency),
        recoverable=Money(row.pop("recoverable_minor"), currency),
        **row,
    )
