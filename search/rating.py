"""Owns the arithmetic of ratings, published under VERSION: what is shown; pure.

Version 1 (2026-11-29): the plain mean of all marks, beside how many reviews it stands on.
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
