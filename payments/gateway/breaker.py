"""Owns the question whether it is worth asking Stripe right now. Never asks itself.

After several calls in a row without any answer the circuit opens: for a while every call fails at
once instead of holding a page for its time-out. Then one call at a time tries. An answer, also a
bad one, closes it. Money waits in movements, news in the inbox.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

SILENT_MAX: Final = 5
PAUSE_SECONDS: Final = 15.0


@dataclass
class Breaker:
    """The state of one address, in this process, on the machine's own clock."""

    silent_count: int = 0
    closed_again_at: float = field(default=0.0)

    @property
    def open(self) -> bool:
        """Whether calls should not even be tried."""
        return self.silent_count >= SILENT_MAX and time.monotonic() < self.closed_again_at

    def trying(self) -> None:
        """A call starts: while the circuit is half open, others wait for its outcome."""
        if self.silent_count >= SILENT_MAX:
            self.closed_again_at = time.monotonic() + PAUSE_SECONDS

    def answered(self) -> None:
        """Stripe said something."""
        self.silent_count = 0

    def silent(self) -> None:
        """Nobody answered."""
        self.silent_count += 1
        self.closed_again_at = time.monotonic() + PAUSE_SECONDS


BREAKERS: Final[dict[str, Breaker]] = {}


def breaker(address: str) -> Breaker:
    """The circuit to one address."""
    return BREAKERS.setdefault(address, Breaker())
