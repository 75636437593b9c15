"""Owns asking over HTTP as fast as it is answered, at little cost of its own; knows no search.

One connection asks, waits for the whole answer and asks again. The client is written by hand
because its processor time is taken from the same cores as the servers'.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import cast

TICKS = 100  # of /proc, a second


@dataclass
class Round:
    """What one target answered in one round. Times in seconds."""

    seconds: float
    times: list[float] = field(default_factory=list)
    by_name: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    bytes: int = 0
    plain: int = 0
    cpu: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def at(self, share: float) -> float:
        """The time within which `share` of the answers came, in milliseconds."""
        return quantile(self.times, share)


def quantile(times: list[float], share: float) -> float:
    """In milliseconds, of times in seconds; 0 of none."""
    ordered = sorted(times)
    return (
        round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2) if times else 0
    )


def middle(values: list[float]) -> float:
    """The median; 0 of none."""
    return median(values) if values else 0.0


class _Line(asyncio.Protocol):
    """One connection. Answers have a Content-Length, as Meilisearch's and ours do."""

    def __init__(self, asked: Iterator[tuple[str, bytes]], to: Round) -> None:
        self._asked, self._to = asked, to
        self._until = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._parts = bytearray()
        self._whole = 0
        self._status = 0
        self._name = ""
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def start(self, until: float) -> None:
        """Ask until a moment of time.perf_counter."""
        self._until = until
        self._ask()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        if self._began >= self._until:
            self._transport.close()
            self._end()
            return
        self._name, request = next(self._asked)
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._parts += data
        if not self._whole:
            end = self._parts.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._parts[:end]).lower()
            self._status = int(head[9:12])
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._whole = end + 4 + int(length or 0)
        if len(self._parts) >= self._whole:
            took = time.perf_counter() - self._began
            self._to.times.append(took)
            self._to.by_name.setdefault(self._name, []).append(took)
            self._to.statuses[self._status] += 1
            self._to.bytes += self._whole
            self._to.plain += b'"plain":true' in self._parts
            self._parts.clear()
            self._whole = 0
            self._ask()

    def connection_lost(self, _error: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def round_of(
    requests: dict[str, bytes], port: int, seconds: float, lines: int, pids: dict[str, int]
) -> Round:
    """Ask `requests` in a shuffled order over `lines` connections; `pids` whose time is taken."""
    order = list(requests.items())
    random.Random(4).shuffle(order)
    result = Round(seconds)
    # Neighbouring connections start at different queries, so that not all ask the same at once.
    starts = [order[n % len(order) :] + order[: n % len(order)] for n in range(lines)]
    loop = asyncio.get_running_loop()
    made = []
    for start in starts:
        line = _Line(itertools.cycle(start), result)
        await loop.create_connection(lambda line=line: line, "127.0.0.1", port)  # type: ignore[misc]
        made.append(line)
    begun, before = time.perf_counter(), _spent(pids)
    for line in made:
        line.start(begun + seconds)
    await asyncio.gather(*(line.done for line in made))
    result.seconds = time.perf_counter() - begun
    result.cpu = {name: spent - before[name] for name, spent in _spent(pids).items()}
    return result


def _spent(pids: dict[str, int]) -> dict[str, float]:
    """Processor seconds of processes so far."""
    return {name: cpu_of(pid) for name, pid in pids.items()}


def cpu_of(pid: int) -> float:
    """Processor seconds of one process so far, from /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of(pid: int) -> dict[str, int]:
    """Resident memory of a process in MB: all of it, and what is its own rather than a file's."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Rss")}
    everything = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return {"resident": everything // 1024, "own": sizes["RssAnon"] // 1024}
