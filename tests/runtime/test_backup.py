"""A backup brings back the database and the people's files, and never writes over anything."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import psycopg
import pytest

from marketplace.runtime import postgres
from tests.fixtures.product import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fixtures.services import PostgresServer


MADE_AGAIN = {
    "cache",
    "clock",
    "exports",
    "lock",
    "logs",
    "mail",
    "meilisearch",
    "postgres",
    "stripe",
}
"""What the data folder holds besides: the database is dumped, the rest belongs to an instance."""
KEPT = {
    folder
    for package in ("marketplace", "payments", "search")
    for source in (ROOT / package).rglob("*.py")
    for folder in re.findall(r'data_dir / "(\w+)"', source.read_text())
} - MADE_AGAIN
"""Every other folder that the code writes: a new one is in the backup or this file is red."""


def _script(
    name: str, argument: Path, dsn: str, data: Path, **more: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        **more,
        "DATABASE_URL": dsn,
        "RELAIS_DATA_DIR": str(data),
        "PG_BIN": str(postgres.locate().folder),
    }
    return subprocess.run(
        [str(ROOT / "deploy" / name), str(argument)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def filled(migrated: PostgresServer, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A database with a row and a data folder with a file."""
    name = migrated.create("relais_template")
    with psycopg.connect(migrated.dsn(name)) as connection:
        connection.execute("INSERT INTO done_once VALUES ('saved', now())")
    data = tmp_path / "data"
    for folder in KEPT:
        (data / folder).mkdir(parents=True)
        (data / folder / "one.pdf").write_bytes(b"%PDF " + folder.encode())
    (data / "logs").mkdir()
    (data / "logs" / "web.log").write_text("not worth keeping")
    yield migrated.dsn(name), data
    migrated.drop(name)


@pytest.fixture
def empty(migrated: PostgresServer) -> Iterator[str]:
    name = migrated.create()
    yield migrated.dsn(name)
    migrated.drop(name)


def test_a_backup_can_be_restored_elsewhere(
    filled: tuple[str, Path], empty: str, tmp_path: Path
) -> None:
    made = _script("backup", tmp_path / "backups", *filled)
    assert made.returncode == 0, made.stderr
    file = tmp_path / "backups" / made.stdout.strip().rpartition("/")[2]
    assert file.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "backups").iterdir()) == [file]

    done = _script("restore", file, empty, tmp_path / "new")
    assert done.returncode == 0, done.stderr
    with psycopg.connect(empty) as connection:
        saved = connection.execute("SELECT name FROM done_once ORDER BY name").fetchall()
    assert saved == [("restored",), ("saved",)]  # the first holds its jobs: see core/held.py
    with psycopg.connect(filled[0]) as connection:
        noted = "SELECT 1 FROM done_once WHERE name = 'backup' AND done_at > now() - interval '1h'"
        assert connection.execute(noted).fetchone() is not None
    for folder in KEPT:
        assert (tmp_path / "new" / folder / "one.pdf").read_bytes() == b"%PDF " + folder.encode()
    assert not (tmp_path / "new/logs").exists()


def test_a_backup_is_whole_while_files_arrive(
    filled: tuple[str, Path], empty: str, tmp_path: Path
) -> None:
    """A tar that reads a folder in which another file appears, and one just written vanishes."""
    contracts = filled[1] / "contracts"
    for number in range(30):
        (contracts / f"{number}.pdf").write_bytes(b"%PDF" * 3_000)
        (contracts / f".{number}.part").write_bytes(b"half")
    arrive = tmp_path / "arrive"
    arrive.write_text(
        f"#!/bin/sh\ncd {contracts} && rm -f .*.part && touch $(date +%N).new\n", "utf-8"
    )
    arrive.chmod(0o755)
    options = f"--checkpoint=1 --checkpoint-action=exec={arrive}"
    made = _script("backup", tmp_path / "backups", *filled, TAR_OPTIONS=options)
    assert made.returncode == 0, made.stderr
    assert "changed" in made.stderr  # it did happen
    [file] = (tmp_path / "backups").iterdir()
    done = _script("restore", file, empty, tmp_path / "new")
    assert done.returncode == 0, done.stderr
    for number in range(30):
        assert (tmp_path / f"new/contracts/{number}.pdf").read_bytes() == b"%PDF" * 3_000
    assert not list((tmp_path / "new/contracts").glob(".*"))


def test_a_backup_that_cannot_read_a_file_says_so(filled: tuple[str, Path], tmp_path: Path) -> None:
    (filled[1] / "contracts/loop").symlink_to("loop")
    made = _script("backup", tmp_path / "backups", *filled, TAR_OPTIONS="--dereference")
    assert made.returncode != 0
    assert not list((tmp_path / "backups").iterdir())


