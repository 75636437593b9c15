"""Owns the public hash of a day's evidence as arithmetic; never reads or publishes one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

RULE: Final = (
    "head = sha256 of the head of the day before and the day's event hashes in ascending order, "
    "each followed by a line feed; 64 zeros before the first day"
)


def head_of(prev: str, hashes: Iterable[str]) -> str:
    """The head of a day after `prev`, over the hashes of its events in any order."""
    lines = [prev, *sorted(hashes)]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
