"""Owns the states of a profile and the fixed vocabularies in it; never reads or writes."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _


class Status(StrEnum):
    """Where a profile stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"


TRANSITIONS: Final[dict[Status, frozenset[Status]]] = {
    Status.DRAFT: frozenset({Status.PUBLISHED}),
    Status.PUBLISHED: frozenset({Status.PAUSED}),
    Status.PAUSED: frozenset({Status.PUBLISHED}),
}


class Engagement(StrEnum):
    """How an assistant may be engaged; the same words as contracts' kinds."""

    HOURLY = "hourly"
    FLAT_FEE = "flat_fee"
    PROJECT = "project"


class Level(IntEnum):
    """How well a skill is mastered."""

    NOVICE = 1
    CONFIRMED = 2
    EXPERT = 3


class Cefr(StrEnum):
    """Levels of the Common European Framework of Reference for Languages."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"


# The languages offered; ISO 639-1, most asked for first. Names come from Unicode CLDR.
LANGUAGES: Final = (
    "fr", "en", "de", "es", "it", "pt", "nl", "lb", "ar", "zh", "ja", "ko", "ru", "uk", "pl",
    "ro", "cs", "sk", "hu", "el", "tr", "sv", "da", "no", "fi", "bg", "hr", "sr", "sq", "ca",
    "eu", "br", "co", "he", "fa", "hi", "bn", "ta", "ur", "vi", "th", "id", "ms", "tl", "mg",
    "wo", "sw", "ln", "ht", "kab", "zu", "af", "ga", "cy", "lt", "lv", "et", "sl",
)  # fmt: skip


class Overtaken(Conflict):
    """What is to be replaced was saved by somebody else since it was looked at."""


class IllegalStep(Conflict):
    """The profile's state does not allow this step."""

    message = _("This profile cannot do that at this stage.")


def may_move(current: Status, target: Status) -> bool:
    """Whether the table allows the step."""
    return target in TRANSITIONS[current]
