"""The rating is what its published formula makes of the listed marks, whoever computes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from marketplace.reviews import rules
from search.rating import MARKS, PRIOR_RATING, rating, standing

marks = st.lists(st.lists(st.integers(1, 5), min_size=MARKS, max_size=MARKS), max_size=60)


@given(marks)
def test_the_rating_is_the_mean_of_all_marks(reviews: list[list[int]]) -> None:
    total = sum(map(sum, reviews))
    found = rating(total, len(reviews))
    if not reviews:
        assert found is None
        return
    mean = Fraction(total, MARKS * len(reviews))
    exact = Decimal(mean.numerator) / Decimal(mean.denominator)
    assert Decimal(str(found)) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert found is not None
    assert 1 <= found <= 5
    assert rating(total * 2, len(reviews) * 2) == found  # saying everything twice changes nothing


@given(marks.filter(bool), st.integers(0, 59), st.integers(0, 2))
def test_a_better_mark_never_lowers_it(reviews: list[list[int]], which: int, mark: int) -> None:
    total = sum(map(sum, reviews))
    better = min(5, reviews[which % len(reviews)][mark] + 1) - reviews[which % len(reviews)][mark]
    before, after = rating(total, len(reviews)), rating(total + better, len(reviews))
    assert before is not None
    assert after is not None
    assert after >= before


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from(["Europe/Paris", "America/Toronto", "Indian/Antananarivo", "Pacific/Noumea"]),
)
def test_a_round_lasts_fourteen_whole_days(moment: datetime, zone: str) -> None:
    opened = moment.replace(tzinfo=UTC)
    closes = rules.closes(opened, zone)
    hours = (closes - opened) / timedelta(hours=1)
    assert rules.REVIEW_DAYS * 24 - 1 <= hours <= (rules.REVIEW_DAYS + 1) * 24 + 1
    assert closes.hour == closes.minute == 0
    assert rules.last_day(closes, zone) == closes.date() - timedelta(days=1)


@given(st.integers(100, 500), st.integers(1, 500), st.integers(1, 500))
def test_where_ratings_order_few_reviews_say_little(cents: int, few: int, more: int) -> None:
    shown = cents / 100
    nobody, by_few, by_all = (
        standing(None, 0), standing(shown, few), standing(shown, few + more),
    )  # fmt: skip
    assert nobody == PRIOR_RATING
    away = [abs(each - PRIOR_RATING) for each in (nobody, by_few, by_all, shown)]
    assert away == sorted(away)  # the more reviews, the nearer to what they say
    assert standing(min(5, shown + 0.01), few) >= by_few
