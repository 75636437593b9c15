"""Turnover against dated limits: what is used, what is passed, when an exemption ends."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.rules import (
    Standing,
    Watch,
    crossings,
    exemption_ends,
    standing,
)

DAY = date(2026, 11, 23)


def limits(code: str, on: date = DAY) -> list[jurisdictions.Limit]:
    return [each for each in jurisdictions.get(code).limits if each.holds(on)]


@pytest.mark.parametrize(
    ("used", "levels"),
    [
        (0, [0, 0, 0]),
        (29_999_99, [0, 0, 0]),
        (30_000_00, [80, 0, 0]),
        (32_999_99, [80, 0, 0]),
        (33_000_00, [80, 80, 0]),
        (37_499_99, [80, 80, 0]),
        (37_500_00, [100, 80, 0]),
        (41_250_00, [100, 100, 0]),
        (66_880_00, [100, 100, 80]),
        (83_600_00, [100, 100, 100]),
    ],
)
def test_a_french_micro_is_told_at_80_and_100_percent_of_each_limit(
    used: int, levels: list[int]
) -> None:
    lines = crossings(limits("FR"), {Watch.TURNOVER: used, Watch.REGIME: used}, "EUR")
    assert [each.limit_minor for each in lines] == [37_500_00, 41_250_00, 83_600_00]
    assert [each.level for each in lines] == levels


@pytest.mark.parametrize(
    ("this_year", "last_year", "stands"),
    [
        (37_500_00, 0, Standing.INSIDE),  # "n'a pas excédé": the limit itself is still inside
        (37_500_01, 0, Standing.LEAVING),
        (41_250_00, 0, Standing.LEAVING),
        (41_250_01, 0, Standing.OUT),
        (0, 37_500_00, Standing.INSIDE),
        (0, 37_500_01, Standing.OUT),
        (41_250_01, 99_000_00, Standing.OUT),
    ],
)
def test_a_french_exemption_ends_next_year_or_at_once(
    this_year: int, last_year: int, stands: Standing
) -> None:
    assert standing(limits("FR"), this_year, last_year) is stands


JUNE, JULY, MAY = date(2026, 6, 10), date(2026, 7, 3), date(2026, 5, 1)


@pytest.mark.parametrize(
    ("earned", "last_year", "ends"),
    [
        ([(JUNE, 37_500_00)], 0, None),
        ([(JUNE, 37_500_01)], 0, date(2027, 1, 1)),
        ([(JUNE, 37_500_00), (JULY, 3_750_00)], 0, date(2027, 1, 1)),
        ([(JUNE, 37_500_00), (JULY, 3_750_01)], 0, JULY),
        ([(JULY, 3_750_01), (JUNE, 37_500_00), (MAY, 1)], 0, JULY),
        ([(JUNE, 50_000_00), (JULY, -20_000_00)], 0, JUNE),  # the day stays, whatever is given back
        ([], 37_500_01, date(2026, 1, 1)),
        ([(JUNE, 50_000_00)], 41_250_01, date(2026, 1, 1)),
        ([], 0, None),
    ],
)
def test_the_day_from_which_vat_is_due(
    earned: list[tuple[date, int]], last_year: int, ends: date | None
) -> None:
    assert exemption_ends(limits("FR"), earned, last_year, 2026) == ends


def test_germany_counts_the_year_before_and_a_cap_at_once() -> None:
    assert standing(limits("DE"), 99_999_00, 25_000_00) is Standing.LEAVING
    assert standing(limits("DE"), 100_000_01, 25_000_00) is Standing.OUT
    assert standing(limits("DE"), 0, 25_000_01) is Standing.OUT


def test_where_we_do_not_know_when_a_limit_counts_it_decides_nothing() -> None:
    assert standing(limits("BE"), 90_000_00, 90_000_00) is Standing.INSIDE
    (line,) = crossings(limits("BE"), {Watch.TURNOVER: 25_000_00}, "EUR")
    assert (line.level, line.effect) == (100, None)


def test_morocco_watches_each_client_and_never_goods_or_voluntary_limits() -> None:
    lines = crossings(limits("MA"), {Watch.TURNOVER: 0, Watch.CLIENT: 64_000_00}, "MAD")
    assert [(each.code, each.level) for each in lines] == [
        ("auto_entrepreneur.per_client", 80),
        ("auto_entrepreneur.services", 0),
    ]
    codes = {each.code for each in crossings(limits("ZA"), {}, "ZAR")}
    assert codes == {"vat.base"}


def test_limits_of_another_currency_or_day_do_not_count() -> None:
    assert crossings(limits("FR"), {}, "USD") == []
    assert [each.limit_minor for each in crossings(limits("FR", date(2029, 1, 1)), {}, "EUR")] == [
        37_500_00,
        41_250_00,
    ]


@given(st.integers(0, 10**9), st.integers(0, 10**8), st.sampled_from(jurisdictions.all()))
def test_more_turnover_never_lowers_a_level_or_a_standing(
    used: int, more: int, place: jurisdictions.Jurisdiction
) -> None:
    order = list(Standing)
    held = limits(place.code)
    before = crossings(held, {Watch.TURNOVER: used}, place.currency)
    after = crossings(held, {Watch.TURNOVER: used + more}, place.currency)
    assert all(a.level >= b.level for a, b in zip(after, before, strict=True))
    assert order.index(standing(held, used + more, 0)) >= order.index(standing(held, used, 0))
