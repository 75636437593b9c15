"""Owns hash chains as arithmetic over plain JSON objects; never stores or reads one.

An event's `hash` is the SHA-256 of the JSON of all its other fields (sorted keys, no spaces,
UTF-8); `prev` is the hash of the event before. Whoever has the events can check them alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

GENESIS: Final = "0" * 64
RULE: Final = (
    "hash = sha256 of the JSON of all fields but hash, sorted keys, no spaces, UTF-8; "
    "prev = hash of the event before, 64 zeros for the first"
)


def canonical(event: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed."""
    plain = {name: value for name, value in event.items() if name != "hash"}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(event: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, in hex. It covers `prev`, hence everything before."""
    return hashlib.sha256(canonical(event)).hexdigest()


def broken_at(events: Iterable[Mapping[str, Any]]) -> int | None:
    """The place (from 1) of the first event that does not hold, or None for a sound chain."""
    prev = GENESIS
    for expected, event in enumerate(events, start=1):
        stored = event.get("hash")
        if event.get("seq") != expected or event.get("prev") != prev or digest(event) != stored:
            return expected
        prev = str(stored)
    return None


def initials(name: str) -> str:
    """Initials for the public: `Élise Le Goff` -> `É. L. G.`."""
    return " ".join(f"{part[0].upper()}." for part in name.replace("-", " ").split() if part)
