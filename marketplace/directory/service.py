"""Owns keeping the index in step with the profiles: jobs, rebuilds, the search client's life.

Never writes to the database. A job sends what the database says now, then looks again: whatever
order jobs run in, the last one to send has seen the last change.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.core import clock, jobs
from marketplace.core.settings import settings
from marketplace.directory.queries import finding, projection
from marketplace.directory.rules import BATCH
from search import coverage, schema
from search.client import SearchClient
from search.errors import SearchError, SearchUnavailable
from search.sync import Administration, Drift

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from marketplace.profiles.events import ProfileChanged, ProfilePaused, ProfilePublished
    from search.schema import AssistantDocument

log = logging.getLogger("relais.directory")
LOOKS: Final = 5
AGAIN_AFTER: Final = timedelta(seconds=10)
PREPARE_SECONDS: Final = 2.0


def administration() -> Administration | None:
    """The writing side of the index; None when search is not configured."""
    chosen = settings()
    if not chosen.meili_url:
        return None
    return Administration(chosen.meili_url, chosen.meili_master_key, chosen.meili_index)


@asynccontextmanager
async def opened() -> AsyncIterator[None]:
    """The process's search client, and the index made ready in the background."""
    admin = administration()
    if admin is None:
        yield
        return
    client = SearchClient(settings().meili_url, admin.search_key, admin.index)
    await client.open()
    finding.connect(client)
    preparing = asyncio.create_task(_prepare(admin))
    try:
        yield
    finally:
        preparing.cancel()
        with suppress(asyncio.CancelledError):
            await preparing
        finding.connect(None)
        await client.close()


async def _prepare(admin: Administration) -> None:
    """Create the index and apply its settings, whenever Meilisearch can be reached."""
    while True:
        try:
            await admin.ensure()
        except SearchUnavailable:
            await asyncio.sleep(PREPARE_SECONDS)
        except SearchError:
            log.exception("the search index could not be set up")
            return
        else:
            return


async def on_published(event: ProfilePublished | ProfileChanged) -> None:
    """Reaction: queue the profile, in the transaction that changed it."""
    await jobs.defer("directory.sync", profile_id=str(event.profile_id))


async def on_paused(event: ProfilePaused) -> None:
    """Reaction: the same, ahead of the queue."""
    await jobs.defer("directory.sync", priority=10, profile_id=str(event.profile_id))


@jobs.task("directory.sync", queue="index")
async def sync(profile_id: str) -> None:
    """Bring one profile's document in line with the database; waits while search is away."""
    await _sync_or_wait([UUID(profile_id)])


@jobs.task("directory.sync_batch", queue="index")
async def sync_batch(profile_ids: list[str]) -> None:
    """The same for many."""
    await _sync_or_wait([UUID(one) for one in profile_ids])


async def _sync_or_wait(ids: Sequence[UUID]) -> None:
    admin = administration()
    if admin is None:
        return
    try:
        await send(admin, ids)
    except SearchUnavailable as away:
        log.warning("search is away, %s profiles wait: %s", len(ids), away)
        later = clock.now() + AGAIN_AFTER
        await jobs.defer("directory.sync_batch", at=later, profile_ids=[str(one) for one in ids])


async def send(admin: Administration, ids: Sequence[UUID]) -> None:
    """Send these profiles as they are, and again those that changed meanwhile."""
    waiting = list(ids)
    for _look in range(LOOKS):
        documents, gone = await projection.current(waiting)
        await admin.delete(gone, wait=True)
        await admin.upsert(documents, clock.today("UTC"), wait=True)
        drift = await _drift(documents, gone)
        waiting = [UUID(one.id) for one in drift.changed] + [UUID(one) for one in drift.gone]
        if not waiting:
            return
    await jobs.defer("directory.sync_batch", profile_ids=[str(one) for one in waiting])


async def _drift(documents: Sequence[AssistantDocument], gone: Sequence[str] = ()) -> Drift:
    """What changed in the database since these were read."""
    sent = {one.id: one.version for one in documents}
    ids = [UUID(one) for one in (*sent, *gone)]
    now = await projection.versions(ids)
    stale = [UUID(one) for one, version in now.items() if sent.get(one) != version]
    changed, vanished = await projection.current(stale) if stale else ([], [])
    return Drift(changed, [*vanished, *(one for one in sent if one not in now)])


async def reindex(progress: Callable[[int, int, str], None] | None = None) -> int:
    """Build the index anew beside the live one and swap; the number of profiles.

    `progress` hears (done, total, label). Raises SearchUnavailable.
    """
    admin = administration()
    if admin is None:
        return 0
    total = len(await projection.versions())

    def tell(done: int) -> None:
        if progress:
            progress(done, total, "Search index")

    written = await admin.rebuild(
        projection.everyone(BATCH), clock.today("UTC"), drift=_drift, progress=tell
    )
    log.info("search index rebuilt with %s profiles", written)
    return written


@jobs.periodic("3,33 * * * *", "directory.reconcile")
async def reconcile(timestamp: int) -> None:
    """Mend what any accident left: compare index and database, send the differences.

    This also projects anew the profiles whose clock changes with the coming reference week.
    """
    del timestamp
    admin = administration()
    if admin is None:
        return
    try:
        await admin.ensure()
        differing = await differences(admin)
        for start in range(0, len(differing), BATCH):
            await send(admin, [UUID(one) for one in differing[start : start + BATCH]])
    except SearchUnavailable as away:
        log.warning("search is away, reconciling later: %s", away)


async def differences(admin: Administration) -> list[str]:
    """The ids whose document is missing, old, too many, or written for another week's clock."""
    monday = coverage.reference_week(clock.today("UTC"))
    indexed = await admin.versions()
    listed = await projection.versions()
    wrong = {one for one in {*indexed, *listed} if one not in indexed or one not in listed}
    for one in indexed.keys() & listed.keys():
        version, zone, stamp = indexed[one]
        if version != listed[one] or stamp != schema.stamp(zone, monday):
            wrong.add(one)
    return sorted(wrong)


__all__ = ["on_paused", "on_published", "opened", "reconcile", "reindex", "sync", "sync_batch"]
