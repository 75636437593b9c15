"""Without Meilisearch the directory still answers, says so, and comes back by itself."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from marketplace.core import clock
from marketplace.core.settings import settings
from marketplace.directory import service
from marketplace.directory.queries import PLACES, finding, listing, views
from marketplace.profiles.models import Profile
from search import limits
from search.client import SearchClient
from search.errors import SearchUnavailable
from search.keys import search_key
from search.limits import FAILURES_TO_OPEN, PROBE_AFTER_SECONDS
from search.query import parse
from tests.marketplace.directory import people
from tests.marketplace.directory.conftest import slugs

if TYPE_CHECKING:
    import httpx

    from search.sync import Administration
    from tests.fixtures.services import Server


@pytest.mark.usefixtures("database")
async def test_the_plain_listing_filters_what_sql_can() -> None:
    await people.publish(
        "lea",
        skills=["virtual-receptionist"],
        languages=[("en", "C1")],
        rate_minor=2500,
        response_minutes=90,
    )
    await people.publish(
        "tom", skills=["bookkeeping"], tools=["xero"], city="lyon", currency="GBP",
        jurisdiction="BE", available_from=clock.today("UTC") + timedelta(days=8),
    )  # fmt: skip
    for params, expected in (
        ([], {"lea", "tom"}),
        ([("q", "standardiste")], {"lea"}),
        ([("q", "réceptionniste")], {"lea"}),
        ([("q", "je cherche une standardiste pour mon cabinet")], {"lea"}),
        ([("q", "looking for someone who can do my bookkeeping")], {"tom"}),
        ([("q", "une secrétaire sympa")], set()),
        ([("skill", "bookkeeping")], {"tom"}),
        ([("tool", "xero")], {"tom"}),
        ([("speaks", "en:B2")], {"lea"}),
        ([("speaks", "en:C2")], set()),
        ([("city", "lyon")], {"tom"}),
        ([("country", "FR")], {"lea", "tom"}),
        ([("near", "villeurbanne"), ("within_km", "20")], {"tom"}),
        ([("near", "0,0")], set()),
        ([("jurisdiction", "BE")], {"tom"}),
        ([("tax_status", "franchise")], {"lea", "tom"}),
        ([("skill", "bookkeeping"), ("years", "3")], {"tom"}),
        ([("skill", "bookkeeping"), ("years", "5")], set()),
        ([("available", "1")], {"lea"}),
        ([("engagement", "project")], set()),
        ([("rate_max", "2600")], {"lea"}),
        ([("rate_min", "3000")], {"tom"}),
        ([("available_hours", "30")], set()),
        ([("answers_within", "240")], {"lea"}),
        ([("answers_within", "60")], set()),
        ([("q", "%_\\'; DROP TABLE profile")], set()),
    ):
        query, problems = parse(params, PLACES)
        assert not problems
        answer = await listing.find(query)
        assert {views.facts(hit, "fr")["slug"] for hit in answer.hits} == expected, params
        assert answer.total == len(expected)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "name",
    ["Ana García", "João Muñoz", "Łukasz Nowak", "Søren Holm", "Cœur Vaillant", "Ágnes Szűcs"],
)
async def test_the_plain_listing_finds_names_of_every_spelling(name: str) -> None:
    await people.publish("whoever", name=name)
    await people.publish("tom", name="Tom Kay", text="Je facilite la vie.")
    for typed in (*name.split(), name.upper()):
        query, _problems = parse([("q", typed)], PLACES)
        assert (await listing.find(query)).total == 1, typed


@pytest.mark.usefixtures("database")
async def test_short_words_are_looked_for_whole_and_what_is_not_looked_for_is_said() -> None:
    await people.publish("li-wang", name="Li Wang")
    await people.publish("tom", name="Tom Kay", text="Je facilite la vie, à Lille.")
    for typed, expected in (("Li", 1), ("li wang", 1), ("Bo", 0), ("- Tom", 1)):
        query, _problems = parse([("q", typed)], PLACES)
        assert (await listing.find(query)).total == expected, typed
    client = finding.connected()
    finding.connect(None)
    try:
        many = " ".join(f"mot{letter}" for letter in "abcdefghijkl")
        for params, left_out in (
            ([("q", "Tom")], ()),
            ([("q", "Tom"), ("explain", "1")], ("explain",)),
            ([("q", many)], ("q",)),
        ):
            assert (await finding.find(parse(params, PLACES)[0])).left_out == left_out
    finally:
        finding.connect(client)


@pytest.mark.usefixtures("database")
async def test_who_gave_a_region_alone_is_shown_in_it() -> None:
    made = await people.publish("lea", city="rennes")
    await Profile.filter(pk=made.id).update(city="", lat=None, lng=None)
    query, _problems = parse([("region", "FR-BRE")], PLACES)
    (hit,) = (await listing.find(query)).hits
    assert views.facts(hit, "fr")["place"] == "Bretagne, France"


@pytest.mark.usefixtures("database")
async def test_the_plain_listing_compares_rates_of_several_currencies() -> None:
    await people.publish("tunis", rate_minor=25_000, currency="TND")
    await people.publish("dakar", rate_minor=20_000, currency="XOF")
    await people.publish("paris", rate_minor=2_000, currency="EUR")
    await people.publish("none", rate_minor=None)
    for sort, expected in (
        ("rate", ["tunis", "paris", "dakar", "none"]),
        ("-rate", ["dakar", "paris", "tunis", "none"]),
    ):
        query, _problems = parse([("sort", sort)], PLACES)
        hits = (await listing.find(query)).hits
        assert [views.facts(hit, "fr")["slug"] for hit in hits] == expected


async def test_a_price_that_is_not_offered_is_neither_shown_nor_found(
    client: httpx.AsyncClient,
) -> None:
    """Whoever no longer works by the hour may have left a rate, as a smallest project."""
    await people.publish("hourly", rate_minor=3500)
    flat = await people.publish("flat", rate_minor=3000, engagement=["flat_fee"])
    await people.change(flat, project_minimum_minor=50_000)
    for params, expected in (
        ([("rate_max", "4000")], ["hourly"]),
        ([("sort", "rate")], ["hourly", "flat"]),
    ):
        query, _problems = parse(params, PLACES)
        hits = (await listing.find(query)).hits
        assert [views.facts(hit, "fr")["slug"] for hit in hits] == expected
        assert [views.facts(hit, "fr")["rate"] is None for hit in hits][1:] in ([], [True])
    page = (await client.get("/fr/assistants/flat")).text
    for text in ("de l’heure", "Estimation pour", "Projets à partir de"):
        assert text not in page
    assert "Estimation pour" in (await client.get("/fr/assistants/hourly")).text


async def test_the_estimate_has_a_fee_only_where_one_is_taken(client: httpx.AsyncClient) -> None:
    await people.publish("paris", rate_minor=3000)
    await people.publish("tunis", rate_minor=3000, jurisdiction="TN")
    pages = [(await client.get(f"/fr/assistants/{slug}")).text for slug in ("paris", "tunis")]
    paris, tunis = [page.partition('class="est"')[2] for page in pages]
    assert "état\u00a0: " in pages[0]
    assert not re.search(r"état\s: \d{4}-", pages[0]), "days are written out"
    assert "Frais de service" in paris
    assert "Frais de service" not in tunis
    assert "Vous payez</th><td>300" in tunis


async def test_the_tools_of_a_card_end_with_no_comma(client: httpx.AsyncClient) -> None:
    await people.publish("lea", tools=["xero"])
    await people.publish("tom", tools=["xero", "notion"])
    page = (await client.get("/fr/assistants?tool=xero")).text
    assert "<span><b>Xero</b></span>" in page
    assert "<span><b>Xero</b>, Notion</span>" in page


async def test_the_page_says_that_search_is_being_restored(client: httpx.AsyncClient) -> None:
    await people.publish("lea", name="Léa Roussel")
    answer = await client.get("/en/assistants?verified=identity")
    assert answer.status_code == 200
    assert "The search is being restored" in answer.text
    landing = await client.get("/fr/assistants/skill/virtual-assistance")
    assert 'name="robots"' not in landing.text, "a crawler would drop the page for weeks"
    assert "Léa Roussel" in answer.text
    api = (await client.get("/api/v1/assistants?covers=mon@09:00-10:00@Europe/Paris")).json()
    assert api["plain"] is True
    assert api["left_out"] == ["covers"]
    api = (await client.get("/api/v1/assistants?sort=rating")).json()
    assert api["left_out"] == ["sort"]


async def test_it_recovers_by_itself(index: Administration, search_engine: Server) -> None:
    profile = await people.publish("lea")
    await service.send(index, [profile.id])
    query, _ = parse([], PLACES)
    key = search_key(settings().meili_master_key, index.index)
    away = SearchClient("http://127.0.0.1:9", key, index.index)
    await away.open()
    usual = finding.connected()
    finding.connect(away)
    try:
        for _ in range(4):
            found = await finding.find(query)
            assert found.plain
            assert [views.facts(hit, "fr")["slug"] for hit in found.answer.hits] == ["lea"]
        assert away.breaker.open
        away._url = search_engine.url  # the server is back
        await asyncio.sleep(PROBE_AFTER_SECONDS + 0.1)
        assert not (await finding.find(query)).plain
        assert not away.breaker.open
    finally:
        finding.connect(usual)
        await away.close()
    assert await slugs(query) == ["lea"]
    assert settings().meili_url == search_engine.url


async def test_when_too_many_search_people_and_programs_are_told_when_to_come_back(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "AT_ONCE", 0)
    monkeypatch.setattr(limits, "WAITING_MAX", 0)
    usual = finding.connected()
    finding.connect(SearchClient("http://127.0.0.1:9", "key", "assistants"))
    try:
        api = await client.get("/api/v1/assistants")
        page = await client.get("/fr/assistants")
        front = await client.get("/fr/")
    finally:
        finding.connect(usual)
    assert front.status_code == 200, "counts are decoration there"
    for answer in (api, page):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    assert api.json()["code"] == "directory_busy"
    assert "Beaucoup de personnes cherchent" in page.text


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\ncontent-length: 6\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]",
        b'HTTP/1.1 429 Too Many Requests\r\ncontent-length: 14\r\n\r\n{"code":"slow"}'[:-1],
        b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n{}",
    ],
)
async def test_what_answers_in_its_place_is_taken_for_an_index_that_is_away(answer: bytes) -> None:
    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(stranger, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = SearchClient(f"http://127.0.0.1:{port}", "", "none")
    await client.open()
    try:
        for _time in range(FAILURES_TO_OPEN):
            with pytest.raises(SearchUnavailable):
                await client.ask([{}])
        assert client.breaker.open
    finally:
        await client.close()
        server.close()
