"""Bringing a database to this code's schema."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest
from procrastinate.schema import SchemaManager

from marketplace.core import migrate as runner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixtures.services import PostgresServer


@pytest.fixture
def empty_database(postgres_server: PostgresServer) -> Iterator[str]:
    name = postgres_server.create()
    yield postgres_server.dsn(name)
    postgres_server.drop(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (id int PRIMARY KEY);")
    (tmp_path / "0002_second.sql").write_text("CREATE TABLE second (id int PRIMARY KEY);")
    return tmp_path


async def _rows(dsn: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def test_the_whole_schema_is_applied_once_and_then_nothing_is_left(
    empty_database: str,
) -> None:
    seen: list[str] = []
    applied = await runner.migrate(empty_database, lambda name, _done, _total: seen.append(name))
    assert applied == len(seen) == len(runner.steps()) + 1  # and the job queue's own schema
    assert seen[0].startswith("procrastinate")
    assert await runner.migrate(empty_database) == 0
    connection = await asyncpg.connect(empty_database)
    assert await runner.schema_version(connection) == runner.newest_version()
    rows = await connection.fetch("SELECT part, version FROM schema_migration")
    assert runner.lacking((row["part"], row["version"]) for row in rows) == []
    await connection.close()


QUEUE_SHAPE = """
SELECT p.oid::regprocedure::text AS what FROM pg_proc p
 WHERE p.proname LIKE 'procrastinate%' AND p.pronamespace = 'public'::regnamespace
 UNION ALL
SELECT concat_ws(' ', table_name, column_name, udt_name, is_nullable)
  FROM information_schema.columns WHERE table_name LIKE 'procrastinate%'
 UNION ALL SELECT indexname FROM pg_indexes WHERE tablename LIKE 'procrastinate%'
 UNION ALL
SELECT concat_ws(' ', t.tgname, t.tgrelid::regclass) FROM pg_trigger t
 WHERE t.tgrelid::regclass::text LIKE 'procrastinate%' AND NOT tgisinternal
 ORDER BY 1"""


async def test_an_older_job_queue_is_brought_up_by_the_files_of_its_package(
    postgres_server: PostgresServer, empty_database: str, tmp_path: Path
) -> None:
    nothing_else = (("marketplace", tmp_path),)
    connection = await asyncpg.connect(empty_database)
    await connection.execute(runner.RECORD)
    for file in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
        if file.name < "03.02":  # as 3.1 had left it
            await connection.execute(file.read_text())
    await connection.execute(runner.INSERT, "queue", 30100, "procrastinate 3.1.0", "-")
    await connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('q', 'waits')"
    )
    await connection.close()
    assert await runner.migrate(empty_database, folders=nothing_else) > 2
    assert await runner.migrate(empty_database, folders=nothing_else) == 0
    fresh = postgres_server.create()
    await runner.migrate(postgres_server.dsn(fresh), folders=nothing_else)
    assert await _rows(empty_database, QUEUE_SHAPE) == await _rows(
        postgres_server.dsn(fresh), QUEUE_SHAPE
    )
    postgres_server.drop(fresh)
    assert len(await _rows(empty_database, "SELECT id FROM procrastinate_jobs")) == 1
    later = f"{runner.INSERT.partition(' VALUES')[0]} VALUES ('queue', 990000, 'v99', '-')"
    await _rows(empty_database, later)
    with pytest.raises(runner.CannotMigrate, match=r"newer than this code.*v99"):
        await runner.migrate(empty_database, folders=nothing_else)


async def test_two_processes_migrating_at_once_apply_each_step_once(
    empty_database: str, folder: Path
) -> None:
    folders = (("marketplace", folder),)
    counts = await asyncio.gather(
        *(runner.migrate(empty_database, folders=folders) for _ in range(3))
    )
    assert sorted(counts) == [0, 0, 3]


async def test_a_table_that_a_backup_holds_is_waited_for(
    empty_database: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LOCK_SECONDS", 1)
    monkeypatch.setattr(runner, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(runner, "TRIES", 2)
    parts = (("marketplace", folder),)
    await runner.migrate(empty_database, folders=parts)
    (folder / "0003_third.sql").write_text("ALTER TABLE first ADD COLUMN more int;")
    backup = await asyncpg.connect(empty_database)
    held = backup.transaction()
    await held.start()
    await backup.execute("LOCK TABLE first IN ACCESS SHARE MODE")  # as pg_dump does
    with pytest.raises(runner.CannotMigrate, match="is a backup under way"):
        await runner.migrate(empty_database, folders=parts)
    monkeypatch.setattr(runner, "TRIES", 600)
    migrating = asyncio.create_task(runner.migrate(empty_database, folders=parts))
    while not await backup.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        await asyncio.sleep(0.05)
    await held.rollback()
    assert await migrating == 1
    await backup.close()


async def test_a_server_that_still_starts_is_waited_for(
    empty_database: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, then in recovery, then there. What waiting does not mend is said at once."""
    answers = [OSError("refused"), asyncpg.CannotConnectNowError("starting up")]
    connect = asyncpg.connect

    async def starting(dsn: str, **more: object) -> asyncpg.Connection:
        if answers:
            raise answers.pop(0)
        return await connect(dsn, **more)

    monkeypatch.setattr(asyncpg, "connect", starting)
    parts = (("marketplace", folder),)
    with pytest.raises(runner.CannotMigrate, match="refused"):
        await runner.migrate(empty_database, folders=parts)
    answers.insert(0, OSError("refused"))
    assert await runner.migrate(empty_database, folders=parts, patience_seconds=600) == 3
    answers.append(asyncpg.InvalidPasswordError("no"))
    with pytest.raises(runner.CannotMigrate, match="no"):
        await runner.migrate(empty_database, folders=parts, patience_seconds=600)


