"""Owns files kept under the hash of their bytes; where they lie is each feature's affair.

With a `purpose` a file is closed (core/vault.py): a copy of the disk alone does not show it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

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
    with _scratch(final.parent) as (file, done):
        file.write(content)
        done(final)


def pour(
    fill: Callable[[vault.Pieces], object], folder: Path, purpose: str, name: str
) -> tuple[str, int]:
    """Have `fill` write a file that is too large for memory; gives its hash and how many bytes.

    It is closed in pieces, for the purpose and `name`, and kept in the folder under its hash.
    Synchronous.
    """
    with _scratch(folder) as (file, done):
        made = _Counted(file, purpose, name)
        fill(made)
        made.finish()
        sha256 = made.hash.hexdigest()
        done(folder / sha256)
    return sha256, made.size


class _Counted(vault.Pieces):
    """Pieces with the hash and size of what went in."""

    def __init__(self, out: BinaryIO, purpose: str, name: str) -> None:
        super().__init__(out, purpose, name)
        self.hash, self.size = hashlib.sha256(), 0

    def write(self, content: bytes) -> int:
        self.hash.update(content)
        self.size += len(content)
        return super().write(content)


@contextmanager
def _scratch(folder: Path) -> Iterator[tuple[BinaryIO, Callable[[Path], None]]]:
    """A new file, and what gives it its name once it is whole; without that it is removed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = folder / f".{secret_token()}.part"

    def done(final: Path) -> None:
        file.flush()
        os.fsync(file.fileno())
        scratch.replace(final)

    try:
        with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            yield file, done
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


def pieces(final: Path, purpose: str, name: str) -> Iterator[bytes] | None:
    """What `pour` kept at a path, a piece in memory at a time; None when gone or damaged.

    Damage further inside raises CannotOpen on the way: what was read by then must not count.
    """
    found = _opened(final, purpose, name)
    try:
        first = next(found)
    except (FileNotFoundError, vault.CannotOpen):
        return None
    return chain([first], found)


def _opened(final: Path, purpose: str, name: str) -> Iterator[bytes]:
    with final.open("rb") as file:
        yield from vault.pieces(file, purpose, name)
