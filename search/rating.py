"""Owns the arithmetic of ratings, published under VERSION: what is shown; pure.

Version 1 (2026-11-29): the plain mean of all marks, beside how many reviews it stands on. Where it
orders people, everybody begins with five imagined reviews of 4: one single review neither puts
somebody first nor last, and who has none stands among the others instead of behind them all.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = 1
MARKS: Final = 3
"""Each review gives so many marks, one a criterion, from 1 to 5; all weigh the same."""
FORMULA: Final = "rating = sum of marks / (3 x reviews), rounded half up to two decimals"


def rating(marks: int, reviews: int) -> float | None:
    """The mean of all marks to two decimals, None without a review.

    `marks` is the sum of the three marks of each of `reviews` reviews.
    """
    if not reviews:
        return None
    given = MARKS * reviews
    return (200 * marks + given) // (2 * given) / 100  # halves go up, in whole numbers


PRIOR_RATING: Final = 4
PRIOR_REVIEWS: Final = 5
"""With so many reviews of PRIOR_RATING everybody begins, for the order alone."""


def standing(found: float | None, reviews: int) -> float:
    """What orders people by rating: (5 x 4 + rating x reviews) / (5 + reviews), two decimals."""
    cents = 100 * PRIOR_REVIEWS * PRIOR_RATING + round(100 * (found or 0)) * reviews
    given = PRIOR_REVIEWS + reviews
    return (2 * cents + given) // (2 * given) / 100
