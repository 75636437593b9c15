"""Owns looking at processes that are not our children, by their number; never ends one."""

from __future__ import annotations

import subprocess
from pathlib import Path

PROC = Path("/proc/self/cmdline")


def serves(pid: int, data_dir: Path) -> bool:
    """Whether a running process was started for this data folder.

    Its environment or its command line tells: programs of ours are told the one or the other.
    """
    folder, told = f"{data_dir}/", f"RELAIS_DATA_DIR={data_dir}"
    if not PROC.exists():
        words = f" {_asked('command=', pid, 'eww')} "
        return f" {folder}" in words or f" {told} " in words
    try:
        found = [Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    except OSError:
        return False
    return any(
        word.startswith(folder.encode()) or word == told.encode()
        for words in found
        for word in words.split(b"\0")
    )


def command(pid: int) -> str:
    """The command line of a running process, words joined by spaces; empty when there is none.

    A process that ended and was not collected yet counts as gone.
    """
    if PROC.exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            return ""
    state, _, words = _asked("stat=,args=", pid).partition(" ")
    return "" if state.startswith("Z") else words.strip()


def _asked(columns: str, pid: int, *options: str) -> str:
    """What ps says; for macOS, which has no /proc."""
    asked = subprocess.run(  # noqa: S603 - no shell
        ["ps", *options, "-o", columns, "-p", str(pid)],  # noqa: S607
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    return asked.stdout.strip()
