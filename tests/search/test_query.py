"""What may be asked, its one written form, and what is told about the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.profiles.rules.states import LANGUAGES
from search import rates
from search.geo import box, distance_km
from search.parameters import PARAMETERS
from search.query import canonical, dropped, parse
from tests.search.conftest import WORLD

if TYPE_CHECKING:
    from pathlib import Path


def test_the_order_of_parameters_does_not_matter() -> None:
    one, _ = parse([("tool", "sage"), ("skill", "invoicing"), ("skill", "bookkeeping")], WORLD)
    two, _ = parse([("skill", "bookkeeping"), ("tool", "sage"), ("skill", "invoicing")], WORLD)
    assert canonical(one) == canonical(two)
    assert canonical(one) == [("skill", "bookkeeping"), ("skill", "invoicing"), ("tool", "sage")]


@pytest.mark.parametrize(
    ("name", "values", "kept"),
    [("country", ("FR", "fr"), "FR"), ("city", ("paris", "PARIS"), "paris"),
     ("region", ("fr-bre", "FR-BRE"), "FR-BRE")],
)  # fmt: skip
def test_a_value_written_in_two_ways_is_one(name: str, values: tuple[str, ...], kept: str) -> None:
    query, problems = parse([(name, value) for value in values], WORLD)
    assert canonical(query) == [(name, kept)]
    assert problems == []


def test_defaults_and_blanks_are_left_out() -> None:
    query, problems = parse(
        [("q", " "), ("sort", "relevance"), ("page", "1"), ("currency", "EUR"), ("facets", "1")],
        WORLD,
    )
    assert canonical(query) == []
    assert problems == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("colour", "red"),
        ("skill", "alchemy"),
        ("tool", "invoicing"),
        ("speaks", "fr:Z9"),
        ("speaks", "zz"),
        ("speaks", "xx:A1"),
        ("speaks", "mul"),
        ("country", "FRANCE"),
        ("near", "atlantis"),
        ("within_km", "501"),
        ("charges_vat", "yes"),
        ("engagement", "barter"),
        ("rate_min", "-1"),
        ("rate_max", "25.5"),
        ("currency", "XXX"),
        ("covers", "always"),
        ("available_hours", "200"),
        ("answers_within", "90"),
        ("verified", "karma"),
        ("sort", "price"),
        ("sort", "distance"),
        ("page", "0"),
        ("per_page", "51"),
        ("can_contract_with", "FR"),
        ("page", "51"),
        ("page", "10000"),
        ("page", "1e3"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, value: str) -> None:
    query, problems = parse([(name, value)], WORLD)
    assert [problem.parameter for problem in problems] == [name]
    assert canonical(query) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("within_km", "501", "Write a whole number from 1 to 500."),
        ("per_page", "51", "Write a whole number from 1 to 50."),
        ("answers_within", "90", "Write one of these: 60, 240, 1440, 4320."),
        ("page", "10000", "Only the first 1,000 can be shown: please narrow the search."),
    ],
)
def test_a_refusal_says_what_would_do(name: str, value: str, said: str) -> None:
    _query, problems = parse([(name, value)], WORLD)
    message = problems[0].message
    assert (message if isinstance(message, str) else message[0] % message[1]) == said


def test_every_language_a_profile_can_name_can_be_asked_for() -> None:
    for code in LANGUAGES:
        assert parse([("speaks", code)], WORLD)[1] == [], code


def test_rates_the_wrong_way_round_are_turned() -> None:
    query, problems = parse([("rate_min", "5000"), ("rate_max", "2000")], WORLD)
    assert (query.rate_min, query.rate_max, problems) == (2000, 5000, [])


def test_dropping_each_filter_leaves_the_others() -> None:
    query, _ = parse(
        [
            ("q", "standardiste"),
            ("skill", "invoicing"),
            ("skill", "bookkeeping"),
            ("speaks", "fr:C1"),
            ("near", "lyon"),
            ("within_km", "20"),
            ("sort", "distance"),
            ("covers", "mon-fri@08:00-12:00@Europe/Paris"),
            ("payable", "1"),
        ],
        WORLD,
    )
    for name, value in query.filters:
        kept = dropped(query, name, value).filters
        assert (name, value) not in kept
        assert len(kept) == len(query.filters) - 1


@given(st.lists(st.tuples(st.sampled_from(PARAMETERS), st.text(max_size=20)), max_size=12))
def test_any_input_is_understood_or_named_and_reads_back_the_same(
    pairs: list[tuple[str, str]],
) -> None:
    query, _ = parse(pairs, WORLD)
    again, problems = parse(canonical(query), WORLD)
    assert canonical(again) == canonical(query)
    assert problems == []


@given(
    st.floats(-85, 85),
    st.floats(-180, 180),
    st.integers(1, 500),
    st.floats(0, 1),
    st.floats(0, 360),
)
def test_the_box_holds_the_circle(
    lat: float, lng: float, radius: int, share: float, angle: float
) -> None:
    import math

    south, north, ranges = box((lat, lng), radius)
    reach = radius * share * 0.99 / 6371.0088
    bearing, phi, lam = math.radians(angle), math.radians(lat), math.radians(lng)
    there = math.asin(
        math.sin(phi) * math.cos(reach) + math.cos(phi) * math.sin(reach) * math.cos(bearing)
    )
    over = lam + math.atan2(
        math.sin(bearing) * math.sin(reach) * math.cos(phi),
        math.cos(reach) - math.sin(phi) * math.sin(there),
    )
    point = (math.degrees(there), (math.degrees(over) + 540) % 360 - 180)
    assert distance_km((lat, lng), point) <= radius + 0.01
    assert south - 0.001 <= point[0] <= north + 0.001
    assert any(west - 0.001 <= point[1] <= east + 0.001 for west, east in ranges)


def test_rates_convert_between_currencies_of_any_precision() -> None:
    assert rates.convert(2500, "EUR", "EUR") == 2500
    assert rates.convert(1000, "EUR", "XOF") == 6560
    assert rates.convert(6560, "XOF", "EUR") == 1000
    assert rates.known("GBP")
    assert not rates.known("XXX")


def test_years_need_a_skill_and_go_with_the_last_one() -> None:
    query, problems = parse([("years", "3")], WORLD)
    assert (query.years, [one.parameter for one in problems]) == (None, ["years"])
    query, _none = parse([("skill", "payroll"), ("years", "3")], WORLD)
    assert canonical(query) == [("skill", "payroll"), ("years", "3")]
    assert canonical(dropped(query, "skill", "payroll")) == []
    assert parse([("skill", "payroll"), ("years", "4")], WORLD)[1]


def test_the_whole_union_is_a_client_and_the_visitors_currency_stays() -> None:
    query, problems = parse([("can_contract_with", "eu:business"), ("currency", "CAD")], WORLD)
    assert not problems
    assert canonical(query) == [("can_contract_with", "EU:business"), ("currency", "CAD")]


DAILY = """<gesmes:Envelope><Cube><Cube time='2026-11-27'><Cube currency='USD' rate='1.1500'/>
<Cube currency='GBP' rate='0.8700'/></Cube></Cube></gesmes:Envelope>"""


def test_a_table_older_than_the_shipped_one_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "rates.json"
    path.write_text(rates.refreshed(DAILY.replace("2026-11-27", "2025-11-27")))
    shipped = rates.as_of()
    rates.use(path)
    try:
        assert rates.as_of() == shipped
    finally:
        rates.use(rates.DATA)


def test_the_table_of_the_central_bank_replaces_the_shipped_rates(tmp_path: Path) -> None:
    path = tmp_path / "rates.json"
    path.write_text(rates.refreshed(DAILY))
    rates.use(path)
    try:
        assert rates.as_of().isoformat() == "2026-11-27"
        assert rates.convert(1000, "EUR", "USD") == 1150
        assert rates.convert(1000, "EUR", "XOF") == 6560  # fixed parity, not in the daily table
        assert rates.known("MAD")
        assert rates.indicative("MAD")
        assert rates.indicative("CHF"), "this table has none"
        assert not any(map(rates.indicative, ("EUR", "USD", "XOF")))
    finally:
        rates.use(rates.DATA)
    for text in ("", "<html>", DAILY.replace("2026-11-27", "yesterday"), DAILY * 2):
        with pytest.raises(rates.NoRates):
            rates.refreshed(text)
