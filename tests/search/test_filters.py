"""Every filter, count, order and page of the real index against a plain loop over the people."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from search import client, coverage, nearest, plan, rates
from search.coverage import parse_window
from search.geo import distance_km
from search.query import parse
from search.schema import LEVELS, AssistantDocument
from tests.search.conftest import WORLD, indexed
from tests.search.corpus import PLACES, TODAY, people, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.search.conftest import Directory


def speaks(person: AssistantDocument, code: str, level: str) -> bool:
    at_least = LEVELS.index(level)
    return any(s.code == code and LEVELS.index(s.level) >= at_least for s in person.spoken)


def practised(person: AssistantDocument, code: str) -> int:
    return dict(zip(person.skills, person.skill_years, strict=True)).get(code, 0)


def euros(person: AssistantDocument) -> int:
    return rates.convert(person.rate_minor or 0, person.currency, "EUR")


def covers(person: AssistantDocument, text: str) -> bool:
    window = parse_window(text)
    assert window
    monday = coverage.reference_week(TODAY)
    return coverage.covers(person.coverage, person.time_zone, window, monday)


def away(person: AssistantDocument, slug: str) -> float:
    assert person.lat is not None
    assert person.lng is not None
    return distance_km(PLACES[slug][2], (person.lat, person.lng))


OFFICE = "mon-fri@09:00-18:00@Europe/Paris"
EARLY = "mon-fri@08:00-12:00@Europe/Paris"
CASES: list[tuple[dict[str, str | list[str]], Callable[[AssistantDocument], bool]]] = [
    ({}, lambda _p: True),
    ({"skill": "invoicing"}, lambda p: "invoicing" in p.skills),
    (
        {"skill": ["invoicing", "e-invoicing"]},
        lambda p: {"invoicing", "e-invoicing"} <= {*p.skills},
    ),
    ({"skill": "invoicing", "years": "5"}, lambda p: practised(p, "invoicing") >= 5),
    ({"tool": "slack"}, lambda p: "slack" in p.tools),
    ({"speaks": "en:C1"}, lambda p: speaks(p, "en", "C1")),
    ({"speaks": ["fr:C1", "en:B2"]}, lambda p: speaks(p, "fr", "C1") and speaks(p, "en", "B2")),
    ({"country": "FR"}, lambda p: p.country == "FR"),
    ({"country": ["FR", "BE"]}, lambda p: p.country in {"FR", "BE"}),
    ({"region": "FR-ARA"}, lambda p: p.region == "FR-ARA"),
    ({"city": ["lyon", "paris"]}, lambda p: p.city in {"lyon", "paris"}),
    ({"near": "lyon", "within_km": "20"}, lambda p: away(p, "lyon") <= 20),
    ({"near": "43.6,1.44", "within_km": "500"}, lambda p: away(p, "toulouse") <= 500.5),
    ({"jurisdiction": "CA-QC"}, lambda p: p.jurisdiction == "CA-QC"),
    ({"legal_form": "company"}, lambda p: p.legal_form == "company"),
    ({"tax_status": "franchise"}, lambda p: p.tax_status == "franchise"),
    ({"charges_vat": "0"}, lambda p: p.charges_vat is False),
    ({"charges_vat": "1"}, lambda p: p.charges_vat is True),
    ({"can_contract_with": "FR:consumer"}, lambda p: "FR:consumer" in p.can_contract_with),
    ({"engagement": ["project", "flat_fee"]}, lambda p: bool({*p.engagement} & {"project", "flat_fee"})),
    ({"rate_max": "2500"}, lambda p: euros(p) <= 2500),
    ({"rate_min": "2500", "rate_max": "4000"}, lambda p: 2500 <= euros(p) <= 4000),
    ({"rate_max": "3000", "currency": "GBP"}, lambda p: euros(p) <= rates.convert(3000, "GBP", "EUR")),
    ({"covers": OFFICE}, lambda p: covers(p, OFFICE)),
    ({"covers": [OFFICE, EARLY]}, lambda p: covers(p, OFFICE) and covers(p, EARLY)),
    ({"available_hours": "25"}, lambda p: p.hours_week >= 25),
    ({"available": "1"}, lambda p: p.available_on <= TODAY.toordinal() + 7),
    ({"verified": ["identity", "business"]}, lambda p: {"identity", "business"} <= {*p.verified}),
    ({"payable": "1"}, lambda p: p.payable),
    (
        {"country": "FR", "speaks": "en:B2", "rate_max": "3500", "jurisdiction": "FR"},
        lambda p: p.country == "FR" and speaks(p, "en", "B2") and euros(p) <= 3500,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("params", "matches"), CASES, ids=lambda case: "" if callable(case) else str(case)[:60]
)
async def test_a_filter_keeps_exactly_whom_it_names(
    filled: Directory,
    params: dict[str, str | list[str]],
    matches: Callable[[AssistantDocument], bool],
) -> None:
    expected = {person.id for person in people() if matches(person)}
    assert expected
    answer = await filled.find(**params, per_page="50")
    assert answer.total == len(expected)
    found = {hit["id"] for hit in answer.hits}
    for page in range(2, answer.pages + 1):
        found |= set(await filled.ids(**params, per_page="50", page=str(page)))
    assert found == expected


@pytest.mark.parametrize("params", [case[0] for case in CASES], ids=str)
async def test_counts_are_what_choosing_a_value_would_find(
    filled: Directory, params: dict[str, str | list[str]]
) -> None:
    matches = next(case[1] for case in CASES if case[0] == params)
    inside = [person for person in people() if matches(person)]
    answer = await filled.find(**params)
    if len(answer.facets["skill"]) < 200:
        assert answer.facets["skill"] == Counter(code for p in inside for code in p.skills)
    if set(params) <= {"country"}:  # OR: counted as if nothing were chosen in it
        assert answer.facets["country"] == Counter(p.country for p in people())
    else:
        assert answer.facets["verified"] == Counter(v for p in inside for v in p.verified)
    if "country" in params and len(params) > 1:
        others = {name: value for name, value in params.items() if name != "country"}
        wider = await filled.find(**others)
        assert answer.facets["country"] == wider.facets["country"]


async def test_towns_are_counted_for_whoever_asks(filled: Directory) -> None:
    assert "city" not in (await filled.find(city="lyon")).facets
    counts = (await filled.find(city="lyon", towns="1")).facets["city"]
    assert counts == Counter(p.city for p in people() if p.city)


async def test_whoever_usually_answers_in_time_is_kept_and_each_step_counted_as_if_none_were_chosen(
    empty: Directory,
) -> None:
    waits = {"a": 60, "b": 61, "c": 1440, "d": 4321, "e": None}
    some = [replace(people()[0], id=id_, response_minutes=n) for id_, n in waits.items()]
    await empty.admin.upsert(some, TODAY)
    while len(await indexed(empty.admin)) < len(some):
        await asyncio.sleep(0.05)
    counts = {"60": 1, "240": 2, "1440": 3, "4320": 3}
    for step, expected in (("60", "a"), ("240", "ab"), ("1440", "abc"), ("4320", "abc")):
        answer = await empty.find(answers_within=step)
        assert sorted(hit["id"] for hit in answer.hits) == list(expected)
        assert answer.facets["answers_within"] == counts


async def test_the_rate_histogram_ignores_the_chosen_rate_only(filled: Directory) -> None:
    all_ = (await filled.find(country="FR")).facets["rate"]
    cheap = (await filled.find(country="FR", rate_max="2500")).facets["rate"]
    assert cheap == all_


def in_euro(hit: dict[str, Any]) -> int:
    rate = person(hit).rate_minor
    assert rate is not None
    return rates.convert(rate, hit["currency"], "EUR")


async def test_orders(filled: Directory) -> None:
    rising = (await filled.find(sort="rate", per_page="50")).hits
    in_euros = [in_euro(hit) for hit in rising]
    assert in_euros == sorted(in_euros)
    falling = (await filled.find(sort="-rate", per_page="50")).hits
    in_euros = [in_euro(hit) for hit in falling]
    assert in_euros == sorted(in_euros, reverse=True)
    newest = (await filled.find(sort="newest", per_page="50")).hits
    assert [person(hit).published_at for hit in newest] == sorted(
        (person(hit).published_at for hit in newest), reverse=True
    )
    near = (await filled.find(near="lyon", within_km="500", sort="distance", per_page="50")).hits
    assert [hit["distance_km"] for hit in near] == sorted(hit["distance_km"] for hit in near)
    assert person(near[0]).city == "lyon"


@pytest.mark.parametrize("counted", [1, 3, 200])
async def test_the_nearest_come_first_on_every_page_however_many_towns_are_counted_at_once(
    filled: Directory, monkeypatch: pytest.MonkeyPatch, counted: int
) -> None:
    for module in (client, nearest):
        monkeypatch.setattr(module, "MAX_FACET_VALUES", counted)
    monkeypatch.setattr(nearest, "CLOSE_BY", counted)
    for text in ({}, {"q": "secrétaire"}, {"q": "secretaire zzzz"}):
        asked: dict[str, str | list[str]] = {**text, "near": "lyon", "within_km": "500"}
        there = await filled.find(**asked, per_page="50")
        seen = [
            hit
            for page in range(1, there.total // 3 + 2)
            for hit in (
                await filled.find(**asked, sort="distance", per_page="3", page=str(page))
            ).hits
        ]
        away = [hit["distance_km"] for hit in seen]
        assert away == sorted(away)
        assert len({hit["id"] for hit in seen}) == len(seen) == there.total > 6
        best = [hit["id"] for hit in there.hits if person(hit).city == "lyon"]
        assert [hit["id"] for hit in seen if person(hit).city == "lyon"][: len(best)] == best
    assert not (await filled.find(near="-40.0,-120.0", sort="distance")).total


async def test_pages_follow_one_another_without_gap_or_repeat(filled: Directory) -> None:
    seen: list[str] = []
    for page in range(1, 60):
        ids = await filled.ids(q="secrétaire", per_page="7", page=str(page), facets="0")
        if not ids:
            break
        seen += ids
    whole = await filled.find(q="secrétaire", per_page="50", facets="0")
    assert len(seen) == len(set(seen)) == whole.total


async def test_facets_can_be_left_out(filled: Directory) -> None:
    assert (await filled.find(country="FR", facets="0")).facets == {}


async def test_the_trades_own_word_narrows_nothing_beside_what_else_was_said(
    filled: Directory,
) -> None:
    place = {"country": "FR", "said": "country=FR|en France"}
    everyone = await filled.find(country="FR")
    for text in ("une assistante", "VA", "I need a virtual assistant", "quelqu'un", "someone"):
        for sort in ("relevance", "rate"):
            found = await filled.find(q=text, sort=sort, **place)
            assert (found.total, found.facets) == (everyone.total, everyone.facets), text
    first = await filled.ids(q="VA", **place)
    named = [id_ for id_ in first if "virtual-assistance" in person({"id": id_}).skills]
    assert first[: len(named)] == named, "whoever has the skill of that name stands first"
    assert (await filled.find(q="une assistante")).total < len(people())
    assert (await filled.find(q="comptable", **place)).total < everyone.total
    # Alerts and newcomers' turns look among as many as the page finds.
    query, _problems = parse([("q", "une assistante"), *place.items()], WORLD)
    body = plan.among_query(query, filled.client.index, TODAY, [one.id for one in people()])
    among = (await filled.client.ask([body]))[0]["hits"]
    assert len(among) == everyone.total


async def test_words_beside_what_is_meant_empty_no_other_order_and_no_alert(
    filled: Directory,
) -> None:
    """A trade with a postcode, or with what nobody writes of themselves."""
    for text in ("comptable 33000", "comptable sympa"):
        best = await filled.find(q=text)
        for sort in ("rate", "-rate", "newest"):
            assert (await filled.find(q=text, sort=sort)).total == best.total > 10
        query, _problems = parse([("q", text)], WORLD)
        body = plan.among_query(query, filled.client.index, TODAY)
        assert len((await filled.client.ask([body]))[0]["hits"]) == best.total
    someone = next(one for one in people() if "bookkeeping" in one.skills)
    first = someone.name.split()[0]
    named = await filled.find(q=f"{first} comptable", sort="rate")
    assert 0 < named.total < (await filled.find(q="comptable")).total


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("comptable, pas la paie", "comptable pas la paie", False),
        ("VA compta", "va compta", False),
        ("comptable -paie", "comptable paie", False),
        ("my teams calendar", "my Teams calendar", False),
        ("Facturation", "FACTURATION", True),
        ("assistante virtuelle", "assistant virtuel", True),
    ],
)
def test_counts_are_kept_for_what_is_asked_and_not_for_how_it_is_written(
    one: str, other: str, alike: bool
) -> None:
    keys = {plan.counted_by(parse([("q", text)], WORLD)[0], TODAY) for text in (one, other)}
    assert (len(keys) == 1) == alike
