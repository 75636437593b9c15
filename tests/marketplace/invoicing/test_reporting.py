"""Yearly figures: by quarter and seller they are the ledger's, and the message has its form."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree as ET  # noqa: N812 - as everybody calls it
from pydantic import ValidationError

from marketplace.invoicing.rules import dpi, reporting
from payments.explorer import Earning
from payments.fees import FeeTerms, Share, quote
from payments.money import Money

OPERATOR = dpi.Reported(
    False, "Relais SAS", "", "", "FR", "1 place de la Bourse", "75002", "Paris", "732829320", "FR",
    "732829320", "FR44732829320",
)  # fmt: skip
PERSON = dpi.Reported(
    True, "Léa Roussel", "Léa", "Roussel", "FR", "3 quai Vauban", "59000", "Lille",
    "1234567890123", "FR", "55208131700015", "", date(1990, 5, 4), "Lille", "FR",
)  # fmt: skip
COMPANY = replace(
    PERSON, person=False, name="Bureau Martin SARL", first_name="", country="BE", birth_date=None
)
ZONE = "Europe/Paris"


def earning(
    number: int, at: datetime, price: int, payee: str = "a", *, back: bool = False
) -> Earning:
    share = Share.of(
        quote(Money(price, "EUR"), FeeTerms(500, 500, (200_000,), (200_000,), (200_000,)))
    )
    kind = "clawback" if back else "release"
    return Earning(number, f"k{number}", kind, "c", f"h{number}", "b", payee, at, share, back)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 12),
            st.integers(1, 10**7),
            st.sampled_from("abc"),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_quarters_and_sellers_sum_to_the_ledger(
    drawn: list[tuple[int, int, str, bool]],
) -> None:
    earnings = [
        earning(number, datetime(2026, month, 9, tzinfo=UTC), price, payee, back=back)
        for number, (month, price, payee, back) in enumerate(drawn)
    ]
    expected: Counter[tuple[str, int]] = Counter()
    for each in earnings:
        quarter = (each.at.month + 2) // 3
        expected[each.payee, quarter] += (-1 if each.back else 1) * each.share.net
    outside = [
        reporting.Outside(payee, "part", date(2026, 13 - month, 1), "EUR", price, price // 5)
        for month, price, payee, back in drawn
        if back
    ]
    for paid in outside:
        expected[paid.payee, (paid.paid_on.month + 2) // 3] += paid.price_minor + paid.vat_minor
    found = reporting.tally(earnings, "UTC", outside)
    got = {
        (seller.payee, number): quarter.consideration_minor
        for seller in found
        for number, quarter in seller.quarters.items()
    }
    assert {key: value for key, value in got.items() if value} == {
        key: value for key, value in expected.items() if value
    }
    for seller in found:
        whole = seller.whole
        assert whole.consideration_minor + whole.fees_minor == whole.price_minor + whole.vat_minor
        mine = [each for each in outside if each.payee == seller.payee]
        assert whole.outside_minor == sum(each.price_minor + each.vat_minor for each in mine)


def test_new_year_is_that_of_the_operators_clock_and_one_euro_counts() -> None:
    late = earning(1, datetime(2026, 3, 31, 22, 30, tzinfo=UTC), 100)
    (seller,) = reporting.tally([late], ZONE)  # half past midnight on 1 April in Paris
    assert seller.quarters[2].activities == 1
    assert seller.quarters[1].activities == 0
    assert seller.whole.consideration_minor == 114  # 1.20 less 5 % of 1.00 and VAT on that


def test_a_part_that_was_paid_twice_is_one_activity_and_none_once_all_of_it_came_back() -> None:
    def at(number: int, month: int, price: int, *, back: bool = False) -> Earning:
        found = earning(number, datetime(2026, month, 9, tzinfo=UTC), price, back=back)
        return replace(found, holding="one")

    twice = [at(1, 2, 600), at(2, 2, 300)]
    (seller,) = reporting.tally(twice, ZONE)
    assert seller.quarters[1].activities == 1
    (seller,) = reporting.tally([*twice, at(3, 3, 400, back=True), at(4, 5, 500, back=True)], ZONE)
    assert [seller.quarters[number].activities for number in (1, 2)] == [1, 0]
    assert seller.whole.activities == 0


def test_the_message_has_the_form_of_the_schema() -> None:
    figures = reporting.tally(
        [
            earning(1, datetime(2026, 2, 1, tzinfo=UTC), 1_000_050),
            earning(2, datetime(2026, 8, 1, tzinfo=UTC), 1_000, back=True),
            earning(3, datetime(2026, 8, 1, tzinfo=UTC), 100, "b"),
        ],
        ZONE,
    )
    sellers = [(PERSON, figures[0]), (COMPANY, figures[1])]
    at = datetime(2027, 1, 5, 8, tzinfo=UTC)
    values = {"year": 2026, "receiving": "FR", "reference": "FR2026-732829320-1", "at": at}
    made = dpi.message(OPERATOR, sellers, **values)  # type: ignore[arg-type]
    assert made == dpi.message(OPERATOR, sellers, **values)  # type: ignore[arg-type]
    assert dpi.misplaced(made) == []
    tree = ET.fromstring(made)
    name = f"{{{dpi.DPI}}}"
    amounts = [int(each.text or "") for each in tree.iter(f"{name}ConsQ1")]
    assert amounts == [11_401, 0]  # whole euros of 11,400.57
    assert [each.text for each in tree.iter(f"{name}ConsQ3")] == ["-11", "1"]
    assert [each.text for each in tree.iter(f"{name}NumbQ3")] == ["0", "1"]
    ids = [each.text for each in tree.iter(f"{{{dpi.STF}}}DocRefId")]
    assert len(set(ids)) == 3
    assert [each.tag for each in tree.iter() if "SellerID" in each.tag] == [
        f"{name}IndSellerID",
        f"{name}EntSellerID",
    ]
    swapped = ET.fromstring(made)
    body = swapped[0]
    body.append(body[0])
    body.remove(body[0])
    assert dpi.misplaced(ET.tostring(swapped))
    nothing = dpi.message(OPERATOR, [], **values)  # type: ignore[arg-type]
    assert b"DPI403" in nothing


def test_what_is_missing_is_said() -> None:
    assert dpi.lacks(PERSON) == []
    assert dpi.lacks(replace(PERSON, tin="", birth_date=None)) == ["tin", "birth_date"]
    assert dpi.lacks(COMPANY) == []


def test_regimes_are_data_with_sources() -> None:
    known = {each.code: each for each in reporting.regimes()}
    assert set(known) == {"dac7", "gb", "ca"}
    assert known["dac7"].due_on(2026) == date(2027, 1, 31)
    assert len(known["dac7"].countries) == 27
    seen = [country for each in known.values() for country in each.countries]
    assert len(seen) == len(set(seen))
    assert all(each.source for each in known.values())
    with pytest.raises(ValidationError):
        reporting.Regime.model_validate(known["gb"].model_dump() | {"deadline": "soon"})
