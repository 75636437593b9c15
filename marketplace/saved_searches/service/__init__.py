"""Owns what changes saved searches and what they send. Split by noun; see each module."""

from __future__ import annotations

from marketplace.saved_searches.service.alerts import look, tick
from marketplace.saved_searches.service.marking import note_changes, on_profile_paused
from marketplace.saved_searches.service.searches import (
    change,
    delete,
    on_person_deleted,
    on_profile_removed,
    pause,
    save,
    stop,
)

__all__ = [
    "change",
    "delete",
    "look",
    "note_changes",
    "on_person_deleted",
    "on_profile_paused",
    "on_profile_removed",
    "pause",
    "save",
    "stop",
    "tick",
]
