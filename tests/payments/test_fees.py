"""Every line of a price adds up, for the whole and for any sequence of parts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.fees import FeeTerms, Share, net_of, next_part, quote, tax_on
from payments.money import Money
from payments.taking import left_of, take
from tests.factories.fees import fee_terms, rates
from tests.payments.conftest import eur

prices = st.integers(1, 5_000_000).map(eur)


@given(prices, fee_terms)
def test_the_lines_of_a_quote_add_up(price: Money, chosen: FeeTerms) -> None:
    lines = quote(price, chosen)
    assert lines.held == lines.price + lines.price_vat
    assert lines.client_total == lines.held + lines.client_fee + lines.client_fee_vat
    assert lines.assistant_net + lines.assistant_fee + lines.assistant_fee_vat == lines.held
    assert lines.assistant_net.minor >= 0


def test_the_example_of_the_design() -> None:
    lines = quote(eur(100_000), FeeTerms(500, 1000, (200_000,), (200_000,), ()))
    assert (lines.client_total, lines.assistant_net) == (eur(106_000), eur(88_000))
    assert (lines.client_fee, lines.client_fee_vat) == (eur(5_000), eur(1_000))
    assert (lines.assistant_fee, lines.assistant_fee_vat) == (eur(10_000), eur(2_000))


@given(st.lists(prices, min_size=1, max_size=6), fee_terms)
def test_parts_that_are_funded_sum_to_the_quote_of_the_whole(
    parts: list[Money], chosen: FeeTerms
) -> None:
    already, pool = eur(0), Share("EUR")
    for part in parts:
        pool = pool.plus(next_part(already, part, chosen))
        already += part
    whole = Share.of(quote(already, chosen))
    assert (pool.price, pool.price_vat) == (whole.price, whole.price_vat)
    if min(part.minor for part in parts) > 100:  # below, a part's fee may give way to its price
        assert pool == whole


def off(part: Share, chosen: FeeTerms) -> tuple[int, int, int]:
    """By how much each tax of a part is not the one on its own line."""
    return (
        part.price_vat - tax_on(part.money(part.price), chosen.supplier_vat_ppm).minor,
        part.client_fee_vat - tax_on(part.money(part.client_fee), chosen.client_fee_vat_ppm).minor,
        part.assistant_fee_vat
        - tax_on(part.money(part.assistant_fee), chosen.assistant_fee_vat_ppm).minor,
    )


@given(prices, fee_terms, st.data())
def test_parts_that_leave_sum_to_what_came_in_and_each_is_taxed_on_its_own(
    price: Money, chosen: FeeTerms, data: st.DataObject
) -> None:
    """Parts that are paid, sent back or carried on to a holding that is funded itself."""
    whole = pool = Share.of(quote(price, chosen))
    other, taken = Share("EUR"), Share("EUR")
    moves = st.tuples(st.integers(1, price.minor), st.sampled_from(["pay", "pay", "carry", "fund"]))
    came = whole
    for minor, what in [*data.draw(st.lists(moves, max_size=8)), (0, "pay"), (0, "rest")]:
        if what == "fund":
            more = next_part(eur(other.price), eur(minor), chosen)
            other, came = other.plus(more), came.plus(more)
            continue
        source = other if what == "rest" else pool
        if not source.price:
            continue
        part = take(source, min(minor or source.price, source.price), chosen)
        left = left_of(source, part, chosen)
        assert min(*part.amounts(), part.net, *left.amounts(), left.net) >= 0
        slack = len(chosen.supplier_vat_ppm) + 1, len(chosen.client_fee_vat_ppm) + 1, 0
        assert all(abs(a) <= b for a, b in zip(off(part, chosen), slack, strict=True)), part
        if what == "carry":
            pool, other = left, other.plus(part)
            continue
        pool, other = (pool, left) if what == "rest" else (left, other)
        taken = taken.plus(part)
        assert (pool.plus(other).plus(taken).held, pool.plus(other).plus(taken).deferred) == (
            came.held,
            came.deferred,
        )
    assert (pool, other) == (Share("EUR"), Share("EUR"))
    assert (taken.price, taken.held, taken.total) == (came.price, came.held, came.total)


def test_a_week_that_was_paid_in_part_is_taxed_to_the_cent() -> None:
    """Of 299.90 held, 75.47 were worked: 20 % of a fee of 3.77 is 0.75, on both papers."""
    terms = FeeTerms(500, 500, (200_000,), (200_000,), ())
    whole = Share.of(quote(eur(29_990), terms))
    part = take(whole, 7_547, terms)
    assert (part.client_fee, part.client_fee_vat) == (377, 75)
    assert (part.assistant_fee, part.assistant_fee_vat, part.net) == (377, 75, 7_095)
    for minor in range(25, 29_990, 25):
        part = take(whole, minor, terms)
        assert off(part, terms) == (0, 0, 0)
        rest = left_of(whole, part, terms)
        assert abs(sum(off(take(rest, rest.price, terms), terms))) <= 1


@given(prices, fee_terms, st.data())
def test_without_terms_parts_are_proportional(
    price: Money, chosen: FeeTerms, data: st.DataObject
) -> None:
    pool = whole = Share.of(quote(price, chosen))
    taken = Share("EUR")
    for minor in [*data.draw(st.lists(st.integers(1, price.minor), max_size=8)), price.minor]:
        if pool.price:
            part = take(pool, min(minor, pool.price))
            pool, taken = left_of(pool, part), taken.plus(part)
            assert min(*part.amounts(), part.net, *pool.amounts(), pool.net) >= 0
            assert pool.plus(taken) == whole


@given(prices, fee_terms)
def test_taking_all_takes_the_quote(price: Money, chosen: FeeTerms) -> None:
    whole = Share.of(quote(price, chosen))
    assert take(whole, whole.price, chosen) == whole


@given(st.integers(1_000, 5_000_000), fee_terms, st.data())
def test_a_part_is_within_two_cents_of_its_own_quote(
    minor: int, chosen: FeeTerms, data: st.DataObject
) -> None:
    part_minor = data.draw(st.integers(100, minor))
    part = take(Share.of(quote(eur(minor), chosen)), part_minor, chosen)
    own = Share.of(quote(eur(part_minor), chosen))
    differences = zip(part.amounts(), own.amounts(), strict=True)
    assert max(abs(a - b) for a, b in differences) <= 2


@pytest.mark.parametrize("price_minor", [0, 101])
def test_more_than_is_left_is_never_taken(price_minor: int) -> None:
    with pytest.raises(ValueError, match="part"):
        take(Share.of(quote(eur(100), FeeTerms())), price_minor)


def test_terms_are_basis_points_within_reason() -> None:
    with pytest.raises(ValueError, match="client_bps"):
        FeeTerms(client_bps=-1)
    with pytest.raises(ValueError, match="assistant_bps"):
        FeeTerms(assistant_bps=5_001)
    for wrong in ((0,), (-1,), (300_000, 200_001)):
        with pytest.raises(ValueError, match="supplier_vat_ppm"):
            FeeTerms(supplier_vat_ppm=wrong)


@given(fee_terms)
def test_terms_are_read_back_as_they_were_kept(chosen: FeeTerms) -> None:
    assert FeeTerms.from_json(json.loads(json.dumps(chosen.as_json()))) == chosen


def test_terms_kept_before_rates_were_exact_are_read_as_their_paper_said() -> None:
    old = {"client_bps": 500, "assistant_bps": 0, "client_fee_vat_bps": 2_000}
    read = FeeTerms.from_json(old | {"assistant_fee_vat_bps": 0, "supplier_vat_bps": 1_498})
    assert read == FeeTerms(500, 0, (200_000,), (), (50_000, 99_750))
    assert FeeTerms.from_json(old | {"supplier_vat_bps": 1_925}).supplier_vat_ppm == (192_500,)


@pytest.mark.parametrize(
    ("price", "tax"),
    # In cents: 5,000 + 9,975; 0.5 and 1.0 up; 500.5 up and 998.4975 down; both up
    [(100_000, 14_975), (10, 2), (10_010, 1_499), (123_456_790, 6_172_840 + 12_314_815)],
)
def test_two_taxes_are_each_rounded_on_the_price(price: int, tax: int) -> None:
    assert tax_on(Money(price, "CAD"), (50_000, 99_750)).minor == tax


@given(prices, rates)
def test_the_price_is_found_again_in_what_was_paid(price: Money, taxes: tuple[int, ...]) -> None:
    assert net_of(price + tax_on(price, taxes), taxes) == price
