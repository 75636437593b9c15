"""The sandbox's clock: real time plus an offset that may live in a file shared with Relais.

Never stops and never runs on its own: only an advance or the shared file moves the offset.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

MINUTE = 60
HOUR = 3600
DAY = 86_400


class Clock:
    """Seconds since the epoch, as the sandbox sees them.

    With a file, the file is the truth (float seconds as text; absent means 0) and is read again
    whenever its modification time changes. Without, `initial` comes from the journal.
    """

    def __init__(self, path: Path | None = None, initial: float = 0.0) -> None:
        self.path = path
        self._offset = initial
        self._stamp: tuple[int, int] | None = None
        self._frozen: int | None = None

    @property
    def offset(self) -> float:
        """Seconds added to real time."""
        if self.path is not None:
            self._refresh(self.path)
        return self._offset

    def now(self) -> int:
        """Whole seconds since the epoch; inside a timer, the moment the timer was due."""
        if self._frozen is not None:
            return self._frozen
        return int(time.time() + self.offset)

    def exact(self) -> float:
        """Seconds since the epoch with their fraction."""
        return time.time() + self.offset if self._frozen is None else float(self._frozen)

    def freeze(self, moment: int | None) -> None:
        """Let a due timer happen at its own time; None lets the clock run again."""
        self._frozen = moment

    def advance(self, seconds: float) -> None:
        """Move time forward, for every process that reads the shared file."""
        moved = self.offset + seconds
        self._offset = moved
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
            draft.write_text(f"{moved!r}\n", encoding="ascii")
            draft.replace(self.path)
            self._stamp = None

    def _refresh(self, path: Path) -> None:
        try:
            status = path.stat()
        except FileNotFoundError:
            self._offset, self._stamp = 0.0, None
            return
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp == self._stamp:
            return
        try:
            self._offset = float(path.read_text(encoding="ascii").strip() or 0)
        except (OSError, ValueError):
            return  # somebody is writing it: the next look will see it whole
        self._stamp = stamp


def iso(moment: int) -> str:
    """A moment as the v2 API writes it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
