"""Owns looking at processes that are not our children, by their number; never ends one."""

from __future__ import annotations

import subprocess
from pathlib import Path

PROC = Path("/proc/self/cmdline")


def command(pid: int) -> str:
    """The command line of a running process, words joined by spaces; empty when there is none.

    A process that ended and was not collected yet counts as gone.
    """
    if PROC.exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            return ""
    asked = subprocess.run(  # noqa: S603 - no shell
        ["ps", "-o", "stat=,args=", "-p", str(pid)],  # noqa: S607 - macOS: no /proc, but ps
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    state, _, words = asked.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else words.strip()
