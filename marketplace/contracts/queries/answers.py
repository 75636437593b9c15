"""Owns the reading of offers and their first answers from the evidence chains; never writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from marketplace.core.db import connection

_WAITS = """
SELECT ended.at - sent.at AS wait
FROM contract
JOIN LATERAL (
  SELECT at FROM evidence_event
  WHERE contract_id = contract.id AND event = 'sent' ORDER BY seq LIMIT 1
) sent ON sent.at >= $2
JOIN LATERAL (
  SELECT at, actor, event FROM evidence_event
  WHERE contract_id = contract.id AND (event IN ('withdrawn', 'expired')
    OR actor = 'assistant' AND event IN ('countered', 'signed', 'declined'))
  ORDER BY seq LIMIT 1
) ended ON ended.event <> 'withdrawn'
WHERE contract.assistant_id = $1
"""
_OFFERED = """
SELECT DISTINCT contract.assistant_id FROM evidence_event
JOIN contract ON contract.id = evidence_event.contract_id
WHERE evidence_event.event = 'sent' AND evidence_event.at >= $1
"""


async def waits(assistant_id: UUID, since: datetime) -> list[timedelta]:
    """How long each offer sent to a party since then waited for its first answer, or ran out.

    Offers that nobody answered yet and those taken back before are not among them.
    """
    rows = await connection().execute_query_dict(_WAITS, [assistant_id, since])
    return [row["wait"] for row in rows]


async def offered(since: datetime) -> list[UUID]:
    """The assistants who were sent an offer since then."""
    rows = await connection().execute_query_dict(_OFFERED, [since])
    return [row["assistant_id"] for row in rows]
