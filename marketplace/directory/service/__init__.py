"""Owns keeping the index in step with the profiles: jobs, rebuilds, the search client's life.

Never writes to the database; how changes travel is in `sending`.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg

from marketplace.core import clock, jobs
from marketplace.core.errors import Conflict
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from marketplace.directory.queries import (
    PLACES,
    finding,
    index,
    placenames,
    projection,
    suggestions,
    world,
)
from marketplace.directory.rules import BATCH, FIRST_BATCH, PAGE
from marketplace.directory.service import exchange, news, sending
from marketplace.directory.service.sending import drift, heard_by, send
from search import coverage, schema, senses
from search.applying import applied
from search.client import SearchClient
from search.errors import SearchError, SearchUnavailable
from search.query import parse
from search.sync import Administration, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from marketplace.profiles.events import (
        ProfileChanged,
        ProfilePaused,
        ProfilePublished,
        ProfileRemoved,
    )

log = logging.getLogger("relais.directory")
PREPARE_SECONDS: Final = 2.0
STAGES: Final = {
    Stage.OPENING: "Search index: opening a new one beside the live one",
    Stage.READING: "Search index: reading vocabulary and profiles",
    Stage.INDEXING: "Search index: waiting for Meilisearch to take it in",
    Stage.SWAPPING: "Search index: putting it in the old one's place",
}


def administration() -> Administration | None:
    """The writing side of the index; None when search is not configured, or only for searching."""
    chosen = settings()
    if not chosen.meili_url or (chosen.meili_search_key and not chosen.meili_master_key):
        return None
    return Administration(chosen.meili_url, chosen.meili_master_key, chosen.meili_index)


@asynccontextmanager
async def opened() -> AsyncIterator[None]:
    """The process's search client, and the index made ready in the background by who may write."""
    exchange.connect()
    chosen = settings()
    if not chosen.meili_url:
        yield
        return
    client = SearchClient(chosen.meili_url, index.reading_key(), chosen.meili_index)
    await client.open()
    finding.connect(client)
    admin = administration()
    tasks = [asyncio.create_task(news.follow(client.counts))]
    tasks += [asyncio.create_task(asyncio.to_thread(_learn))]
    tasks += [asyncio.create_task(_prepare(admin))] if admin else []
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        finding.connect(None)
        await client.close()


def _learn() -> None:
    """Read vocabulary and spellings now: two seconds that the first searches do not have."""
    slips = ("standadriste à lyon", "je cherche une secretair pour quelqu un")
    strange = ("secretaire toulouze", "qsdfghj wxcvbnml")  # towns' spellings, and what may be meant
    suggestions.learn()
    for text in (*slips, *strange):
        query, _problems = parse([("q", text)], PLACES)
        query = applied(query, PLACES, placenames.VOCABULARY, world.ZONE)
        senses.asked(query.wish, guess=True)


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
    await sending.queue([event.profile_id])


async def on_paused(event: ProfilePaused | ProfileRemoved) -> None:
    """Reaction: the same, ahead of the queue."""
    await sending.queue([event.profile_id], ahead=True)


@jobs.task(sending.TASK, queue="index", tries=jobs.TRIES_ABROAD)
async def sync(profile_ids: list[str], *, ahead: bool = False) -> None:
    """Bring documents in line with the database; waits while search is away.

    `ahead` stands in jobs of versions before 2026-12 and says nothing any more.
    """
    del ahead
    admin, ids = administration(), [UUID(one) for one in profile_ids]
    await (sending.together(admin, ids) if admin else sending.heard(ids))


class RebuildUnderWay(Conflict):
    """Another rebuild of the index runs already."""

    message = _("The search index is being rebuilt already.")


class NoIndex(Conflict):
    """There is nothing to rebuild."""

    message = _("No search index is set up here.")


async def reindex(progress: Callable[[int, int, str], None] | None = None) -> int:
    """Build the index anew beside the live one and swap; the number of profiles.

    Goes on where a killed rebuild was. `progress` hears (done, total, label), total 0 for what
    cannot be counted. Raises SearchUnavailable, RebuildUnderWay.
    """
    admin = administration()
    if admin is None:
        return 0
    exchange.connect()
    total = await projection.number()

    def tell(done: int) -> None:
        if progress:
            progress(done, total, "Search index")

    def begun(stage: Stage) -> None:
        if progress:
            progress(0, 0, STAGES[stage])

    async with _alone():
        size = BATCH if await anext(admin.versions(), None) else FIRST_BATCH
        written = await admin.rebuild(
            lambda after: projection.everyone(size, UUID(after) if after else None),
            clock.today("UTC"),
            drift=drift,
            progress=tell,
            stage=begun,
        )
    await news.tell()
    log.info("search index rebuilt with %s profiles", written)
    return written


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """The only rebuild of this database, as long as the block runs; ends with the process."""
    session = await asyncpg.connect(settings().database_url)
    try:
        if not await session.fetchval("SELECT pg_try_advisory_lock($1)", index.REBUILD_LOCK):
            raise RebuildUnderWay
        yield
    finally:
        await session.close()


@jobs.task(index.REBUILD, queue="index")
async def rebuild() -> None:
    """What an operator asked for; a rebuild that runs already is as good."""
    try:
        await reindex()
    except RebuildUnderWay:
        log.info("the search index is being rebuilt already")


async def ask_rebuild() -> None:
    """Queue a rebuild in the open command. Raises RebuildUnderWay, NoIndex."""
    if not settings().meili_url:
        raise NoIndex
    if (await index.work()).rebuilding:
        raise RebuildUnderWay
    await jobs.defer(index.REBUILD)


@jobs.periodic("3,33 * * * *", "directory.reconcile")
async def reconcile(timestamp: int) -> None:
    """Mend what any accident left: compare index and database, send the differences.

    This also projects anew the profiles whose clock changes with the coming reference week. A
    rebuild does all that as well: the two would only wait for each other at Meilisearch.
    """
    del timestamp
    admin = administration()
    if admin is None or await index.rebuilding():
        return
    try:
        await admin.ensure()
        await admin.tidy()
        async for wrong in differences(admin):
            for start in range(0, len(wrong), BATCH):
                if await index.rebuilding():
                    return
                await send(admin, [UUID(one) for one in wrong[start : start + BATCH]])
    except SearchUnavailable as away:
        log.warning("search is away, reconciling later: %s", away)


async def differences(admin: Administration) -> AsyncIterator[list[str]]:
    """The ids whose document is old, too many, written for another week's clock, or missing.

    A page at a time; the missing ones are looked for only when the numbers differ.
    """
    monday = coverage.reference_week(clock.today("UTC"))
    right = 0
    async for page in admin.versions():
        listed = await projection.versions([UUID(one) for one in page])
        wrong = [
            one
            for one, (version, zone, stamp) in page.items()
            if listed.get(one) != version or stamp != schema.stamp(zone, monday)
        ]
        right += len(page) - len(wrong)
        yield wrong
    if right < await projection.number():
        async for ids in projection.everybody(PAGE):
            there = await admin.versions_of(ids)
            yield [one for one in ids if one not in there]


__all__ = [
    "NoIndex",
    "RebuildUnderWay",
    "ask_rebuild",
    "heard_by",
    "on_paused",
    "on_published",
    "opened",
    "rebuild",
    "reconcile",
    "reindex",
    "send",
    "sync",
]
