"""Owns when a question is not even sent: the index fails, or too many ask at once; never asks.

The breaker opens after a few failures in a row and lets one question through now and then; the
first that is answered closes it.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from search.errors import SearchBusy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

AT_ONCE: Final = 64
"""Searches under way; the pool holds as many connections."""
WAITING_MAX: Final = 128
WAIT_SECONDS: Final = 1.0
FAILURES_TO_OPEN: Final = 3
PROBE_AFTER_SECONDS: Final = 1.0


class Breaker:
    """Counts failures in a row. Closed: ask. Open: ask once per probe interval only."""

    def __init__(self) -> None:
        self._failures = 0
        self._probed_at = 0.0

    @property
    def open(self) -> bool:
        """Whether questions are being turned away."""
        return self._failures >= FAILURES_TO_OPEN

    def may_ask(self) -> bool:
        """Whether this question may go out now."""
        if not self.open:
            return True
        now = time.monotonic()
        if now - self._probed_at < PROBE_AFTER_SECONDS:
            return False
        self._probed_at = now
        return True

    def failed(self) -> None:
        """Note a question without an answer."""
        self._failures += 1
        self._probed_at = time.monotonic()

    def answered(self) -> None:
        """Note an answer."""
        self._failures = 0


class Turns:
    """AT_ONCE searches run, WAITING_MAX wait for a short while, the others are turned away."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """A turn, for as long as the block runs. Raises SearchBusy within WAIT_SECONDS."""
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        try:
            yield
        finally:
            self._free.release()

    async def _wait(self) -> None:
        if self._waiting >= WAITING_MAX:
            raise SearchBusy
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError as late:
            raise SearchBusy from late
        finally:
            self._waiting -= 1
