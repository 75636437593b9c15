"""Owns files kept under the hash of their bytes; where they lie is each feature's affair."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from marketplace.core.ids import secret_token


def keep(content: bytes, place: Callable[[str], Path]) -> str:
    """Write bytes at `place(sha256)`, durably and at once complete; gives the hash (hexadecimal).

    For this program's user alone. The same bytes are kept once; a file that was damaged on disk is
    replaced, since its hash says what it must be. Synchronous: in a thread where others wait.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    final = place(sha256)
    if final.exists() and final.read_bytes() == content:
        return sha256
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = final.with_name(f".{secret_token()}.part")
    with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(final)
    return sha256
