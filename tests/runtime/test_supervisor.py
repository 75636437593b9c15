"""Children: started, started again when they die, ended in order, gone with their parent."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from marketplace.runtime import keys, leftovers, lockfile, pids, ports, programs
from marketplace.runtime.failures import CannotStart
from marketplace.runtime.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
PATIENCE_SECONDS = 60


def _program(folder: Path, name: str, *command: str) -> programs.Program:
    return programs.Program(name, command or SLEEP, folder / f"{name}.log", dict(os.environ))


def _until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    """Running, not merely waiting to be collected."""
    return bool(pids.command(pid))


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path, lambda _: None)
    yield made
    made.stop()


def test_a_killed_child_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    first = supervisor.start(_program(tmp_path, "one")).process.pid
    os.kill(first, signal.SIGKILL)

    def revived() -> bool:
        supervisor.tend()
        now = json.loads((tmp_path / "processes.json").read_text())["one"]
        return bool(now != first and _alive(now))

    _until(revived)


def test_a_full_disk_ends_nobody_but_who_wrote(tmp_path: Path) -> None:
    """Notes and log cannot be written: said, and tried again until they can."""
    said: list[str] = []
    supervisor = Supervisor(tmp_path, said.append)
    program = _program(tmp_path, "one")
    first = supervisor.start(program).process.pid
    (tmp_path / "processes.json.new").mkdir()  # nothing can be written over it
    program.log.rename(tmp_path / "old.log")
    program.log.mkdir()
    os.kill(first, signal.SIGKILL)

    def tended(word: str) -> bool:
        supervisor.tend()
        return any(word in text for text in said)

    _until(lambda: tended("Cannot start one"))
    _until(lambda: tended("Cannot write"))
    program.log.rmdir()
    (tmp_path / "processes.json.new").rmdir()

    def revived() -> bool:
        supervisor.tend()
        now = json.loads((tmp_path / "processes.json").read_text())["one"]
        return bool(now != first and _alive(now))

    _until(revived)
    supervisor.stop()


def test_a_log_stays_short_while_its_program_writes(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "LOG_BYTES_MAX", 1_000)
    monkeypatch.setattr("marketplace.runtime.supervisor.LOGS_SECONDS", 0.05)
    code = "import time\nwhile True: print('x' * 99, flush=True); time.sleep(.002)"
    both = [
        programs.Program(name, (sys.executable, "-c", code), tmp_path / "web.log", dict(os.environ))
        for name in ("web", "web-2")
    ]
    for each in both:
        supervisor.start(each)
    log, before = tmp_path / "web.log", tmp_path / "web.log.1"

    def shortened() -> bool:
        supervisor.tend()
        return before.exists() and log.stat().st_size < before.stat().st_size

    _until(shortened)
    size = log.stat().st_size
    _until(lambda: log.stat().st_size > size)  # both write on in the same file
    assert log.read_bytes().startswith(b"x")


def test_a_child_that_keeps_dying_is_given_more_and_more_time(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(tmp_path, said.append)
    supervisor.start(_program(tmp_path, "bad", sys.executable, "-c", "raise SystemExit(3)"))

    def tried_thrice() -> bool:
        supervisor.tend()
        return len(said) == 3

    _until(tried_thrice)
    supervisor.stop()
    waits = [text.split(" in ")[1].split(" s;")[0] for text in said]
    assert waits == ["0.2", "0.4", "0.8"]


def test_only_what_was_left_of_this_folder_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number in the notes may belong to another instance by now, of a folder beside ours."""
    monkeypatch.setattr(leftovers, "PATIENCE_SECONDS", 0.2)
    folders = (tmp_path / "relais", tmp_path / "relais-2")
    code = "import time; print(flush=True); time.sleep(60)  # marketplace.worker"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, *words],
            env={**os.environ, **env},
            stdout=subprocess.PIPE,
        )
        for folder in folders
        for words, env in (
            ([], {"RELAIS_DATA_DIR": str(folder)}),
            (["--data", f"{folder}/stripe"], {"RELAIS_DATA_DIR": ""}),
        )
    ]
    folders[0].mkdir()
    notes = {str(number): child.pid for number, child in enumerate(children)}
    (folders[0] / "processes.json").write_text(json.dumps(notes))
    try:
        for child in children:  # /proc tells nothing of a process that is only just being made
            assert child.stdout is not None
            assert child.stdout.readline() == b"\n"
        leftovers.wait_gone(folders[0])
        for ours in children[:2]:
            assert ours.wait(PATIENCE_SECONDS) == -signal.SIGKILL
        assert [other.poll() for other in children[2:]] == [None, None]
    finally:
        for child in children:
            child.kill()
            child.communicate()


