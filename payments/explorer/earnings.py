"""Owns reading what was earned and what went back, line by line, as invoices and reports need it.

Never posts. One earning is one transaction of the ledger; its lines are read from its entries, so
that an invoice and the book can never disagree.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from payments.explorer.reading import Where, rows
from payments.fees import Share
from payments.ledger.balanced import Kind
from payments.ledger.lines import share_of

_BATCH: Final = 500
_GIVEN: Final = (Kind.RELEASE, Kind.TIP)
_BACK: Final = (Kind.CLAWBACK, Kind.DEBT, Kind.FEE_RETURN)
_QUERY: Final = """
SELECT t.id, t.key, t.kind, t.ref->>'release' AS release, t.contract, t.holding,
       t.lines, t.created_at, h.payer, h.payee, h.currency,
       coalesce(t.ref->>'price', old.price_minor::text, '0') AS price
  FROM ledger_transaction t JOIN payment_holding h ON h.id = t.holding
  LEFT JOIN LATERAL (
       SELECT part.price_minor FROM payment_clawback_part part
         JOIN payment_clawback back ON back.id = part.clawback_id
         LEFT JOIN payment_movement movement ON movement.id = part.movement_id
        WHERE t.kind IN ('clawback', 'debt') AND t.ref->>'price' IS NULL
          AND back.holding_id = t.holding
          AND t.key IN ('debt:' || part.id::text, 'withdrawal:' || part.id::text,
                        'reversal:' || movement.stripe_id)
        LIMIT 1) old ON true
"""


@dataclass(frozen=True, slots=True)
class Earning:
    """What one transaction earned (`back` False) or took back of what was earned.

    `share.price` is the assistant's price before tax, `share.net` what the assistant got; of a
    returned client fee only the client's lines are filled. `release` is the key of what is taken
    back, None where that was not kept.
    """

    id: int
    key: str
    kind: str
    contract: str
    holding: str
    payer: str
    payee: str
    at: datetime
    share: Share
    back: bool
    release: str | None = None

    @property
    def tip(self) -> bool:
        """A gift: no price of work."""
        return self.kind == Kind.TIP


def _read(row: dict[str, Any]) -> Earning:
    kind = Kind(row["kind"])
    share = share_of(
        [(line["code"], int(line["amount"])) for line in _json(row["lines"])],
        price=int(row["price"]),
        currency=row["currency"],
        back=kind in _BACK,
    )
    return Earning(
        row["id"],
        row["key"],
        row["kind"],
        row["contract"],
        row["holding"],
        row["payer"],
        row["payee"],
        row["created_at"],
        share,
        kind in _BACK,
        row["release"],
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


async def earnings(
    *,
    contract: str | None = None,
    holding: str | None = None,
    payee: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> AsyncIterator[Earning]:
    """Everything earned and taken back that matches, in the order of the book; `until` excluded."""
    last = 0
    kinds = [kind.value for kind in (*_GIVEN, *_BACK)]
    while True:
        where = Where()
        where.add("t.kind = ANY(", kinds, ")")
        where.add("t.id > ", last)
        where.add("t.contract = ", contract)
        where.add("t.holding = ", holding)
        where.add("h.payee = ", payee)
        where.add("t.created_at >= ", since)
        where.add("t.created_at < ", until)
        found = await rows(_QUERY + where.sql("t.id", _BATCH), where.values)
        for row in found:
            yield _read(row)
        if len(found) < _BATCH:
            return
        last = found[-1]["id"]
