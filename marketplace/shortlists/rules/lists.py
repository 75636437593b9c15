"""Owns the limits of shortlists, their order and what they refuse; never reads or writes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, TypeVar

from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import LOCALES, _, gettext

T = TypeVar("T")

LISTS_MAX: Final = 50
ENTRIES_MAX: Final = 100
NAME_MAX: Final = 80
NOTE_MAX: Final = 2000
KEPT_DAYS: Final = 180
"""How long a browser without an account keeps its list after its last change."""
FIRST_NAME: Final = _("My shortlist")
"""Nobody chose it: kept untranslated, shown in the language of who reads (`named`)."""


class TooManyLists(Conflict):
    """Nobody keeps an overview of more."""

    message = _("There are already %(most)s shortlists. Delete one you no longer need.")


class ListFull(Conflict):
    """The list holds as many profiles as it can."""

    message = _("This shortlist is full: %(most)s profiles. Take some out first.")


class LinkGone(NotFound):
    """The link was revoked, replaced, or never was one."""

    message = _("This link no longer shows a shortlist. Ask for a new one.")


class SharedAlready(Conflict):
    """A list goes from one person to a team, never from a team to another."""

    message = _("This shortlist already belongs to a team.")


class NoteOvertaken(Conflict):
    """Lists of a business are the team's: a colleague's text is not lost unread."""

    message = _(
        "Somebody changed this note since you opened the page. Read what it says now, then keep "
        "yours or join both."
    )


def mark(note: str) -> str:
    """Names a note's text: another mark, another text."""
    return hashlib.sha256(note.encode()).hexdigest()[:16]


def named(name: str) -> str:
    """A list's name as shown: the one given to the first list is said in the reader's language."""
    return gettext(FIRST_NAME) if name in _given() else name


def same_names(name: str) -> frozenset[str]:
    """The names of lists that are called so: the one we give is the same in every language."""
    return _given() if name in _given() else frozenset({name})


def _given() -> frozenset[str]:
    return frozenset({FIRST_NAME, *(gettext(FIRST_NAME, each) for each in LOCALES)})


def moved(rows: Sequence[T], index: int, step: int) -> list[T]:
    """The rows with the one at `index` moved up (-1) or down (1); at an end nothing changes."""
    order = list(rows)
    target = index + step
    if 0 <= index < len(order) and 0 <= target < len(order):
        order.insert(target, order.pop(index))
    return order


def joined_notes(kept: str, brought: str) -> str:
    """The note of a profile that stood on both of two lists that are merged.

    It may be longer than NOTE_MAX: then they are not merged.
    """
    if not brought or brought in kept:
        return kept
    return f"{kept}\n{brought}".strip()
