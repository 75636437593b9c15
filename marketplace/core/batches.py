"""Owns working off many due rows: a page of them at a time, several at once; knows no rule.

Rows are found by their id, beyond the last one found: a row that fails is passed and met again by
the next run, so that it stops neither the others nor itself for ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

from marketplace.core.db import is_away

log = logging.getLogger("relais.batches")

PAGE: Final = 200
AT_ONCE: Final = 8
SAID_EVERY: Final = 1000  # rows between two lines of the log
FIRST: Final = UUID(int=0)

T = TypeVar("T")

Find: TypeAlias = Callable[[UUID, int], Awaitable[list[UUID]]]
"""`find(beyond, limit)`: ids of due rows greater than `beyond`, in order."""
Take: TypeAlias = Callable[[T], Awaitable[object]]
"""Takes the step of one row: locks it, looks again whether it is due, once whoever else tries."""


async def work_off(name: str, find: Find, take: Take[UUID], *, at_once: int = AT_ONCE) -> int:
    """Take the step of every due row, `at_once` at a time; how many rows were met.

    A failure is logged and stays alone. Raises only when the database is away.
    """
    return await _take_all(name, _pages(find), take, at_once)


async def each(name: str, found: Iterable[T], take: Take[T], *, at_once: int = AT_ONCE) -> int:
    """As `work_off`, for rows, or anything else, that were found already."""

    async def rows() -> AsyncIterator[T]:
        for row in found:
            yield row

    return await _take_all(name, rows(), take, at_once)


async def _take_all(name: str, rows: AsyncIterator[T], take: Take[T], at_once: int) -> int:
    turn, met = asyncio.Lock(), 0

    async def following() -> T | None:
        nonlocal met
        async with turn:
            row = await anext(rows, None)
            met += row is not None
            if row is not None and met % SAID_EVERY == 0:
                log.info("%s: %d done", name, met)
            return row

    async def runner() -> None:
        while (row := await following()) is not None:
            try:
                await take(row)
            except Exception as error:
                if is_away(error):
                    raise
                log.exception("%s of %s", name, row)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(runner())
    return met


async def _pages(find: Find) -> AsyncIterator[UUID]:
    last = FIRST
    while True:
        page = await find(last, PAGE)
        for row_id in page:
            yield row_id
        if len(page) < PAGE:
            return
        last = page[-1]
