"""Owns the product under measure: started as people start it, filled through the bulk path."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from marketplace.core.settings import settings
from marketplace.runtime import environment, ports
from tests.bench.search.load import cpu_of, memory_of
from tests.fixtures.product import ROOT, Product

if TYPE_CHECKING:
    from collections.abc import Iterator

INDEX = "assistants"
PEAK_SECONDS = 0.5
WEB_SECONDS = 60


@dataclass(frozen=True)
class Stand:
    """A running product with `size` people in its directory."""

    folder: Path
    size: int
    product: Product
    figures: dict[str, Any]

    @property
    def meilisearch(self) -> int:
        """The port of Meilisearch."""
        return int(settings().meili_url.rpartition(":")[2])

    def pid(self, name: str) -> int:
        """A process of the product."""
        return self.product.pids()[name]

    def postgres(self) -> psycopg.Connection[Any]:
        """A connection of the tables' owner."""
        return psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)

    def meili(self, path: str, body: object = None) -> Any:
        """An answer of Meilisearch under its master key."""
        request = urllib.request.Request(
            f"{settings().meili_url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {settings().meili_master_key}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    @contextmanager
    def web(self, *keeping: str) -> Iterator[tuple[int, int]]:
        """A web process of the bench's own that keeps what is named; its port and process id."""
        port = ports.free()
        command = [sys.executable, "-m", "tests.bench.search.web", str(port), *keeping]
        log = (self.folder / "logs" / "bench-web.log").open("ab")
        as_deployed = os.environ | {"RELAIS_ENV": "test"}  # development looks for edited templates
        with (
            log,
            subprocess.Popen(command, cwd=ROOT, env=as_deployed, stdout=log, stderr=log) as process,
        ):
            try:
                _wait_for(f"http://127.0.0.1:{port}/health/live", process)
                yield port, process.pid
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + WEB_SECONDS
    while True:
        assert process.poll() is None, "the web process ended while starting"
        assert time.monotonic() < limit, f"no answer from {url}"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)


@contextmanager
def standing(data: Path, size: int) -> Iterator[Stand]:
    """The product of `data`/`size`, kept from run to run; filled when it does not hold `size`."""
    folder = (data / str(size)).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    product = Product(folder, arguments=("--no-demo",)).start()
    try:
        assert environment.join(folder)
        settings.cache_clear()
        stand = Stand(folder, size, product, {})
        kept = folder / "filled.json"
        if not kept.exists() or json.loads(kept.read_text())["profiles"] != _published(stand):
            kept.write_text(json.dumps(_fill(stand)))
        stand.figures.update(json.loads(kept.read_text()))
        yield stand
    finally:
        product.stop()


def _published(stand: Stand) -> int:
    with stand.postgres() as connection:
        row = connection.execute("SELECT count(*) FROM profile").fetchone()
    assert row
    return int(row[0])


def _fill(stand: Stand) -> dict[str, Any]:
    """Write the people with COPY, index them beside and swap; what it took."""
    seeding = _timed(stand, "seed", "--assistants", str(stand.size))
    with stand.postgres() as connection:
        connection.execute("ANALYZE")
    return {"profiles": _published(stand), "seed and index": seeding, **_sizes(stand)}


def reindexed(stand: Stand) -> dict[str, Any]:
    """A rebuild beside the live index; what it took."""
    return {**_timed(stand, "reindex"), **_sizes(stand)}


def _timed(stand: Stand, *command: str) -> dict[str, Any]:
    """Run one of the product's commands: wall, processor and memory of it and of Meilisearch."""
    whole = [sys.executable, "-m", "marketplace.cli", *command, "--data", str(stand.folder)]
    begun, before = time.monotonic(), cpu_of(stand.pid("meilisearch"))
    peak = {"command": 0, "meilisearch own": 0, "meilisearch resident": 0}
    with subprocess.Popen(whole, cwd=ROOT) as process:
        while process.poll() is None:
            try:
                search = memory_of(stand.pid("meilisearch"))
                mine = memory_of(process.pid)
            except (OSError, StopIteration, KeyError):  # it has just ended
                break
            for name, value in (
                ("command", mine["own"]),
                ("meilisearch own", search["own"]),
                ("meilisearch resident", search["resident"]),
            ):
                peak[name] = max(peak[name], value)
            time.sleep(PEAK_SECONDS)
    assert process.returncode == 0, command
    return {
        "seconds": round(time.monotonic() - begun, 1),
        "meilisearch cpu seconds": round(cpu_of(stand.pid("meilisearch")) - before, 1),
        "peak MB": peak,
    }


def _sizes(stand: Stand) -> dict[str, Any]:
    with stand.postgres() as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row
    files = [one for one in (stand.folder / "meilisearch/data").rglob("*") if one.is_file()]
    return {
        "index MB on disk": sum(one.stat().st_blocks * 512 for one in files) // 2**20,
        "database MB on disk": int(row[0]) // 2**20,
    }
