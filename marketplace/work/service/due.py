"""Owns finding the rows whose time has come, a page at a time; never takes a step.

A row is found once it is due by the clock of its contract's zone, and no longer than it is due, so
that thousands of running weeks cost a tick nothing. What a step decides, it decides again itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from marketplace.contracts.rules.clocks import Clocks
from marketplace.core import clock
from marketplace.core.batches import Find
from marketplace.core.db import connection
from marketplace.core.settings import settings
from marketplace.work import rules
from marketplace.work.rules import packs
from marketplace.work.service import opening

_PAGE: Final = " AND r.id > $1 ORDER BY r.id LIMIT $2"
# written out, so that the partial index on units in work serves
_WORKABLE: Final = "('" + "', '".join(sorted(rules.WORKABLE)) + "')"
# here.at: what the clock on the wall says where the contract is at home
_UNITS: Final = """
SELECT r.id FROM unit r JOIN contract c ON c.id = r.contract_id
 CROSS JOIN LATERAL (SELECT wall_clock($3::timestamptz, c.time_zone) AS at) here
 WHERE r.ends_on <= ($3::timestamptz + interval '1 day')::date"""
# as rules.edit_deadline
_CLOSED: Final = """
   AND r.kind = 'week' AND here.at >= date_trunc('week', r.ends_on::timestamp)
       + make_interval(days => 7, hours => coalesce((c.clocks ->> 'edit_hour')::int, $4))"""
_WEEKS: Final = _UNITS + _CLOSED + " AND r.status IN " + _WORKABLE
_PERIODS: Final = (
    _UNITS + " AND r.kind = 'period' AND r.ends_on < here.at::date AND r.status IN " + _WORKABLE
)
_UNPAID: Final = (
    _UNITS
    + _CLOSED
    + """
   AND r.status IN ('planned', 'funding') AND c.status = 'active'
   AND NOT EXISTS (SELECT FROM time_entry e WHERE e.unit_id = r.id)"""
)
_REVIEWED: Final = """
SELECT r.id FROM unit r WHERE r.status = 'submitted' AND r.review_until <= $3"""
_UNCHANGED: Final = """
SELECT r.id FROM unit r WHERE r.status = 'changes_requested' AND r.review_until <= $3"""
_REMINDED: Final = """
SELECT r.id FROM unit r
 WHERE r.status = 'submitted' AND r.review_until > $3
   AND r.review_until <= $3 + ($4::int[])[r.reminders_sent + 1] * interval '1 day'"""
_UNANSWERED: Final = """
SELECT r.id FROM time_entry r WHERE r.state = 'contested' AND r.answer_until <= $3"""
_ENDING: Final = """
SELECT r.id FROM (SELECT contract_id AS id, effective_at FROM ending WHERE done_at IS NULL) r
 WHERE r.effective_at <= $3"""
# The last week has begun to end, so that the next one is to be funded; but not for ever, when there
# is no next one.
_FOLLOWED: Final = """
SELECT r.id FROM contract r
 CROSS JOIN LATERAL (
    SELECT wall_clock($3::timestamptz, r.time_zone)::date + $4::int AS last) here
 WHERE r.kind = 'hourly' AND r.status = 'active'
   AND EXISTS (SELECT FROM unit u WHERE u.contract_id = r.id AND u.ends_on > here.last - 60)
   AND NOT EXISTS (SELECT FROM unit u WHERE u.contract_id = r.id AND u.ends_on > here.last)
   AND NOT EXISTS (SELECT FROM ending e WHERE e.contract_id = r.id)
   AND NOT EXISTS (SELECT FROM work_pause p WHERE p.contract_id = r.id AND p.ended_at IS NULL)"""

_HELD: Final = "('" + "', '".join(sorted(rules.HELD)) + "')"
_EXPIRING: Final = (
    """
SELECT r.id FROM contract r
 WHERE r.status = 'active'
   AND EXISTS (SELECT FROM pack_lot l JOIN unit u ON u.id = l.unit_id
                WHERE u.contract_id = r.id AND u.ends_on <= $3::date + $4::int
                  AND u.status IN """
    + _HELD
    + ")"
)

# What is left of a lot can no longer be used, or is more than rolls over. As Pack.lapses.
_LAPSING: Final = """
SELECT r.id FROM (
    SELECT DISTINCT c.id FROM unit u
      JOIN pack_lot l ON l.unit_id = u.id JOIN contract c ON c.id = u.contract_id
     CROSS JOIN LATERAL (SELECT wall_clock($3::timestamptz, c.time_zone)::date AS today) here
     WHERE u.status = 'rolled' AND u.ends_on < here.today
       AND (l.usable_until < here.today
            OR l.size - l.used - l.returned - l.expired > l.rollover)) r
 WHERE true"""


def _found_by(query: str, *values: Callable[[], object]) -> Find:
    """`values` become $4 and so on; they are asked anew each time. $3 is the time."""

    async def find(beyond: UUID, limit: int) -> list[UUID]:
        given = [beyond, limit, clock.now(), *(value() for value in values)]
        rows = await connection().execute_query_dict(query + _PAGE, given)
        return [row["id"] for row in rows]

    return find


def _edit_hour() -> int:
    return Clocks().edit_hour


closed_weeks = _found_by(_WEEKS, _edit_hour)
"""Weeks whose hours can no longer be changed."""
ended_periods = _found_by(_PERIODS)
"""Periods whose last day has passed."""
lapsed_weeks = _found_by(_UNPAID, _edit_hour)
"""Weeks of running contracts that nobody paid and nobody worked in."""
reviewed = _found_by(_REVIEWED)
"""What was handed in and not answered in time."""
unchanged = _found_by(_UNCHANGED)
"""What was sent back after the end of its contract and not handed in again in time."""
reminded = _found_by(_REMINDED, lambda: settings().reminder_days)
"""What was handed in and is to be answered in as many days as the next reminder says."""
unanswered = _found_by(_UNANSWERED)
"""Contested lines whose last proposal nobody answered in time."""
endings = _found_by(_ENDING)
"""Contracts that end now."""
expiring = _found_by(_EXPIRING, lambda: max(packs.NOTICE_DAYS) + 1)
"""Contracts with a pack of which units may expire within the days of a notice."""
lapsing = _found_by(_LAPSING)
"""Contracts with a lot of which units may have to go."""
followed = _found_by(_FOLLOWED, lambda: opening.WEEK_AHEAD.days)
"""Contracts whose next week is to be opened."""