def test_children_end_in_the_reverse_order_of_their_start(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, lambda _: None)
    ended: list[str] = []
    # Not print: a signal that comes while it writes finds its buffer taken.
    code = (
        "import os, signal, sys, time\n"
        "def leave(*_): os.write(1, f'{time.monotonic()} '.encode()); sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave); os.write(1, b'ready '); time.sleep(60)"
    )
    for name in ("first", "second", "third"):
        supervisor.start(_program(tmp_path, name, sys.executable, "-c", code))
    logs = {name: tmp_path / f"{name}.log" for name in ("first", "second", "third")}
    _until(lambda: all("ready" in log.read_text() for log in logs.values()))
    supervisor.stop()
    ended = sorted(logs, key=lambda name: float(logs[name].read_text().split()[-1]))
    assert ended == ["third", "second", "first"]


def test_a_child_that_ignores_the_signal_is_killed_after_its_grace(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    program = programs.Program(
        "deaf", (sys.executable, "-u", "-c", code), tmp_path / "log", dict(os.environ),
        stop_seconds=0.3,
    )  # fmt: skip
    child = programs.start(program)
    _until(lambda: "deaf" in program.log.read_text())
    assert child.stop() == -signal.SIGKILL


def test_a_child_that_ends_while_starting_is_reported_with_its_last_words(tmp_path: Path) -> None:
    program = programs.Program(
        "short", (sys.executable, "-c", "print('no disk'); raise SystemExit(1)"),
        tmp_path / "log", dict(os.environ), ready=lambda: False,
    )  # fmt: skip
    with pytest.raises(CannotStart, match=r"(?s)short ended while starting.*no disk"):
        programs.start(program).wait_ready()


def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib, time\n"
        "from marketplace.runtime import programs\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "sleep = (sys.executable, '-c', 'import time; time.sleep(60)')\n"
        "child = programs.start(programs.Program('c', sleep, folder / 'log', dict(os.environ)))\n"
        "print(child.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    assert _alive(child)
    parent.kill()
    parent.wait()
    _until(lambda: not _alive(child))


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="/absent/program"):
        programs.start(_program(tmp_path, "ghost", "/absent/program"))


def test_a_second_instance_in_one_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    first = lockfile.hold(tmp_path)
    assert lockfile.is_held(tmp_path)
    with pytest.raises(CannotStart, match=rf"already running in .*process {os.getpid()}.*--data"):
        lockfile.hold(tmp_path)
    first.close()
    assert not lockfile.is_held(tmp_path)
    lockfile.hold(tmp_path).close()


def test_a_port_in_use_is_refused_in_a_sentence() -> None:
    taken = ports.listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    with pytest.raises(CannotStart, match=f"Port {port} .* already in use.*--port"):
        ports.listen("127.0.0.1", port)
    taken.close()


def test_an_address_of_no_machine_is_refused_in_a_sentence() -> None:
    with pytest.raises(CannotStart, match="--host"):
        ports.listen("not an address", 8000)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere its own server could not listen")
def test_a_drawn_port_is_kept_from_others_but_not_from_its_server() -> None:
    port = ports.free()
    with socket.socket() as another, pytest.raises(OSError, match="in use"):
        another.bind((ports.LOOPBACK, port))
    assert not ports.answers(port)
    server = ports.listen(ports.LOOPBACK, port)
    assert ports.answers(port)
    server.close()


def test_ports_are_remembered_while_they_are_free(tmp_path: Path) -> None:
    port = ports.remembered(tmp_path, "postgres")
    assert ports.remembered(tmp_path, "postgres") == port
    taken = ports.listen("127.0.0.1", port)
    assert ports.remembered(tmp_path, "postgres") != port
    taken.close()


def test_a_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    secret = keys.secret(tmp_path, "application")
    assert len(secret) >= 32
    assert keys.secret(tmp_path, "application") == secret
    assert keys.file(tmp_path, "application").stat().st_mode & 0o777 == 0o600
    assert keys.secret(tmp_path, "stripe", prefix="sk_test_").startswith("sk_test_")
