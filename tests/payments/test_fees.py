"""Every line of a price adds up, for the whole and for any sequence of parts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.fees import FeeTerms, Share, net_of, next_part, quote, take, tax_on
from payments.money import Money
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


@given(prices, fee_terms, st.data())
def test_parts_that_leave_sum_to_what_came_in(
    price: Money, chosen: FeeTerms, data: st.DataObject
) -> None:
    whole = pool = Share.of(quote(price, chosen))
    taken = Share("EUR")
    wanted = data.draw(st.lists(st.integers(1, price.minor), max_size=8))
    for minor in [*wanted, price.minor]:
        if not pool.price:
            break
        part = take(pool, min(minor, pool.price))
        assert min(*part.amounts(), part.net) >= 0
        pool, taken = pool.minus(part), taken.plus(part)
        assert min(*pool.amounts(), pool.net) >= 0
        assert pool.plus(taken) == whole
    assert pool == Share("EUR")


@given(prices, fee_terms)
def test_taking_all_takes_the_quote(price: Money, chosen: FeeTerms) -> None:
    whole = Share.of(quote(price, chosen))
    assert take(whole, whole.price) == whole


@given(st.integers(1_000, 5_000_000), fee_terms, st.data())
def test_a_part_is_within_two_cents_of_its_own_quote(
    minor: int, chosen: FeeTerms, data: st.DataObject
) -> None:
    part_minor = data.draw(st.integers(100, minor))
    part = take(Share.of(quote(eur(minor), chosen)), part_minor)
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
