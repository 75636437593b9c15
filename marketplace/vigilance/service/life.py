"""Owns the log of signs in contracts' lives: since when, told once, until when; never blocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from marketplace.core import clock, events
from marketplace.core.db import command
from marketplace.vigilance.events import SignsSeen
from marketplace.vigilance.models import LifeSign
from marketplace.vigilance.rules import Found

QUIET_DAYS: Final = 180
"""A sign that comes and goes is told again after so many days at the earliest."""


@command
async def note(contract_id: UUID, found: Iterable[Found]) -> None:
    """Keep what a contract's life shows today. In a command that locked the contract."""
    now, known = clock.now(), {each.code: each for each in found}
    news = []
    for row in await LifeSign.filter(contract_id=contract_id, gone_at=None).select_for_update():
        still = known.pop(row.code, None)
        if still is None:
            row.gone_at = now
        else:
            row.facts, row.seen_at = still.facts, now
        await row.save(update_fields=["facts", "seen_at", "gone_at"])
    for code, each in known.items():
        before = LifeSign.filter(contract_id=contract_id, code=code)
        if not await before.filter(gone_at__gt=now - timedelta(days=QUIET_DAYS)).exists():
            news.append(code)
        await LifeSign.create(
            contract_id=contract_id, code=code, facts=each.facts, found_at=now, seen_at=now
        )
    if news:
        await events.record(SignsSeen(contract_id, news))