def test_what_a_killed_backup_left_goes_with_the_next(
    filled: tuple[str, Path], tmp_path: Path
) -> None:
    backups = tmp_path / "backups"
    left = backups / ".relais-20200101T000000Z"
    left.mkdir(parents=True)
    (left / "database.dump").write_bytes(b"half")
    beside = backups / ".relais-20200101T000000Z.tar"
    beside.write_bytes(b"half")
    for path in (left, beside):
        os.utime(path, (0, 0))
    made = _script("backup", backups, *filled)
    assert made.returncode == 0, made.stderr
    assert [each.name for each in backups.iterdir()] == [made.stdout.strip().rpartition("/")[2]]


def test_a_restore_never_writes_over_a_database_or_a_file(
    filled: tuple[str, Path], empty: str, tmp_path: Path
) -> None:
    made = _script("backup", tmp_path / "backups", *filled)
    file = tmp_path / "backups" / made.stdout.strip().rpartition("/")[2]
    database, data = filled
    onto = _script("restore", file, database, tmp_path / "new")
    assert (onto.returncode, "not empty" in onto.stderr) == (1, True)
    over = _script("restore", file, empty, data)
    assert (over.returncode, "there already" in over.stderr) == (1, True)


def _only(**environment: str) -> dict[str, str]:
    """What a shell has that nobody has told anything else."""
    return {"PATH": os.environ["PATH"], "PG_BIN": str(postgres.locate().folder), **environment}


def test_a_folder_that_is_not_named_or_cannot_be_made_leaves_the_database_empty(
    filled: tuple[str, Path], empty: str, tmp_path: Path
) -> None:
    made = _script("backup", tmp_path / "backups", *filled)
    file = tmp_path / "backups" / made.stdout.strip().rpartition("/")[2]
    (tmp_path / "file").write_text("in the way of the folder")
    for told in ({}, {"RELAIS_DATA_DIR": f"{tmp_path}/file/data"}):
        done = subprocess.run(
            [str(ROOT / "deploy/restore"), str(file)], env=_only(DATABASE_URL=empty, **told),
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode != 0
        assert str(tmp_path / "file") in done.stderr or "RELAIS_DATA_DIR" in done.stderr
    assert not (tmp_path / "var").exists()
    with psycopg.connect(empty) as connection:
        there = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(there).fetchone() == (0,)
    unnamed = subprocess.run(
        [str(ROOT / "deploy/backup"), str(tmp_path / "none")], env=_only(DATABASE_URL=empty),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (unnamed.returncode != 0, "RELAIS_DATA_DIR" in unnamed.stderr) == (True, True)


def test_under_systemd_one_command_restores_as_the_owner_into_the_services_folder(
    filled: tuple[str, Path], empty: str, tmp_path: Path
) -> None:
    """No systemd is here: its part, reading the files of settings, is played."""
    made = _script("backup", tmp_path / "backups", *filled)
    file = tmp_path / "backups" / made.stdout.strip().rpartition("/")[2]
    (tmp_path / "bin").mkdir()
    played = tmp_path / "bin/systemd-run"
    played.write_text("""#!/bin/sh
while [ "${1#--}" != "$1" ]; do
  case $1 in
  --uid) shift ;;
  --property)
    shift
    case $1 in EnvironmentFile=*)
      settings=${1#EnvironmentFile=}
      while IFS= read -r line; do export "${line?}"; done <"${settings#-}"
    esac ;;
  esac
  shift
done
exec "$@"
""")
    played.chmod(0o755)
    data = tmp_path / "new"
    env, owner = tmp_path / "relais.env", tmp_path / "owner.env"
    env.write_text(
        "RELAIS_MAIL_FROM=Relais <bonjour@relais.example>\n"  # no shell can read this line
        f"DATABASE_URL=postgresql://relais_app@127.0.0.1:9/none\nRELAIS_DATA_DIR={data}\n"
    )
    owner.write_text(f"DATABASE_OWNER_URL={empty}\n")
    done = subprocess.run(
        [str(ROOT / "deploy/relais"), "restore", str(file)],
        env=_only(RELAIS_ENV_FILE=str(env), RELAIS_OWNER_ENV_FILE=str(owner))
        | {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (data / "contracts/one.pdf").exists()
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT count(*) FROM done_once").fetchone() == (2,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_restore_by_root_leaves_the_folder_to_whoever_runs_relais(
    filled: tuple[str, Path], empty: str, tmp_path: Path
) -> None:
    made = _script("backup", tmp_path / "backups", *filled)
    file = tmp_path / "backups" / made.stdout.strip().rpartition("/")[2]
    new = tmp_path / "new"
    done = _script("restore", file, empty, new, RELAIS_FILES_OWNER="10001:10002")
    assert done.returncode == 0, done.stderr
    for path in (new, new / "contracts", new / "contracts/one.pdf"):
        assert (path.stat().st_uid, path.stat().st_gid) == (10001, 10002)


def test_a_damaged_backup_is_refused(filled: tuple[str, Path], empty: str, tmp_path: Path) -> None:
    made = _script("backup", tmp_path / "backups", *filled)
    file = tmp_path / "backups" / made.stdout.strip().rpartition("/")[2]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    done = _script("restore", file, empty, tmp_path / "new")
    assert done.returncode == 1
    assert "damaged" in done.stderr
