"""Packs, the arithmetic: no unit is drawn twice or out of its time, and no cent is lost."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.work.rules import packs
from payments.fees import FeeTerms, Share, quote
from payments.money import Money
from payments.taking import take
from tests.factories.fees import fee_terms

DAY_ONE = date(2027, 1, 4)


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[packs.Lot], list[packs.Use]]:
    """Lots of weeks that roll over or not, further packs, and uses on any day."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        starts = DAY_ONE + timedelta(days=7 * number)
        ends = starts + timedelta(days=6)
        size = draw(st.integers(1, 30))
        found.append(
            packs.Lot(
                key=number,
                size=size,
                gone=draw(st.integers(0, size)),
                covers_from=DAY_ONE if draw(st.booleans()) else starts,
                ends_on=ends,
                usable_until=ends + timedelta(days=7 * draw(st.integers(0, 3))),
                rolls=draw(st.integers(0, size)),
            )
        )
    days = st.integers(0, 60).map(lambda n: DAY_ONE + timedelta(days=n))
    uses = [
        packs.Use(number, draw(days), draw(st.integers(1, 12)))
        for number in range(draw(st.integers(0, 15)))
    ]
    return found, uses


@given(pools())
def test_no_unit_is_drawn_twice_out_of_its_time_or_beyond_what_rolls_over(
    pool: tuple[list[packs.Lot], list[packs.Use]],
) -> None:
    found, uses = pool
    by_lot = {lot.key: lot for lot in found}
    by_use = {use.key: use for use in uses}
    drawn = packs.draws(found, uses)
    for draw in drawn:
        lot, use = by_lot[draw.lot], by_use[draw.use]
        assert draw.quantity > 0
        assert lot.covers_from <= use.used_on <= lot.usable_until
    for lot in found:
        mine = [draw for draw in drawn if draw.lot == lot.key]
        late = [draw for draw in mine if by_use[draw.use].used_on > lot.ends_on]
        assert sum(draw.quantity for draw in mine) <= lot.left
        assert sum(draw.quantity for draw in late) <= lot.rolls
    for use in uses:
        covered = sum(draw.quantity for draw in drawn if draw.use == use.key)
        assert covered <= use.wanted
        if covered < use.wanted:  # not covered only where no lot of that day had anything to give
            for lot in found:
                mine = [draw for draw in drawn if draw.lot == lot.key]
                late = [draw for draw in mine if by_use[draw.use].used_on > lot.ends_on]
                open_then = lot.covers_from <= use.used_on <= lot.usable_until
                left = lot.left - sum(draw.quantity for draw in mine)
                rolls = lot.rolls - sum(draw.quantity for draw in late)
                assert not open_then or left == 0 or (use.used_on > lot.ends_on and rolls == 0)


@given(st.integers(1, 5_000_000), st.integers(1, 600), st.data())
def test_used_returned_and_expired_units_sum_to_the_price_to_the_cent(
    price: int, size: int, data: st.DataObject
) -> None:
    gone, total = 0, 0
    while gone < size:
        quantity = data.draw(st.integers(1, size - gone))
        part = packs.worth(price, size, gone, quantity)
        assert part >= 0
        assert abs(part - price * quantity / size) <= 1
        gone, total = gone + quantity, total + part
    assert total == price


@given(
    st.integers(100, 1_000_000), st.integers(1, 200),
    fee_terms, st.data(),
)  # fmt: skip
def test_fees_and_vat_go_with_each_unit_and_lose_no_cent(
    price: int, size: int, fees: FeeTerms, data: st.DataObject
) -> None:
    whole = pool = Share.of(quote(Money(price, "EUR"), fees))
    gone, taken = 0, Share("EUR")
    while gone < size:
        quantity = data.draw(st.integers(1, size - gone))
        amount = packs.worth(price, size, gone, quantity)
        if amount:
            part = take(pool, amount)
            assert min(part.amounts()) >= 0
            pool, taken = pool.minus(part), taken.plus(part)
        gone += quantity
    assert taken == whole


@given(st.integers(0, 60), st.integers(0, 40))
def test_what_lapses_is_all_that_is_left_and_what_rolls_lapses_last(left: int, rolls: int) -> None:
    lot = packs.Lot(1, 60, 0, DAY_ONE, DAY_ONE, DAY_ONE + timedelta(days=7), rolls)
    found = packs.lapses(lot, left, rolls)
    assert sum(quantity for _day, quantity in found) == left
    assert dict(found).get(lot.usable_until, 0) == min(left, rolls)


def test_two_notices_come_from_fourteen_and_three_days_before_and_never_on_one_day() -> None:
    last = date(2027, 3, 31)
    assert packs.notice_due(date(2027, 3, 16), last, []) is None
    assert packs.notice_due(date(2027, 3, 17), last, []) == 1
    assert packs.notice_due(date(2027, 3, 27), last, [date(2027, 3, 17)]) is None
    assert packs.notice_due(date(2027, 3, 28), last, [date(2027, 3, 17)]) == 2
    assert packs.notice_due(date(2027, 3, 30), last, [date(2027, 3, 30)]) is None
    assert packs.notice_due(date(2027, 3, 31), last, [date(2027, 3, 30)]) == 2
    assert packs.notice_due(date(2027, 4, 1), last, []) is None
