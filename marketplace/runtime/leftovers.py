"""Owns waiting for the children of an earlier, killed run of this data folder; starts nothing.

On Linux they are on their way out already (programs.py); elsewhere they are asked here.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from marketplace.runtime import pids

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_SECONDS = 30.0


def wait_gone(data_dir: Path) -> None:
    """Return when none of them runs any more; the deaf ones are killed. Needs the folder's lock."""
    numbers = _numbers(data_dir)
    if sys.platform != "linux":
        for pid in numbers:
            _send(pid, data_dir, signal.SIGTERM)  # there is no PR_SET_PDEATHSIG
    limit = time.monotonic() + PATIENCE_SECONDS
    while any(pids.serves(pid, data_dir) for pid in numbers) and time.monotonic() < limit:
        time.sleep(0.1)
    for pid in numbers:
        _send(pid, data_dir, signal.SIGKILL)


def _numbers(data_dir: Path) -> list[int]:
    try:
        known: dict[str, int] = json.loads((data_dir / "processes.json").read_text())
    except (FileNotFoundError, ValueError):
        return []
    # PostgreSQL has its own way of being waited for, and must never be killed.
    return [pid for name, pid in known.items() if name != "postgres"]


def _send(pid: int, data_dir: Path, number: signal.Signals) -> None:
    if pids.serves(pid, data_dir):  # the number may be another instance's by now
        os.kill(pid, number)
