"""Owns publishing one hash a day over all evidence; never changes an event.

Once a head is copied elsewhere (people, archives, a newspaper), nobody can rewrite what lies before
it, the operator and the owner of the database included.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta

from marketplace.contracts import queries
from marketplace.contracts.models import EvidenceHead
from marketplace.contracts.rules.evidence import GENESIS
from marketplace.contracts.rules.heads import head_of
from marketplace.core import clock, jobs
from marketplace.core.db import command

DAYS_AT_ONCE = 400  # after a long rest; the next tick goes on


@jobs.periodic("20 0 * * *", "contracts.publish_heads")
async def publish(timestamp: int) -> None:
    """Publish every day that is over and has no head yet, days without events included.

    Twenty minutes after midnight: no transaction that began before lasts that long.
    """
    del timestamp
    last = await EvidenceHead.all().order_by("-day").first()
    day = last.day + timedelta(days=1) if last else await queries.first_day()
    today = clock.now().astimezone(UTC).date()
    for _ in range(DAYS_AT_ONCE):
        if day is None or day >= today:
            return
        await _publish(day)
        day += timedelta(days=1)


@command
async def _publish(day: date) -> None:
    if await EvidenceHead.exists(day=day):
        return
    before = await EvidenceHead.get_or_none(day=day - timedelta(days=1))
    prev = before.head if before else GENESIS
    hashes = await queries.hashes_of(day)
    await EvidenceHead.create(
        day=day, events=len(hashes), prev=prev, head=head_of(prev, hashes), made_at=clock.now()
    )
