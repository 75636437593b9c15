"""Owns files kept under the hash of their bytes; where they lie is each feature's affair.

With a `purpose` a file is closed (core/vault.py): a copy of the disk alone does not show it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from marketplace.core import clock, vault
from marketplace.core.ids import secret_token

FOLDERS: Final = ("contracts", "papers", "invoices", "handover", "photos", "exports", "cache")
LEFT_FOR: Final = timedelta(days=1)
DRAWN_FOR: Final = timedelta(days=30)


def keep(content: bytes, place: Callable[[str], Path], purpose: str = "") -> str:
    """Write bytes at `place(sha256)`, durably and at once complete; gives the hash (hexadecimal).

    For this program's user alone. The same bytes are kept once; a file that was damaged on disk is
    replaced, since its hash says what it must be, and one that is not closed as it is to be now.
    Synchronous: in a thread where others wait.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    final = place(sha256)
    if final.exists() and _is_kept(content, final.read_bytes(), purpose, sha256):
        return sha256
    write(final, vault.close(content, purpose, sha256) if purpose else content)
    return sha256


def write(final: Path, content: bytes) -> None:
    """Write bytes at a path, durably and at once complete, for this program's user alone.

    What could not be written whole is removed at once: a full disk would stay full. Synchronous.
    """
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = final.with_name(f".{secret_token()}.part")
    try:
        with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(final)
    finally:
        scratch.unlink(missing_ok=True)


def _is_kept(content: bytes, kept: bytes, purpose: str, sha256: str) -> bool:
    if not purpose:
        return kept == content
    try:
        return vault.is_closed(kept) and vault.opened(kept, purpose, sha256) == (content, True)
    except vault.CannotOpen:
        return False


def clear(data_dir: Path) -> None:
    """Remove what killed writes left, after a day, and drawn pages of contracts, after a month.

    Synchronous. Pages are drawn again when somebody looks.
    """
    for folder in FOLDERS:
        _remove((data_dir / folder).rglob(".*.part"), LEFT_FOR)
    _remove((data_dir / "cache" / "pages").glob("*.png"), DRAWN_FOR)


def _remove(found: Iterable[Path], term: timedelta) -> None:
    now = clock.now().timestamp() - clock.offset_seconds()  # files carry the machine's own time
    for path in found:
        with suppress(FileNotFoundError):
            if now - path.stat().st_mtime > term.total_seconds():
                path.unlink()


def is_closed(sha256: str, place: Callable[[str], Path]) -> bool:
    """Whether a kept file is closed, by its first bytes alone; False when it is gone."""
    try:
        with place(sha256).open("rb") as file:
            return vault.is_closed(file.read(len(vault.MARK)))
    except FileNotFoundError:
        return False


def read(sha256: str, place: Callable[[str], Path], purpose: str = "") -> bytes | None:
    """The bytes of this hash, closed or kept before files were; None when gone or damaged."""
    try:
        kept = place(sha256).read_bytes()
        closed = purpose and vault.is_closed(kept)
        content = vault.opened(kept, purpose, sha256)[0] if closed else kept
    except (FileNotFoundError, vault.CannotOpen):
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None
