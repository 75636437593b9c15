"""A PostgreSQL of the bench's own, durable as in production, migrated; thrown away at the end."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from marketplace.core.migrate import migrate
from marketplace.core.settings import settings
from marketplace.runtime import ports, postgres, programs


@dataclass(frozen=True)
class Server:
    """Where it listens and what talks to it."""

    dsn: str
    data_dir: Path
    binaries: postgres.Binaries
    pid: int

    def psql(self, *statements: str) -> None:
        command = [str(self.binaries.folder / "psql"), "-qX", "-v", "ON_ERROR_STOP=1", self.dsn]
        for statement in statements:
            command += ["-c", statement]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def pgbench(self, *arguments: str) -> str:
        command = [str(self.binaries.folder / "pgbench"), *arguments, self.dsn]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout


@asynccontextmanager
async def running() -> AsyncIterator[Server]:
    """Started, migrated and settings pointing at it."""
    with tempfile.TemporaryDirectory(prefix="relais-bench-") as folder:
        data_dir = Path(folder)
        os.environ["RELAIS_DATA_DIR"] = folder
        settings.cache_clear()
        binaries = postgres.locate(data_dir)
        postgres.prepare(data_dir, binaries)
        port = ports.free()
        child = programs.start(postgres.program(data_dir, port, binaries, durable=True))
        try:
            child.wait_ready()
            dsn = postgres.dsn(data_dir, port, "postgres")
            os.environ["DATABASE_URL"] = dsn
            settings.cache_clear()
            await migrate(dsn)
            yield Server(dsn, data_dir, binaries, child.process.pid)
        finally:
            child.stop()
