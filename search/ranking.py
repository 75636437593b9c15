"""Owns the published order of the results: its rules, weights, draw and rotation; finds nobody.

Everything that can move someone up or down stands here, under VERSION, and is shown to anyone at
/ranking. Only facts of the work count; nothing a payment writes does (RANKED_FIELDS, and a test).

Version 1 (2026-11-23): words, typos, closeness, exactness, place of the words.
Version 2 (2026-11-23): merit and a fixed lot among equals; newcomers take turns beside the results.
Version 3 (2026-11-28): the place of the words, first skills first, before their closeness.
Version 4 (2026-11-28): all matching newcomers take part in a draw, 200 at most before; words are
close when they stand in the same part of a profile.
Version 5 (2026-11-29): where ratings order, all begin with five reviews of 4 (search.rating).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

VERSION: Final = 5
COMBINATION: Final = "lexicographic"
RULES: Final = ("sort", "words", "typo", "attribute", "proximity", "exactness")
"""Meilisearch's rules in order; the first in which two people differ decides."""
AMONG_EQUALS: Final = ("merit:desc", "lot:asc")
WEIGHTS: Final = {"response": 12.0, "recency": 1.0}
"""Merit = 12 x response (0 to 1) + 1 x recency (months since January 2020 of the last change)."""
RESPONSE: Final = ((60, 1.0), (240, 0.8), (1440, 0.6), (4320, 0.3))
"""Usual minutes to a first answer, at most -> response; slower is 0."""
RESPONSE_UNKNOWN: Final = 0.6
"""Newcomers count as answering within a day."""
RECENCY_START: Final = 2020
RANKED_FIELDS: Final = frozenset(
    {
        *("id", "name", "headline_fr", "headline_en", "bio_fr", "bio_en", "skills", "tools"),
        *("spoken", "region_names", "city_names", "response_minutes", "updated_at"),
        # Only when someone sorts by them, or where no word is left to compare.
        *("rate_minor", "currency", "rating", "reviews", "published_at", "lat", "lng"),
    }
)
"""What of an AssistantDocument may change an order."""

NEW_DAYS: Final = 30
QUOTA: Final = 2
SPARE: Final = 4
"""So many more are asked for, in case some of the first stand on the page anyway."""
TURNS: Final = (4, 9)
"""Places among the first page's cards at which newcomers are shown."""
DRAWS: Final = NEW_DAYS + 1
"""Days on which somebody is new, so that each brings another draw; then the seeds begin again."""
LISTED: Final = 200
"""Candidates named beside an explained search, those who drew the smallest numbers."""
SEED: Final = "relais-rotation-3"


@dataclass(frozen=True, slots=True)
class Rotation:
    """Who took a turn on a day, by `seed`: `placed` (ids), in the order of the draw.

    `candidates`, where they were asked for, are the first LISTED ids of that order.
    """

    day: date
    seed: str
    placed: tuple[str, ...]
    candidates: tuple[str, ...] = ()


def response(minutes: int | None) -> float:
    """How reliably someone answers, 0 to 1."""
    if minutes is None:
        return RESPONSE_UNKNOWN
    return next((value for most, value in RESPONSE if minutes <= most), 0.0)


def recency(updated_at: int) -> int:
    """Months from January 2020 to a time (Unix seconds); differences never change with time."""
    if not updated_at:
        return 0
    day = datetime.fromtimestamp(updated_at, UTC)
    return max(0, (day.year - RECENCY_START) * 12 + day.month - 1)


def merit(minutes: int | None, updated_at: int) -> float:
    """What decides among people who fit equally well."""
    parts = {"response": response(minutes), "recency": float(recency(updated_at))}
    return round(sum(WEIGHTS[name] * value for name, value in parts.items()), 1)


def lot(id_: str) -> int:
    """A fixed number of a profile, for those equal in everything else; nobody can choose it."""
    return _number(id_)


def _number(text: str) -> int:
    """The first 48 bits of a SHA-256, which the index holds exactly."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def seed_of(day: date) -> str:
    """The published seed of a day's turns."""
    return _seed(day.toordinal() % DRAWS)


def _seed(draw: int) -> str:
    return f"{SEED}:{draw}"


def ticket(seed: str, id_: str) -> str:
    """What a newcomer draws on a day; the smallest ones take the turns."""
    return hashlib.sha256(f"{seed}:{id_}".encode()).hexdigest()


def tickets(id_: str) -> dict[str, int]:
    """What a profile draws in each of the draws, as numbers in the order of `ticket`.

    They are indexed with a new profile, so that the index finds the smallest among any people.
    """
    return {str(draw): _number(f"{_seed(draw)}:{id_}") for draw in range(DRAWS)}


def drawn_by(day: date) -> str:
    """The indexed field that holds what newcomers draw on a day."""
    return f"turn.{day.toordinal() % DRAWS}"


def new_since(day: date) -> int:
    """From when on a profile counts as new (Unix seconds)."""
    return int(datetime.combine(day - timedelta(days=NEW_DAYS), time(), UTC).timestamp())
