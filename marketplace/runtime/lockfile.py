"""Owns the rule of one running instance per data folder; never waits for the other one."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from marketplace.runtime.failures import CannotStart

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO


def hold(data_dir: Path) -> TextIO:
    """Lock the data folder for as long as the returned file stays open. Raises CannotStart.

    The kernel drops an flock with its process, so kill -9 leaves no stale lock. Children must not
    inherit the file: Python opens it close-on-exec.
    """
    stream = (data_dir / "lock").open("a+")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        stream.seek(0)
        holder = stream.read().strip()
        stream.close()
        who = f" (process {holder})" if holder else ""
        msg = (
            f"Relais is already running in {data_dir}{who}; stop it first, "
            "or start another one with --data and --port."
        )
        raise CannotStart(msg) from error
    stream.truncate(0)
    stream.write(str(os.getpid()))
    stream.flush()
    return stream


def is_held(data_dir: Path) -> bool:
    """Whether an instance runs in this data folder now."""
    try:
        stream = (data_dir / "lock").open("r")
    except FileNotFoundError:
        return False
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        return False
