"""Owns identifiers, slugs and secret tokens; never stores them."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
import unicodedata
from uuid import UUID


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562 section 5.7): sorts by creation time, so indexes stay compact.

    Twelve bits tell the part of the millisecond (section 6.2, method 3): rows made one after
    another, such as the skills of a profile, keep their order.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = milliseconds << 80 | (rest << 12) // 1_000_000 << 64 | int.from_bytes(os.urandom(8))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


# Letters that are no other letter with a mark, and so have no shorter form of their own.
_WHOLE = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "þ": "th", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h",
     "ı": "i", "ŋ": "ng"}
)  # fmt: skip


def slugify(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; empty text gives an empty slug."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_WHOLE))
    plain = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")


def secret_token(prefix: str = "") -> str:
    """A URL-safe secret of 256 bits behind `prefix`."""
    return prefix + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a random token: its SHA-256 in hex. Not for passwords or short codes."""
    return hashlib.sha256(token.encode()).hexdigest()
