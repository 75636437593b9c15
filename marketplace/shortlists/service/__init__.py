"""Owns what changes shortlists. Split by noun; see each module."""

from __future__ import annotations

from marketplace.shortlists.service.joining import (
    adopt,
    on_party_closed,
    on_person_deleted,
    on_profile_removed,
)
from marketplace.shortlists.service.keeping import drop, keep, move, note, remove
from marketplace.shortlists.service.linking import make_link, revoke_link
from marketplace.shortlists.service.naming import create, delete, rename, share
from marketplace.shortlists.service.reviewing import open_blind, open_from_search, score
from marketplace.shortlists.service.upkeep import upkeep

__all__ = [
    "adopt",
    "create",
    "delete",
    "drop",
    "keep",
    "make_link",
    "move",
    "note",
    "on_party_closed",
    "on_person_deleted",
    "on_profile_removed",
    "open_blind",
    "open_from_search",
    "remove",
    "rename",
    "revoke_link",
    "score",
    "share",
    "upkeep",
]
