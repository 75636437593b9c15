"""Owns bringing a database to this code's schema; never generates SQL and never goes back.

Numbered SQL files, those of payments first, each in one transaction with its record. A file that
begins with `-- no-transaction` (CREATE INDEX CONCURRENTLY) runs statement by statement instead.
The job queue's own schema comes before them: whole in an empty database, else by the files that its
package brings for the releases since.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
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
LOCK_SECONDS, PAUSE_SECONDS, TRIES = 10, 5, 40
PASSING = (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError)
QUEUE, QUEUE_FILE = "queue", "queue file"  # parts of the record that are the package's, not ours

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
    patience_seconds: float = 0,
) -> int:
    """Apply what is missing and return how many steps that was; `progress(name, done, total)`.

    `dsn` is the owner's. `application` names the role that web and worker use, which is then given
    its rights (see roles); empty when they connect as the owner.

    `patience_seconds`: how long to wait for a server that is away or still starts. A table that
    somebody else holds, such as a backup, is waited for by itself, ten minutes at most.

    Several processes may call it at once: one works, the others wait and find nothing to do.
    Raises CannotMigrate when the server does not answer or is too old, when a table stays held,
    when a file was edited after it was applied, or when the database was made by newer code.
    """
    wanted = steps(folders)
    connection = await _connect(dsn, patience_seconds)
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
            await _apply_patiently(connection, step)
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


async def _connect(dsn: str, patience_seconds: float) -> Connection:
    limit = time.monotonic() + patience_seconds
    while True:
        try:
            return await _connect_once(dsn)
        except CannotMigrate as error:
            if not isinstance(error.__cause__, PASSING) or time.monotonic() > limit:
                raise
        await asyncio.sleep(1)


async def _connect_once(dsn: str) -> Connection:
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
    release = max((version for part, version in applied if part == QUEUE), default=None)
    if release is None and await _is_queue_there(connection):
        msg = (
            "the job queue's tables are there, and not by this command; "
            "start with an empty database"
        )
        raise CannotMigrate(msg)
    queue = _queue_steps(release)
    every = [*queue, *wanted]
    known = {(step.part, step.version) for step in every}
    newer = sorted(
        row["name"]
        for (part, version), row in applied.items()
        if (part, version) not in known
        and (part not in {QUEUE, QUEUE_FILE} or (part == QUEUE and version > queue[-1].version))
    )
    if newer:
        msg = f"the database is newer than this code; it has {', '.join(newer)}"
        raise CannotMigrate(msg)
    for step in wanted:
        row = applied.get((step.part, step.version))
        if row is not None and row["sha256"] != step.sha256:
            msg = (
                f"{step.name} was edited after it was applied to this database; "
                "add a new migration, or start with an empty database"
            )
            raise CannotMigrate(msg)
    return [step for step in every if (step.part, step.version) not in applied]


async def _apply_patiently(connection: Connection, step: Step) -> None:
    """Whoever holds a table (pg_dump does, each of them to its end) lets go; others pass between.

    Whatever waits for the table waits behind us: so never long at once.
    """
    for _ in range(TRIES):
        try:
            return await _apply(connection, step)
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(PAUSE_SECONDS)
    msg = f"{step.name} waits for a table that somebody holds; is a backup under way? Try again"
    raise CannotMigrate(msg)


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
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        await connection.execute(step.sql)
        await connection.execute(*record)


def _queue_steps(applied: int | None) -> list[Step]:
    """What leads from a release of the job queue's schema to the one installed, which comes last.

    Releases are numbered: 3.10.0 is 31000, and its file 03.10.00_50_post_x.sql is 3100050. Each
    file has a transaction of its own, as a value added to a type can be used only after it.
    """
    release = package_version("procrastinate")
    number = _numbered(release)
    if applied is None:
        return [Step(QUEUE, number, f"procrastinate {release}", SchemaManager.get_schema())]
    found = []
    for file in sorted(Path(SchemaManager.get_migrations_path()).glob("[0-9]*.sql")):
        since, place, _ = file.name.split("_", 2)
        if applied < _numbered(since) <= number:
            step = _numbered(since) * 100 + int(place)
            found.append(Step(QUEUE_FILE, step, file.name, file.read_text()))
    return [*found, Step(QUEUE, number, f"procrastinate {release}", "SELECT 1")]


def _numbered(release: str) -> int:
    major, minor, patch = (int(part) for part in release.split(".")[:3])
    return major * 10_000 + minor * 100 + patch


async def _is_queue_there(connection: Connection) -> bool:
    there: bool = await connection.fetchval("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
    return there
