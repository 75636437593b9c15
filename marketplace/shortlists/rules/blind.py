"""Owns the blind review: its limits, its letters, its scores; never reads, writes or shows anybody.

Candidates stand under letters drawn by chance when the review opens. Each reviewer scores every
candidate on the same criteria and saves once; only then are the identities shown to that person.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Final

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _

CANDIDATES_LEAST: Final = 2
CANDIDATES_MOST: Final = 12
COUNT: Final = 6
"""How many matches of a search are compared unless told otherwise."""
CRITERIA_MOST: Final = 6
CRITERION_MAX: Final = 80
SCORE_LEAST: Final = 1
SCORE_MOST: Final = 5
YEARS_TOLD: Final = 10
"""Longer practice is told as "10 years or more": exact years say how old somebody is."""

Scores = Mapping[str, Sequence[int]]
"""Letter -> one score for each criterion."""


class AlreadyBlind(Conflict):
    """A list is reviewed once; another round needs another list."""

    message = _("This shortlist is already under blind review.")


class WrongNumber(Conflict):
    """Too few or too many candidates for a fair comparison."""

    message = _("A blind review compares %(least)s to %(most)s profiles of the directory.")


class CandidatesFixed(Conflict):
    """Who is compared does not change while somebody still reviews without names."""

    message = _("This shortlist is under blind review: its candidates stay as they are.")


class AlreadyScored(Conflict):
    """Scores are given before the names are known, so they are not changed afterwards."""

    message = _("Your scores are saved: they cannot be changed once the names are shown.")


class NotBlind(Conflict):
    """There is nothing to score."""

    message = _("This shortlist is not under blind review.")


class StillBlind(Conflict):
    """What would show names has to wait for this person's scores."""

    message = _("Save your scores first: until then no name is shown.")


def letters(count: int) -> list[str]:
    """Letters for so many candidates, drawn by chance."""
    drawn = list(ascii_uppercase[:count])
    secrets.SystemRandom().shuffle(drawn)
    return drawn


def unscored(scores: Scores, asked: Sequence[str], criteria: int) -> list[tuple[str, int]]:
    """(letter, criterion) of every score that is missing or out of range."""
    wrong = []
    for letter in asked:
        given = scores.get(letter, ())
        wrong += [
            (letter, number)
            for number in range(criteria)
            if number >= len(given) or not SCORE_LEAST <= given[number] <= SCORE_MOST
        ]
    return wrong


def mean(reviews: Sequence[Scores], letter: str) -> float | None:
    """The mean of all reviewers' scores of a candidate, 1 to 5; None without any."""
    given = [score for scores in reviews for score in scores.get(letter, ())]
    return sum(given) / len(given) if given else None


def years_told(years: int) -> int:
    """The years of practice as a blind review tells them."""
    return min(years, YEARS_TOLD)
