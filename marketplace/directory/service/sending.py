"""Owns how changed profiles travel to the index: in loads, one after another.

A load takes along whatever waits, so that the more changes come the more travel together; the jobs
whose changes it took find their work done. Meilisearch works off what it has accepted while the
next load is gathered. A load sends what the database says now, then looks again: in whatever order
loads of several workers arrive, the last one to look has seen the last change.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.core import clock, jobs
from marketplace.directory.queries import projection
from marketplace.directory.service import news
from search.errors import SearchError, SearchUnavailable
from search.server import TASK_SECONDS
from search.sync import Drift

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from search.schema import AssistantDocument
    from search.sync import Administration

    Hearer = Callable[[Sequence[AssistantDocument]], Awaitable[None]]

log = logging.getLogger("relais.directory")
TASK: Final = "directory.sync"
AHEAD: Final = 15  # of all other work on the index, behind money
AGAIN_AFTER: Final = timedelta(seconds=10)
LOAD: Final = 200
"""Jobs whose changes one load takes along."""
LOOKS: Final = 5
TAKEN_MAX: Final = 10_000


@dataclass(slots=True)
class _Load:
    """Profiles that travel together; `failed` until they are on their way, then `over`."""

    ids: set[UUID] = field(default_factory=set)
    carried: bool = False
    failed: bool = True
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class _Dock:
    """The loads of this process: the one that gathers, whose jobs were taken, what is afloat."""

    gathering: _Load = field(default_factory=_Load)
    taken: OrderedDict[str, _Load] = field(default_factory=OrderedDict)
    afloat: dict[int, Collection[UUID]] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    settling: asyncio.Lock = field(default_factory=asyncio.Lock)

    def close(self, load: _Load) -> None:
        """Who comes from now on gathers in the next load."""
        if self.gathering is load:
            self.gathering = _Load()


_dock = _Dock()
_hearers: list[Hearer] = []


def heard_by(*hearers: Hearer) -> None:
    """Who hears the documents of changed profiles, before they are sent."""
    _hearers[:] = hearers


async def queue(ids: Iterable[UUID], *, ahead: bool = False, at: datetime | None = None) -> None:
    """Queue profiles whose documents may have changed; `ahead` of other work on the index."""
    priority = AHEAD if ahead else None
    await jobs.defer(TASK, at=at, priority=priority, profile_ids=[str(one) for one in ids])


async def together(admin: Administration, ids: Collection[UUID]) -> None:
    """Send a job's profiles with those of the jobs beside and behind it, or queue them again."""
    load = _dock.taken.pop(jobs.running() or "", None)
    if load is None or not load.ids.issuperset(ids):
        load = _dock.gathering
        load.ids.update(ids)
    if load.carried:
        await load.over.wait()
    else:
        await _carry(admin, load)
    if load.failed:  # whose own fault it is shows when each travels alone
        async with _dock.turn:
            await _embark(admin, ids)
    await _settle(admin)


async def _carry(admin: Administration, load: _Load) -> None:
    """Take a load to the index when it is its turn; everyone else in it waits for `over`."""
    load.carried = True
    try:
        async with _dock.turn:
            _dock.close(load)
            await _take_along(load)
            await _embark(admin, load.ids)
            load.failed = False
    except Exception:
        log.exception("a load of %s profiles failed; now each travels alone", len(load.ids))
    finally:
        _dock.close(load)
        load.over.set()


async def _take_along(load: _Load) -> None:
    """The profiles of the jobs that wait: what they know of is committed, so it will be read."""
    done = [job for job, other in _dock.taken.items() if not other.failed]
    for job, args in await jobs.waiting(TASK, LOAD, without=done):
        load.ids.update(UUID(one) for one in args["profile_ids"])
        _dock.taken[job] = load
    while len(_dock.taken) > TAKEN_MAX:
        _dock.taken.popitem(last=False)


