"""Owns one child process: how it is started, stopped and tied to our life; never which ones exist.

A child dies when its parent dies, even by kill -9: Linux sends it `orphan_signal`
(PR_SET_PDEATHSIG, prctl(2)). Each child leads its own session, so Ctrl-C in the terminal reaches
only the parent.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marketplace.runtime.failures import CannotStart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PR_SET_PDEATHSIG = 1
LOG_BYTES_MAX = 20_000_000
READY_POLL_SECONDS = 0.03

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Program:
    """What to run. `env` is the whole environment; `ready` answers whether it serves already."""

    name: str
    command: tuple[str, ...]
    log: Path
    env: Mapping[str, str]
    ready: Callable[[], bool] = _always
    ready_seconds: float = 180.0  # beside other work a web process needs more than one minute
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0
    # When we are killed there is nobody left to wait for: no program of ours loses anything by it,
    # and a worker would otherwise hold on to a database that is ending too. PostgreSQL differs.
    orphan_signal: signal.Signals = signal.SIGKILL
    stop_again_seconds: float | None = None  # ask again so often; None asks once
    inherited: tuple[int, ...] = ()
    shown: bool = False  # its output goes to our terminal instead of its log
    before_start: Callable[[], None] | None = None


@dataclass
class Child:
    """A started program."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)

    @property
    def alive(self) -> bool:
        """Whether it still runs; also collects it when it ended, so that no zombie stays."""
        return self.process.poll() is None

    def wait_ready(self) -> None:
        """Wait until it serves. Raises CannotStart with the end of its log when it does not."""
        limit = time.monotonic() + self.program.ready_seconds
        while not self.program.ready():
            if not self.alive:
                msg = f"{self.program.name} ended while starting. {last_words(self.program.log)}"
                raise CannotStart(msg)
            if time.monotonic() > limit:
                msg = (
                    f"{self.program.name} did not answer within "
                    f"{self.program.ready_seconds:.0f} s. {last_words(self.program.log)}"
                )
                raise CannotStart(msg)
            time.sleep(READY_POLL_SECONDS)

    def stop(self) -> int:
        """Ask it to end, insist after its grace period, and return its exit status."""
        limit = time.monotonic() + self.program.stop_seconds
        while self.alive and (left := limit - time.monotonic()) > 0:
            self.process.send_signal(self.program.stop_signal)
            try:
                return self.process.wait(min(left, self.program.stop_again_seconds or left))
            except subprocess.TimeoutExpired:
                continue
        if self.alive:
            os.killpg(self.process.pid, signal.SIGKILL)  # it leads its own session and group
        return self.process.wait()


def start(program: Program) -> Child:
    """Start a program, its output appended to its log. Raises CannotStart."""
    if program.before_start is not None:
        program.before_start()
    parent = os.getpid()

    def tie_to_parent() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(program.orphan_signal))
            if os.getppid() != parent:  # it died between fork and prctl
                os._exit(1)

    try:
        program.log.parent.mkdir(parents=True, exist_ok=True)
        shorten(program.log)
        with program.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own command lines, no shell
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=None if program.shown else log,
                stderr=None if program.shown else subprocess.STDOUT,
                env=dict(program.env),
                start_new_session=True,
                pass_fds=program.inherited,
                preexec_fn=tie_to_parent,  # noqa: PLW1509 - the supervisor has no threads
            )
    except OSError as error:
        msg = f"Cannot start {program.name}: {error.filename or program.log}: {error.strerror}."
        raise CannotStart(msg) from error
    return Child(program, process)


def last_words(log: Path, lines: int = 8) -> str:
    """The end of a log, for a message to a person."""
    try:
        tail = log.read_text(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        tail = []
    return f"The end of {log}:\n  " + "\n  ".join(tail or ["(empty)"])


def shorten(log: Path) -> None:
    """Move the text of a log that is too long to the file beside it, in place of the one before.

    Its writers, of which there may be several, append and go on in the same file. A line written
    at that moment may be lost, and what a full disk cannot take. Raises OSError.
    """
    if not log.exists() or log.stat().st_size <= LOG_BYTES_MAX:
        return
    before = log.with_name(log.name + ".1")
    before.unlink(missing_ok=True)
    with suppress(OSError):
        shutil.copyfile(log, before)
    os.truncate(log, 0)
