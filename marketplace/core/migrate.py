"""Owns bringing a database to this code's schema; never generates SQL and never goes back.

Numbered SQL files, those of payments first, each in one transaction with its record. A file that
begins with `-- no-transaction` (CREATE INDEX CONCURRENTLY) runs statement by statement instead.
The job queue's own schema is a recorded step before them.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
from procrastinate.schema import SchemaManager

from marketplace.core import roles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ADVISORY_LOCK = 0x72656C61  # "rela": any constant of ours
ROOT = Path(__file__).parents[2]
FOLDERS = (
    ("payments", ROOT / "payments/migrations"),
    ("marketplace", ROOT / "marketplace/migrations"),
)
NO_TRANSACTION = "-- no-transaction"
MAJORS = range(15, 19)

RECORD = """
CREATE TABLE IF NOT EXISTS schema_migration (
  part text NOT NULL,
  version int NOT NULL,
  name text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (part, version)
)"""
INSERT = "INSERT INTO schema_migration (part, version, name, sha256) VALUES ($1, $2, $3, $4)"

Connection = Any  # asyncpg's connection, pooled or not: the package carries no types


class CannotMigrate(Exception):
    """The database and the files contradict each other. The text is shown as it is."""


@dataclass(frozen=True)
class Step:
    """One migration file."""

    part: str
    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """The checksum recorded when it was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def steps(folders: Iterable[tuple[str, Path]] = FOLDERS) -> list[Step]:
    """Every migration in the order of its application. Raises CannotMigrate."""
    found = []
    for part, folder in folders:
        for file in sorted(folder.glob("[0-9]*.sql")):
            found.append(Step(part, int(file.name.split("_")[0]), file.name, file.read_text()))
    numbers = [(step.part, step.version) for step in found]
    twice = {number for number in numbers if numbers.count(number) > 1}
    if twice:
        msg = f"two migrations share a number: {sorted(twice)}"
        raise CannotMigrate(msg)
    return found


async def migrate(
    dsn: str,
    progress: Callable[[str, int, int], None] | None = None,
    folders: Iterable[tuple[str, Path]] = FOLDERS,
    application: str = "",
) -> int:
    """Apply what is missing and return how many steps that was; `progress(name, done, total)`.

    `dsn` is the owner's. `application` names the role that web and worker use, which is then given
    its rights (see roles); empty when they connect as the owner.

    Several processes may call it at once: one works, the others wait and find nothing to do.
    Raises CannotMigrate when the server does not answer or is too old, when a file was edited
    after it was applied, or when the database was made by newer code.
    """
    wanted = steps(folders)
    connection = await _connect(dsn)
    try:
        await _check_server(connection)
        await connection.execute("SET statement_timeout = 0")
        # Asking again and again: a session that waits inside pg_advisory_lock holds a snapshot, and
        # CREATE INDEX CONCURRENTLY would wait for it while it waits for us.
        lock = "SELECT pg_try_advisory_lock($1)"
        while not await connection.fetchval(lock, ADVISORY_LOCK):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.1)
        await connection.execute(RECORD)
        todo = await _missing(connection, wanted)
        for number, step in enumerate(todo, 1):
            if progress is not None:
                progress(step.name, number, len(todo))
            await _apply(connection, step)
        if application:
            await roles.grant(connection, application)
        return len(todo)
    except roles.CannotGrant as error:
        raise CannotMigrate(str(error)) from error
    finally:
        await connection.close()


async def schema_version(connection: Connection) -> int | None:
    """The newest marketplace migration in the database, None when it was never migrated."""
    if await connection.fetchval("SELECT to_regclass('schema_migration')") is None:
        return None
    version: int | None = await connection.fetchval(
        "SELECT max(version) FROM schema_migration WHERE part = 'marketplace'"
    )
    return version


@lru_cache(maxsize=1)
def shipped() -> tuple[Step, ...]:
    """The steps of the code this process runs, even when newer files lie on the disk by now."""
    return tuple(steps())


def lacking(applied: Iterable[tuple[str, int]]) -> list[str]:
    """The names of this code's steps that are not among the applied (part, version)."""
    known = set(applied)
    return [step.name for step in shipped() if (step.part, step.version) not in known]


def newest_version() -> int:
    """The newest marketplace migration in this code."""
    return max((step.version for step in steps() if step.part == "marketplace"), default=0)


async def _connect(dsn: str) -> Connection:
    try:
        return await asyncpg.connect(dsn, timeout=10)
    except (
        OSError,
        TimeoutError,
        ValueError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
    ) as error:
        reason = str(error) or type(error).__name__
        msg = f"DATABASE_URL does not answer ({reason}); check the address and that it runs"
        raise CannotMigrate(msg) from error


async def _check_server(connection: Connection) -> None:
    major = connection.get_server_version().major
    if major not in MAJORS:
        msg = f"Relais needs PostgreSQL 15 to 18; DATABASE_URL names a server of version {major}."
        raise CannotMigrate(msg)


async def _missing(connection: Connection, wanted: list[Step]) -> list[Step]:
    rows = await connection.fetch("SELECT part, version, name, sha256 FROM schema_migration")
    applied = {(row["part"], row["version"]): row for row in rows}
    queue = _queue_step()
    if (queue.part, queue.version) not in applied and await _is_queue_there(connection):
        msg = (
            f"the job queue's tables are there, not as of {queue.name}; "
            "apply procrastinate's own migrations, or start with an empty database"
        )
        raise CannotMigrate(msg)
    every = [queue, *wanted]
    known = {(step.part, step.version) for step in every}
    newer = sorted(row["name"] for key, row in applied.items() if key not in known)
    if newer:
        msg = f"the database is newer than this code; it has {', '.join(newer)}"
        raise CannotMigrate(msg)
    for step in every:
        row = applied.get((step.part, step.version))
        if row is not None and row["sha256"] != step.sha256:
            msg = (
                f"{step.name} was edited after it was applied to this database; "
                "add a new migration, or start with an empty database"
            )
            raise CannotMigrate(msg)
    return [step for step in every if (step.part, step.version) not in applied]


async def _apply(connection: Connection, step: Step) -> None:
    record = (INSERT, step.part, step.version, step.name, step.sha256)
    if step.sql.startswith(NO_TRANSACTION):
        # Each statement must be repeatable (IF NOT EXISTS): a kill between two leaves no record.
        for statement in re.split(r";\s*\n", step.sql):
            if statement.strip():
                await connection.execute(statement)
        await connection.execute(*record)
        return
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '10s'")
        await connection.execute(step.sql)
        await connection.execute(*record)


def _queue_step() -> Step:
    """The job queue's schema, numbered by its release: 3.10.0 is 31000."""
    release = package_version("procrastinate")
    major, minor, patch = (int(part) for part in release.split(".")[:3])
    number = major * 10_000 + minor * 100 + patch
    return Step("queue", number, f"procrastinate {release}", SchemaManager.get_schema())


async def _is_queue_there(connection: Connection) -> bool:
    there: bool = await connection.fetchval("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
    return there
