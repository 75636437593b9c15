"""Owns looking for what waits too long or was given up, every ten minutes, and telling operators.

What happens is told at once (alerts); this is for what is wrong because nothing happened.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from marketplace.admin.queries import overview
from marketplace.admin.service.alerts import first, tell
from marketplace.core import clock, jobs, once
from marketplace.core.db import command
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from marketplace.sealing import service as sealing
from payments import explorer

UNCONFIRMED_AFTER: Final = timedelta(hours=1)
"""Money that left for Stripe longer ago than this and is not confirmed alarms."""
BACKUP_AFTER: Final = timedelta(days=2)
"""A backup (deploy/backup) is made every night; one night may fail."""

SEAL: Final = {
    sealing.watch.Trouble.MISSING: (
        _("There is no seal"),
        _("Contracts that both sides have signed wait for their sealed file until you make one."),
    ),
    sealing.watch.Trouble.OLD: (
        _("The seal’s key is two years old"),
        _("Make a new one. What the old one sealed stays valid."),
    ),
    sealing.watch.Trouble.LIST: (
        _("The list of revoked seals ends soon"),
        _("After that, programs that check a sealed contract may not believe it. Renew the list."),
    ),
}


@jobs.periodic("*/10 * * * *", "admin.look_for_alarms")
async def look(timestamp: int) -> None:  # noqa: ARG001 - the tick's own time is not needed
    """Tell what waits too long: money without an answer, news and jobs that were given up."""
    await _late_movements()
    await _parked_news()
    await _failed_jobs()
    await _old_backup()
    await _seal()


@command
async def _late_movements() -> None:
    late = await explorer.unconfirmed(clock.now() - UNCONFIRMED_AFTER)
    fresh = [each for each in late if await first(f"movement:{each.id}")]
    if fresh:
        await tell(
            _("Stripe does not confirm a movement of money"),
            _("These left more than an hour ago. They are tried again by themselves, once each."),
            "/operator/movements",
            [(each.kind, each.amount) for each in fresh],
        )


@command
async def _parked_news() -> None:
    parked = await explorer.news(status=explorer.PARKED)
    fresh = [each for each in parked if await first(f"news:{each.id}:{each.attempts}")]
    if fresh:
        await tell(
            _("News from Stripe is parked"),
            _("It could not be applied. Look at the reason, then try it again."),
            "/operator/inbox?status=parked",
            [(f"{each.type} {each.object or ''}", None) for each in fresh],
        )


@command
async def _failed_jobs() -> None:
    """Once a day for each kind, as one cause often fails many."""
    day = clock.today("UTC").isoformat()
    fresh = [
        each for each in await overview.failed_lately() if await first(f"jobs:{each.task}:{day}")
    ]
    if fresh:
        await tell(
            _("Jobs have failed"),
            _("They rest now. Once the cause is gone, try all of a kind again at once."),
            "/operator/jobs",
            [(f"{each.task} · {each.failed}", None) for each in fresh],
        )


@command
async def _old_backup() -> None:
    """Once for each pause. Without any backup this is for production alone."""
    made = await once.done_at("backup")
    if made is None and not settings().production:
        return
    since = made or await overview.born_at()
    if clock.now() - since > BACKUP_AFTER and await first(f"backup:{since.isoformat()}"):
        await tell(
            _("There is no fresh backup"),
            _("Look at the timer that runs deploy/backup, and whether the disk is full."),
            "/operator",
            [(f"deploy/backup · {made:%Y-%m-%d %H:%M} UTC", None)] if made else [],
        )


@command
async def _seal() -> None:
    """Once a month: without a seal contracts wait, with an old one their proof is weaker."""
    found = await asyncio.to_thread(sealing.watch.trouble)
    if found and await first(f"seal:{found.name}:{clock.now():%Y-%m}"):
        await tell(*SEAL[found], "/operator", [(found.value, None)])
