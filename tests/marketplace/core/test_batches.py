"""Many due rows: all of them once, a few at a time, a failing one alone."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from marketplace.core import batches

ROWS = [UUID(int=number) for number in range(1, 2 * batches.PAGE + 7)]


class Work:
    """Rows that stop being due once they are done."""

    def __init__(self, *failing: UUID) -> None:
        self.done, self.failing = list[UUID](), set(failing)
        self.pages, self.now, self.most = 0, 0, 0

    async def find(self, beyond: UUID, limit: int) -> list[UUID]:
        self.pages += 1
        due = set(ROWS) - set(self.done)
        return sorted(row for row in due if row > beyond)[:limit]

    async def take(self, row: UUID) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        if row in self.failing:
            raise RuntimeError(row)
        self.done.append(row)


async def test_everything_due_is_done_in_one_go_and_a_failing_row_stays_alone() -> None:
    work = Work(ROWS[0], ROWS[batches.PAGE])
    assert await batches.work_off("test", work.find, work.take) == len(ROWS)
    assert sorted(work.done) == [row for row in ROWS if row not in work.failing]
    assert work.most == batches.AT_ONCE
    assert work.pages == 3
    work.failing.clear()
    assert await batches.work_off("test", work.find, work.take) == 2  # met again, and done
    assert sorted(work.done) == ROWS
    assert await batches.work_off("test", work.find, work.take) == 0


async def test_rows_that_were_found_already_are_taken_too() -> None:
    work = Work()
    assert await batches.each("test", ROWS[:5], work.take, at_once=2) == 5
    assert (sorted(work.done), work.most) == (ROWS[:5], 2)


async def test_a_lost_database_ends_the_run() -> None:
    async def away(row: UUID) -> None:
        raise ConnectionError(row)

    work = Work()
    with pytest.raises(ExceptionGroup) as lost:
        await batches.work_off("test", work.find, away)
    assert lost.group_contains(ConnectionError)
