"""Money is exact: integers of one currency, split without losing a cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.money import HELD_CURRENCIES, CurrencyMismatch, Money, half_up

minors = st.integers(-(10**12), 10**12)
amounts = st.builds(Money, minors, st.sampled_from(HELD_CURRENCIES))


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_the_parts_of_an_allocation_sum_to_the_whole(amount: Money, weights: list[int]) -> None:
    parts = amount.allocate(weights)
    assert Money.sum(parts, amount.currency) == amount
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(amount.minor * weight, sum(weights))
        assert abs(part.minor - exact) < 1


@given(minors, st.integers(0, 20_000))
def test_a_percentage_is_rounded_half_up(minor: int, bps: int) -> None:
    exact = Fraction(minor * bps, 10_000)
    rounded = Money(minor, "EUR").basis_points(bps).minor
    assert abs(rounded - exact) <= Fraction(1, 2)
    assert half_up(-minor * bps, 10_000) == -half_up(minor * bps, 10_000)


def test_halves_go_away_from_zero() -> None:
    assert [half_up(n, 2) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]


def test_two_currencies_never_meet() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "GBP")
    with pytest.raises(CurrencyMismatch):
        _ = Money(1, "EUR") < Money(2, "GBP")
    assert Money(1, "EUR") != Money(1, "GBP")


@pytest.mark.parametrize("number", [1, 1.0, Decimal(1), True])
def test_money_is_never_compared_with_a_number(number: object) -> None:
    with pytest.raises(TypeError):
        _ = Money(1, "EUR") == number


@pytest.mark.parametrize("minor", [1.0, "1", True, Decimal(1)])
def test_minor_units_are_integers(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "EUR")  # type: ignore[arg-type]


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="XYZ"):
        Money(1, "XYZ")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1 234,50", "EUR", 123_450),
        ("12", "CHF", 1_200),
        ("0.5", "USD", 50),
        ("500", "XOF", 500),
        ("32,50 €", "EUR", 3_250),
        ("€32.50", "EUR", 3_250),
        ("32 eur", "EUR", 3_200),
        ("1,250.50", "GBP", 125_050),
        ("1.250,50", "EUR", 125_050),
        ("1,234,567", "EUR", 123_456_700),
        ("1.234.567,8", "EUR", 123_456_780),
        ("CA$40", "CAD", 4_000),
        ("40 $CA", "CAD", 4_000),
        ("Fr. 45", "CHF", 4_500),
        ("1’200.50", "CHF", 120_050),
        ("1,250", "TND", 1_250),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text", ["", "1,234", "-5", "1e3", "12,345,6", "abc", "NaN", "$32", "1,23,456.5", "€", "1.2.3"]
)
def test_what_is_not_an_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(text, "EUR")


@given(amounts)
def test_the_decimal_is_exact(amount: Money) -> None:
    assert int(amount.decimal * 10**amount.exponent) == amount.minor


def test_zero_decimal_currencies_have_no_cents() -> None:
    assert str(Money(500, "XOF")) == "500 XOF"
    assert str(Money(500, "EUR")) == "5.00 EUR"
