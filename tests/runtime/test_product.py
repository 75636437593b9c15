"""The whole product under one command: it starts, survives crashes, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from marketplace.runtime import pids, ports
from tests.fixtures.product import ROOT, Product

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fixtures.services import PostgresServer

PATIENCE_SECONDS = 240
CHILDREN = {"postgres", "meilisearch", "stripe-sandbox", "worker", "web"}


def _until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.1)


def _is_ok(product: Product) -> bool:
    try:
        return bool(product.health()["status"] == "ok")
    except (httpx.HTTPError, ValueError):
        return False


def _runs(pid: int) -> bool:
    return bool(pids.command(pid))


def _up(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to be refused."""
    return subprocess.run(
        [sys.executable, "-m", "marketplace.cli", "up", *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True,
        check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = Product(tmp_path_factory.mktemp("running"), arguments=("--no-demo",))
    try:
        yield product.start()
    finally:
        product.stop()


def test_everything_is_started_and_well(running: Product) -> None:
    _until(lambda: _is_ok(running))
    assert set(running.pids()) == CHILDREN


@pytest.mark.parametrize("name", sorted(CHILDREN))
def test_it_recovers_by_itself_when_a_part_is_killed(running: Product, name: str) -> None:
    _until(lambda: _is_ok(running))
    killed = running.pids()[name]
    os.kill(killed, signal.SIGKILL)
    _until(lambda: running.pids()[name] != killed)
    _until(lambda: _is_ok(running))
    assert httpx.get(f"{running.url}/health/live", timeout=PATIENCE_SECONDS).status_code == 200


def test_a_request_that_comes_while_the_web_process_restarts_waits_for_it(
    running: Product,
) -> None:
    _until(lambda: _is_ok(running))
    os.kill(running.pids()["web"], signal.SIGKILL)
    time.sleep(0.1)
    assert httpx.get(f"{running.url}/health/live", timeout=PATIENCE_SECONDS).json() == {
        "status": "ok"
    }


def test_a_second_instance_in_the_same_folder_is_refused_in_one_sentence(
    running: Product,
) -> None:
    second = _up("--data", str(running.data_dir), "--port", str(ports.free()))
    assert second.returncode == 1
    assert "already running" in second.stderr
    assert "Traceback" not in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_taken_port_is_refused_in_one_sentence(running: Product, tmp_path: Path) -> None:
    second = _up("--data", str(tmp_path), "--port", str(running.port))
    assert second.returncode == 1
    assert second.stderr.startswith(f"Port {running.port} on 127.0.0.1 is already in use")
    assert second.stderr.count("\n") == 1


def test_another_command_joins_the_running_instance(running: Product) -> None:
    command = [sys.executable, "-m", "marketplace.cli", "migrate", "--data", str(running.data_dir)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "0 applied\n"), done.stderr


def test_a_command_without_an_instance_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "marketplace.cli", "migrate", "--data", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "start ./run in another terminal" in done.stderr


def test_secrets_are_readable_by_their_owner_only(running: Product) -> None:
    secret = [*(running.data_dir / "keys").iterdir(), running.data_dir / "environment.json"]
    assert len(secret) >= 5
    assert {file.stat().st_mode & 0o777 for file in secret} == {0o600}


def test_ctrl_c_ends_every_child_and_a_killed_parent_leaves_none(tmp_path: Path) -> None:
    product = Product(tmp_path, arguments=("--no-demo",)).start()
    children = product.pids()
    assert product.stop(signal.SIGINT) == 0
    assert not [name for name, pid in children.items() if _runs(pid)]
    assert not (tmp_path / "environment.json").exists()

    product.start()
    children = product.pids()
    product.stop(signal.SIGKILL)
    _until(lambda: not [name for name, pid in children.items() if _runs(pid)])

    product.start()  # no stale lock, no stale server
    _until(lambda: _is_ok(product))
    assert product.stop(signal.SIGTERM) == 0


def test_servers_named_by_settings_are_used_and_not_started(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    name = postgres_server.create()
    environment = {
        "DATABASE_URL": postgres_server.dsn(name),
        "MEILI_URL": f"http://127.0.0.1:{ports.free()}",
        "STRIPE_SECRET_KEY": "sk_test_a_real_account",
    }
    product = Product(tmp_path, arguments=("--no-demo",), environment=environment).start()
    try:
        assert set(product.pids()) == {"worker", "web"}
        _until(lambda: product.health()["parts"]["database"]["status"] == "ok")
        health = product.health()
        assert (health["status"], health["parts"]["database"]["status"]) == ("degraded", "ok")
        assert health["parts"]["search"]["status"] == "degraded"
    finally:
        product.stop()
        postgres_server.drop(name)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"RELAIS_SESSION_DAYS": "soon"}, "RELAIS_SESSION_DAYS: "),
        ({"RELAIS_ENV": "prod"}, "RELAIS_ENV: "),
        ({"RELAIS_ENV": "production"}, "RELAIS_SECRET_KEY: production needs"),
        ({"DATABASE_URL": "postgresql://relais@127.0.0.1:9/none"}, "DATABASE_URL does not answer"),
        ({"PG_BIN": "/absent"}, "PG_BIN=/absent holds no postgres"),
        ({"MEILI_BIN": "/absent"}, "MEILI_BIN=/absent is not a Meilisearch"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    arguments = ("--data", str(tmp_path), "--port", str(ports.free()), "--no-demo")
    done = _up(*arguments, **({"STRIPE_SECRET_KEY": "sk_test_x"} | environment))
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
