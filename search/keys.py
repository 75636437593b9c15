"""Owns the one key of the web processes, which can only search; never sends anything.

Meilisearch derives a key from the master key and the key's own uid (HMAC-SHA256), so whoever
starts the web processes can tell them theirs without asking, and they need no other.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from uuid import UUID, uuid5

_NAMESPACE: Final = UUID("5f3d1c1e-6c1b-4f0c-9a55-7b1f0d7f2a10")


def key_uid(index: str) -> str:
    """The uid of the search key of an index: the same on every server."""
    return str(uuid5(_NAMESPACE, f"search:{index}"))


def search_key(master: str, index: str) -> str:
    """The key that can only search `index`; empty where the server runs without a master key."""
    if not master:
        return ""
    return hmac.new(master.encode(), key_uid(index).encode(), hashlib.sha256).hexdigest()
