"""Owns the one key of the web processes, which can only search and count; sends nothing.

Meilisearch derives a key from the master key and the key's own uid (HMAC-SHA256), so whoever
starts the web processes can tell them theirs without asking, and they need no other.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from uuid import UUID, uuid5

_NAMESPACE: Final = UUID("5f3d1c1e-6c1b-4f0c-9a55-7b1f0d7f2a10")
ACTIONS: Final = ("search", "stats.get")
"""The second tells the operator's page how many documents there are, and whether it is at work."""


def key_uid(index: str) -> str:
    """The uid of the search key of an index: the same on every server, others for other ACTIONS."""
    return str(uuid5(_NAMESPACE, f"{'+'.join(ACTIONS)}:{index}"))


def search_key(master: str, index: str) -> str:
    """The key of `index` that may do ACTIONS alone; empty where the server has no master key."""
    if not master:
        return ""
    return hmac.new(master.encode(), key_uid(index).encode(), hashlib.sha256).hexdigest()
