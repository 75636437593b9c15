"""The filter form's own fields become the parameters of the contract."""

from __future__ import annotations

import pytest

from marketplace.directory.pages.form import major, translate
from marketplace.directory.queries import wishes
from search.query import SearchQuery

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ([("rate_from", "12,50"), ("rate_to", "30")], [("rate_min", "1250"), ("rate_max", "3000")]),
        (
            [("rate_to", "5000"), ("currency", "XOF")],
            [("currency", "XOF"), ("rate_max", "5000")],
        ),
        (
            [("rate_to", "25.500"), ("currency", "TND")],
            [("currency", "TND"), ("rate_max", "25500")],
        ),
        ([("speak", "en"), ("level", "C1")], [("speaks", "en:C1")]),
        (
            [("speak", "en"), ("speaks", "fr:C2"), ("level", "B1")],
            [("speaks", "fr:C2"), ("speaks", "en:B1")],
        ),
        ([("place", "Lyon"), ("within_km", "25")], [("within_km", "25"), ("near", "lyon")]),
        (
            [("near", "45.7,4.8"), ("place", "Toulouse")],
            [("near", "toulouse")],
        ),
        ([("near", "lyon"), ("place", "")], []),
        ([("near", "45.7,4.8"), ("place", "")], [("near", "45.7,4.8")]),
        (
            [("near", "saint-denis"), ("place", "Saint-Denis (La Réunion)"), ("payable", "1")],
            [("near", "saint-denis"), ("payable", "1")],
        ),
        ([("near", "london"), ("place", "London (Canada)")], [("near", "london")]),
        ([("near", "saint-denis"), ("place", "London, UK")], [("near", "londres")]),
        ([("place", "75011")], [("near", "paris")]),
        ([("place", "Lyon 3e")], [("near", "lyon")]),
        ([("place", "bxl")], [("near", "bruxelles")]),
        (
            [("cover_days", "mon-sat"), ("cover_from", "08:00"), ("cover_to", "12:30")],
            [("covers", "mon-sat@08:00-12:30@Europe/Paris")],
        ),
        (
            [("cover_days", "mon-sun"), ("cover_from", "00:00"), ("cover_to", "00:00")],
            [("covers", "mon-sun@00:00-24:00@Europe/Paris")],
        ),
        ([("cover_days", ""), ("cover_from", "08:00")], []),
        (
            [("q", "devis  à Lyon"), ("q_before", "devis à Lyon"), ("q_left", "devis")],
            [("q", "devis")],
        ),
        (
            [("q", "à Lyon"), ("q_before", "à Lyon"), ("q_left", ""), ("near", "lyon")],
            [("near", "lyon")],
        ),
        (
            [("q", "devis à Lille"), ("q_before", "devis à Lyon"), ("q_left", "devis")],
            [("q", "devis à Lille")],
        ),
        ([("q", ""), ("q_before", "devis à Lyon"), ("q_left", "devis")], []),
        ([("utm_source", "mail"), ("understand", "1"), ("tz", "Asia/Tokyo"), ("q", "")], []),
    ],
)
def test_what_a_form_sends_is_understood(
    sent: list[tuple[str, str]], meant: list[tuple[str, str]]
) -> None:
    assert translate(sent, PARIS) == (meant, [])


@pytest.mark.parametrize("currency", ["EUR", "XOF", "TND"])
@pytest.mark.parametrize("minor", [1, 99, 2550, 25_500, 99_999_999])
def test_what_the_form_shows_it_also_reads(minor: int, currency: str) -> None:
    sent = [("rate_to", major(minor, currency)), ("currency", currency)]
    assert ("rate_max", str(minor)) in translate(sent, PARIS)[0]


def test_more_decimals_than_a_currency_has_are_no_amount() -> None:
    _pairs, problems = translate([("rate_to", "25.505")], PARIS)
    assert [one.parameter for one in problems] == ["rate_to"]


@pytest.mark.parametrize(
    ("name", "value"), [("rate_to", "cheap"), ("rate_from", "-1"), ("place", "Atlantis-sur-Mer")]
)
def test_what_cannot_be_read_is_named(name: str, value: str) -> None:
    pairs, problems = translate([(name, value)], PARIS)
    assert pairs == []
    assert [problem.parameter for problem in problems] == [name]


@pytest.mark.parametrize(
    ("typed", "why"), [("Atlantis-sur-Mer", "do not know"), ("35400", "postcodes")]
)
def test_a_place_that_cannot_be_read_leaves_the_one_of_before(typed: str, why: str) -> None:
    pairs, problems = translate([("near", "lyon"), ("place", typed)], PARIS)
    assert pairs == [("near", "lyon")]
    assert why in problems[0].message


def test_amounts_are_shown_as_they_are_typed() -> None:
    assert major(2500, "EUR") == "25"
    assert major(2550, "EUR") == "25.50"
    assert major(5000, "XOF") == "5000"
    assert major(None, "EUR") == ""


def test_of_a_long_pasted_text_as_much_as_is_read_stays_and_the_rest_is_named() -> None:
    pasted = "Bonjour,\n je cherche une aide " + "pour mes factures " * 56 + "et la paie"
    pairs, problems = translate([("q", pasted)], PARIS)
    kept = dict(pairs)["q"]
    assert 980 < len(kept) <= 1000
    assert f"{kept} {problems[0].value}" == " ".join(pasted.split())
    assert translate([("q", "x" * 1200)], PARIS)[0] == [("q", "x" * 1000)]
    assert translate([("q", " devis  " * 20)], PARIS)[1] == []


def test_a_chip_shows_the_beginning_of_a_long_text() -> None:
    long = "bonjour, je cherche quelqu'un pour répondre aux courriels de mes locataires"
    assert wishes.label(SearchQuery(), "q", "devis", "fr") == "« devis »"
    shown = wishes.label(SearchQuery(), "q", long, "en")
    assert shown == "“bonjour, je cherche quelqu'un pour répondre aux courriels…”"
    assert wishes.label(SearchQuery(), "q", "x" * 80, "fr") == f"« {'x' * 60}… »"
