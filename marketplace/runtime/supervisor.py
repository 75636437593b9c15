"""Owns keeping children alive: starts them again when they die, ends them in order; starts none.

One thread, no signals of its own: whoever owns the terminal decides when to stop.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marketplace.runtime import programs
from marketplace.runtime.failures import CannotStart

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 15.0
LOGS_SECONDS = 10.0  # how often the size of the logs is looked at
STEADY_SECONDS = 30.0  # a child that lived this long starts over with the first wait


@dataclass
class _Watched:
    child: programs.Child
    deaths: int = 0
    again_at: float | None = None


@dataclass
class Supervisor:
    """The children of one data folder, in the order of their start."""

    data_dir: Path
    say: Callable[[str], None]
    _watched: dict[str, _Watched] = field(default_factory=dict)
    _looked: float = field(default_factory=time.monotonic)

    def start(self, program: programs.Program, *, wait: bool = True) -> programs.Child:
        """Start a program and watch it from now on. Raises CannotStart."""
        child = programs.start(program)
        self._watched[program.name] = _Watched(child)
        self._note()
        if wait:
            child.wait_ready()
        return child

    def watches(self, name: str) -> bool:
        """Whether a program of this name was started here."""
        return name in self._watched

    def wait_ready(self, name: str) -> None:
        """Wait for a program started with `wait=False`. Raises CannotStart."""
        self._watched[name].child.wait_ready()

    def forget(self, name: str) -> None:
        """End a program and stop watching it."""
        watched = self._watched.pop(name, None)
        if watched is not None:
            watched.child.stop()
        self._note()

    def tend(self) -> None:
        """Collect the dead and start them again when their wait is over; never blocks long.

        Also keeps their logs short.
        """
        self._keep_logs_short()
        for name, watched in self._watched.items():
            if watched.again_at is None:
                if not watched.child.alive:
                    self._mourn(name, watched)
            elif time.monotonic() >= watched.again_at:
                self._revive(watched)

    def stop(self) -> None:
        """End every child, the last started first.

        Without any, the folder's notes stay as they are: a start that was refused must not wipe
        those of the instance that is running there.
        """
        if not self._watched:
            return
        for name in reversed(list(self._watched)):
            self._watched[name].child.stop()
        self._watched.clear()
        self._note()

    def _keep_logs_short(self) -> None:
        if time.monotonic() - self._looked < LOGS_SECONDS:
            return
        self._looked = time.monotonic()
        for log in {watched.child.program.log for watched in self._watched.values()}:
            try:
                programs.shorten(log)
            except OSError as error:
                self.say(f"Cannot shorten {log} ({error.strerror}).")

    def _mourn(self, name: str, watched: _Watched) -> None:
        lived = time.monotonic() - watched.child.started
        watched.deaths = 1 if lived > STEADY_SECONDS else watched.deaths + 1
        wait = min(FIRST_WAIT_SECONDS * 2 ** (watched.deaths - 1), LONGEST_WAIT_SECONDS)
        watched.again_at = time.monotonic() + wait
        status = watched.child.process.returncode
        log = watched.child.program.log
        self.say(f"{name} ended ({status}), starting it again in {wait:.1f} s; see {log}")

    def _revive(self, watched: _Watched) -> None:
        watched.again_at = None
        try:
            watched.child = programs.start(watched.child.program)
        except CannotStart as error:
            watched.deaths += 1
            watched.again_at = time.monotonic() + LONGEST_WAIT_SECONDS
            self.say(str(error))
        self._note()

    def _note(self) -> None:
        """Keep the process ids in a file, for people and for tests.

        A full disk is no reason to end: what died of it is started again once there is room.
        """
        pids = {name: watched.child.process.pid for name, watched in self._watched.items()}
        scratch = self.data_dir / "processes.json.new"
        try:
            scratch.write_text(json.dumps(pids, indent=2) + "\n")
            scratch.replace(self.data_dir / "processes.json")
        except OSError as error:
            self.say(f"Cannot write {scratch} ({error.strerror}).")