async def _embark(admin: Administration, ids: Collection[UUID]) -> None:
    """Hand profiles over and leave the waiting to `_settle`; while search is away, queue them."""
    try:
        tasks, left = await _hand_over(admin, ids)
    except SearchUnavailable as away:
        await _again(ids, away)
        return
    _dock.afloat.update(dict.fromkeys(tasks, ids))
    if left:
        await queue(left)


async def _again(ids: Collection[UUID], away: SearchUnavailable) -> None:
    log.warning("search is away, %s profiles wait: %s", len(ids), away)
    await queue(ids, ahead=True, at=clock.now() + AGAIN_AFTER)


async def _hand_over(admin: Administration, ids: Collection[UUID]) -> tuple[list[int], list[UUID]]:
    """Send profiles as they are, and again those that changed meanwhile.

    Gives Meilisearch's tasks, and those that kept changing.
    """
    waiting, tasks = list(ids), []
    for _look in range(LOOKS):
        documents, gone = await projection.current(waiting)
        for hear in _hearers:
            await hear(documents)
        tasks += await admin.update(documents, gone, clock.today("UTC"))
        late = await drift(documents, gone)
        waiting = [UUID(one.id) for one in late.changed] + [UUID(one) for one in late.gone]
        if not waiting:
            break
    return tasks, waiting


async def heard(ids: Collection[UUID]) -> None:
    """Tell the hearers alone, where there is no index."""
    documents, _gone = await projection.current(list(ids))
    for hear in _hearers:
        await hear(documents)


async def _settle(admin: Administration) -> None:
    """Wait until searches know what is afloat, and tell the web; one waits for all."""
    if _dock.settling.locked():
        return
    async with _dock.settling:
        while _dock.afloat:
            for task, trouble in (await _ended(admin, list(_dock.afloat)[:LOAD])).items():
                if trouble:
                    await _once_more(admin, _dock.afloat[task], trouble)
                del _dock.afloat[task]
            await news.tell()


async def _ended(admin: Administration, tasks: list[int]) -> dict[int, SearchError | None]:
    """What became of tasks; when nothing can be known of them, they count as lost."""
    lost: SearchError = SearchUnavailable("it works off nothing")
    try:
        if found := await admin.ended(tasks, TASK_SECONDS):
            return found
    except SearchUnavailable as away:
        lost = away
    return dict.fromkeys(tasks, lost)


async def _once_more(admin: Administration, ids: Collection[UUID], trouble: SearchError) -> None:
    """Meilisearch accepted these and failed afterwards: a full disk, or a document it refuses."""
    if isinstance(trouble, SearchUnavailable):
        await _again(ids, trouble)
    elif len(ids) > 1:
        async with _dock.turn:
            for one in ids:
                await _embark(admin, [one])
    else:  # reconciling tries it again
        log.error("the index refuses %s: %s", *map(str, ids), trouble)


async def send(admin: Administration, ids: Collection[UUID]) -> None:
    """Send profiles, wait until searches know, and tell the web. Raises SearchUnavailable.

    One that cannot be sent keeps no other back.
    """
    try:
        tasks, left = await _hand_over(admin, ids)
        known = await admin.settled(tasks, TASK_SECONDS)
    except SearchUnavailable:
        raise
    except Exception:
        if len(ids) == 1:
            log.exception("the index cannot be told of %s", *ids)
        else:
            for one in ids:
                await send(admin, [one])
        return
    if not known:
        raise SearchUnavailable("it works off too little")
    await news.tell()
    if left:
        await queue(left)


async def drift(documents: Sequence[AssistantDocument], gone: Sequence[str] = ()) -> Drift:
    """What changed in the database since these were read."""
    sent = {one.id: one.version for one in documents}
    ids = [UUID(one) for one in (*sent, *gone)]
    now = await projection.versions(ids)
    stale = [UUID(one) for one, version in now.items() if sent.get(one) != version]
    changed, vanished = await projection.current(stale) if stale else ([], [])
    return Drift(changed, [*vanished, *(one for one in sent if one not in now)])