async def test_an_edited_migration_is_refused(empty_database: str, folder: Path) -> None:
    folders = (("marketplace", folder),)
    await runner.migrate(empty_database, folders=folders)
    (folder / "0001_first.sql").write_text("CREATE TABLE other (id int);")
    with pytest.raises(runner.CannotMigrate, match=r"0001_first\.sql was edited"):
        await runner.migrate(empty_database, folders=folders)


async def test_a_newer_database_is_refused(empty_database: str, folder: Path) -> None:
    folders = (("marketplace", folder),)
    await runner.migrate(empty_database, folders=folders)
    (folder / "0002_second.sql").unlink()
    with pytest.raises(runner.CannotMigrate, match=r"newer than this code.*0002_second.sql"):
        await runner.migrate(empty_database, folders=folders)


async def test_two_files_with_one_number_are_refused(folder: Path) -> None:
    (folder / "0002_again.sql").write_text("SELECT 1;")
    with pytest.raises(runner.CannotMigrate, match="share a number"):
        runner.steps((("marketplace", folder),))


async def test_a_failing_file_leaves_neither_its_tables_nor_its_record(
    empty_database: str, folder: Path
) -> None:
    folders = (("marketplace", folder),)
    (folder / "0002_second.sql").write_text("CREATE TABLE half (id int); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await runner.migrate(empty_database, folders=folders)
    names = [
        row["name"] for row in await _rows(empty_database, "SELECT name FROM schema_migration")
    ]
    assert "0001_first.sql" in names
    assert "0002_second.sql" not in names
    half = await _rows(empty_database, "SELECT to_regclass('half') AS half")
    assert half[0]["half"] is None


async def test_a_file_marked_no_transaction_may_build_an_index_concurrently(
    empty_database: str, folder: Path
) -> None:
    (folder / "0003_index.sql").write_text(
        "-- no-transaction\n"
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS one ON first (id);\n"
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS two ON second (id);\n"
    )
    await runner.migrate(empty_database, folders=(("marketplace", folder),))
    found = await _rows(
        empty_database, "SELECT indexname FROM pg_indexes WHERE indexname IN ('one', 'two')"
    )
    assert len(found) == 2


async def test_a_book_with_entries_is_brought_up_to_date(
    empty_database: str, tmp_path: Path
) -> None:
    old = tmp_path / "payments"
    old.mkdir()
    for step in runner.steps():
        if step.part == "payments" and step.version < 10:
            (old / step.name).write_text(step.sql)
    await runner.migrate(empty_database, folders=(("payments", old),))
    post = """SELECT ledger_post('%s', 'fund', '[
        {"code": "stripe:platform", "currency": "EUR", "amount": 1050},
        {"code": "escrow:u1", "currency": "EUR", "amount": -1000},
        {"code": "deferred:c1", "currency": "EUR", "amount": -50}]', 'c1', 'u1', '%s')"""
    for name in ("first", "second"):
        await _rows(empty_database, post % (name, name))
    await runner.migrate(empty_database)
    await _rows(empty_database, post % ("third", "third"))
    balances = "SELECT code, balance_minor, entries_count FROM ledger_balance ORDER BY code"
    assert [tuple(row) for row in await _rows(empty_database, balances)] == [
        ("deferred:c1", -150, 3), ("escrow:u1", -3000, 3), ("stripe:platform", 3150, 3),
    ]  # fmt: skip
    after = """SELECT balance_after_minor FROM ledger_line
                WHERE code = 'stripe:platform' ORDER BY id"""
    assert [row[0] for row in await _rows(empty_database, after)] == [1050, 2100, 3150]
