"""Owns how soon a change can be found: edits and pauses through the product's own worker, under load.

Edits are made by the product's own commands in this process; from their commit to the first search
that finds the new version (or no longer finds the paused profile) counts.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import aiohttp

from marketplace import app, worker
from marketplace.core import clock, db, events
from marketplace.core.db import command, lock
from marketplace.core.settings import settings
from marketplace.profiles.events import ProfileChanged, ProfilePaused, ProfilePublished
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.states import Status
from marketplace.profiles.service.changing import move_to
from search.keys import search_key
from tests.bench.search import load, queries
from tests.bench.search.stand import reindexed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.bench.search.stand import Stand

LINES = 8
PER_SECOND = 10.0
PER_SECOND_REBUILDING = 2.0
PAUSE_EVERY = 5
POLL_SECONDS = 0.02
LATEST_SECONDS = 120.0
PEOPLE = 400
TOGETHER = 200


class Watch:
    """Asks Meilisearch again and again which of the awaited versions can be found."""

    def __init__(self, stand: Stand) -> None:
        self._index = settings().meili_index
        self._url = f"{settings().meili_url}/multi-search"
        key = search_key(settings().meili_master_key, self._index)
        self._headers = {"Authorization": f"Bearer {key}"}
        self.waiting: dict[str, tuple[int | None, float]] = {}
        self.edits: list[float] = []
        self.pauses: list[float] = []

    def expect(self, id_: UUID, version: int | None) -> None:
        """From now on: this version, or None for nobody."""
        self.waiting[str(id_)] = (version, time.perf_counter())

    async def run(self) -> None:
        """Poll until cancelled."""
        async with aiohttp.ClientSession(headers=self._headers) as session:
            while True:
                ids = list(itertools.islice(self.waiting, TOGETHER))
                if ids:
                    self._settle(ids, await self._versions(session, ids))
                await asyncio.sleep(POLL_SECONDS)

    async def _versions(self, session: aiohttp.ClientSession, ids: list[str]) -> dict[str, int]:
        query = {
            "indexUid": self._index,
            "filter": f"id IN [{', '.join(ids)}]",
            "attributesToRetrieve": ["id", "version"],
            "limit": len(ids),
        }
        async with session.post(self._url, json={"queries": [query]}) as answer:
            found = (await answer.json())["results"][0]["hits"]
        return {one["id"]: one["version"] for one in found}

    def _settle(self, ids: list[str], found: dict[str, int]) -> None:
        now = time.perf_counter()
        for id_ in ids:
            version, since = self.waiting[id_]
            if version is None and id_ not in found:
                self.pauses.append(now - since)
                del self.waiting[id_]
            elif version is not None and found.get(id_, 0) >= version:
                self.edits.append(now - since)
                del self.waiting[id_]

    def summary(self) -> dict[str, Any]:
        """Milliseconds from the commit to the first search that knows."""
        return {
            name: {
                "number": len(times),
                "p50 ms": load.quantile(times, 0.5),
                "p90 ms": load.quantile(times, 0.9),
                "p99 ms": load.quantile(times, 0.99),
                "worst ms": load.quantile(times, 1.0),
            }
            for name, times in (("edits", self.edits), ("pauses", self.pauses))
        }


@command
async def _edit(profile_id: UUID, number: int) -> int:
    # Not by the editor: what the generator makes is not always complete enough for it.
    profile = await lock(Profile, profile_id)
    profile.hourly_rate_minor = 2000 + number % 4000
    profile.version += 1
    profile.updated_at = clock.now()
    await profile.save()
    await events.record(ProfileChanged(profile.id, profile.version))
    return profile.version


@command
async def _pause(profile_id: UUID) -> None:
    profile = await lock(Profile, profile_id)
    await move_to(profile, Status.PAUSED)
    await events.record(ProfilePaused(profile.id, profile.version))


@command
async def _resume(profile_id: UUID) -> int:
    profile = await lock(Profile, profile_id)
    await move_to(profile, Status.PUBLISHED)
    await events.record(ProfilePublished(profile.id, profile.version))
    return profile.version


@asynccontextmanager
async def _editing(stand: Stand, per_second: float) -> AsyncIterator[Watch]:
    """Edits and pauses at an even pace until left; paused profiles are resumed at the end."""
    worker.load_tasks()
    app.connect_features()
    await db.init_db()
    watch = Watch(stand)
    paused: list[UUID] = []
    people = list(await Profile.filter(status=Status.PUBLISHED).limit(PEOPLE).values_list("id"))
    random.Random(4).shuffle(people)

    async def edit() -> None:
        for number, (id_,) in enumerate(itertools.cycle(people)):
            if str(id_) not in watch.waiting and id_ not in paused:
                if number % PAUSE_EVERY == PAUSE_EVERY - 1 and len(paused) < PEOPLE // 2:
                    paused.append(id_)
                    await _pause(id_)
                    watch.expect(id_, None)
                else:
                    watch.expect(id_, await _edit(id_, number))
            await asyncio.sleep(1 / per_second)

    watching, editing = asyncio.create_task(watch.run()), asyncio.create_task(edit())
    try:
        yield watch
        assert not editing.done(), editing.exception()
        editing.cancel()
        limit = time.monotonic() + LATEST_SECONDS
        while watch.waiting and time.monotonic() < limit:
            await asyncio.sleep(0.1)
        for id_ in paused:
            await _resume(id_)
    finally:
        editing.cancel()
        watching.cancel()
        await db.close_db()


async def measured(stand: Stand, *, seconds: float) -> dict[str, Any]:
    """Ten changes a second while eight connections search with facets."""
    kinds = queries.kinds(facets=True)
    with stand.web("cards", "counts") as (port, pid):
        asked = {name: queries.api(query, port) for name, query in kinds.items()}
        before, began = _spent(stand), time.monotonic()
        async with _editing(stand, PER_SECOND) as watch:
            searched = await load.round_of(asked, port, seconds, LINES, {"web": pid})
        after, took = _spent(stand), time.monotonic() - began
    changes = len(watch.edits) + len(watch.pauses)
    return {
        "load at the end": round(os.getloadavg()[0], 1),
        "changes per second": round(changes / took, 1),
        **watch.summary(),
        # Meilisearch's share answers the searches as well.
        "processor ms a change": {
            name: round(1000 * (after[name] - before[name]) / changes) for name in before
        },
        "never found": len(watch.waiting),
        "searches meanwhile": _searches(searched),
    }


async def rebuilt(stand: Stand) -> dict[str, Any]:
    """A whole rebuild while people search and edit: what it took, what failed, how fresh."""
    kinds = queries.kinds(facets=True)
    with stand.web("cards", "counts") as (port, pid):
        asked = {name: queries.api(query, port) for name, query in kinds.items()}
        rounds: list[load.Round] = []
        async with _editing(stand, PER_SECOND_REBUILDING) as watch:
            rebuilding = asyncio.create_task(asyncio.to_thread(reindexed, stand))
            while not rebuilding.done():
                rounds.append(await load.round_of(asked, port, 1.0, 2, {"web": pid}))
    whole = load.Round(sum(one.seconds for one in rounds))
    for one in rounds:
        whole.times += one.times
        whole.statuses += one.statuses
        whole.plain += one.plain
    return {
        "rebuild": await rebuilding,
        **watch.summary(),
        "never found": len(watch.waiting),
        "searches meanwhile": _searches(whole),
    }


def _spent(stand: Stand) -> dict[str, float]:
    return {name: load.cpu_of(stand.pid(name)) for name in ("worker", "meilisearch")}


def _searches(done: load.Round) -> dict[str, Any]:
    return {
        "per second": round(done.rate, 1),
        "p50 ms": done.at(0.5),
        "p99 ms": done.at(0.99),
        "not answered": sum(n for status, n in done.statuses.items() if status != 200),
        "from the plain list": done.plain,
    }
