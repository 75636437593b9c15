"""The directory's pages over the real index, as a browser gets them."""

from __future__ import annotations

import hashlib
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from marketplace.directory.pages import sheet
from marketplace.directory.pages.form import BEFORE, FIELDS, LEFT
from marketplace.directory.queries import finding
from search.errors import SearchBusy
from search.parameters import PARAMETERS
from tests.marketplace.directory import people

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("search_engine")


@pytest.fixture
async def directory(client: httpx.AsyncClient, run_jobs: RunJobs) -> httpx.AsyncClient:
    """The application with three people in the directory."""
    await people.publish(
        "lea-roussel",
        name="Léa Roussel",
        headline="Standardiste bilingue pour cabinets",
        skills=["virtual-receptionist", "invoicing"],
        tools=["aircall"],
        languages=[("fr", "C2"), ("en", "C1")],
        rate_minor=2800,
        package="Pack dix appels",
    )
    await people.publish(
        "tom-kay",
        skills=["bookkeeping"],
        city="lyon",
        rate_minor=4500,
        engagement=["hourly", "project"],
    )
    await people.publish("ines-dakar", skills=["email-triage"], city="paris", rate_minor=1500)
    await run_jobs()
    return client


async def test_the_page_lists_who_is_published(directory: httpx.AsyncClient) -> None:
    answer = await directory.get("/fr/assistants")
    assert answer.status_code == 200
    assert "Léa Roussel" in answer.text
    assert "3</strong>" in answer.text


async def test_a_search_finds_by_words_and_filters(directory: httpx.AsyncClient) -> None:
    answer = await directory.get("/fr/assistants?q=standardiste+bilingue")
    assert "lea-roussel" in answer.text
    answer = await directory.get("/fr/assistants?skill=bookkeeping")
    assert "tom-kay" in answer.text
    found = answer.text.split('id="nearby"')[0]  # invoicing is near bookkeeping
    assert "/fr/assistants/lea-roussel" not in found


async def test_a_form_without_javascript_lands_on_the_canonical_address(
    directory: httpx.AsyncClient,
) -> None:
    sent = (
        "q=&rate_from=&rate_to=30&currency=EUR&level=B2&speak=en&cover_days=&cover_from=09:00"
        "&cover_to=18:00&cover_zone=Europe/Paris&place=&within_km=50&available_hours=&sort=relevance"
    )
    answer = await directory.get(f"/fr/assistants?{sent}")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/fr/assistants?speaks=en:B2&rate_max=3000"
    page = await directory.get(answer.headers["location"])
    assert page.status_code == 200
    assert "lea-roussel" in page.text
    assert 'name="rate_to"' in page.text


async def test_htmx_gets_the_main_part_and_the_address_to_show(
    directory: httpx.AsyncClient,
) -> None:
    answer = await directory.get(
        "/fr/assistants?q=&sort=rate&skill=invoicing", headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == "/fr/assistants?skill=invoicing&sort=rate"
    assert "HX-Request" in answer.headers["vary"]
    assert answer.text.lstrip().startswith("<main")
    title = re.search(r"<title>(.*)</title>", (await directory.get("/fr/assistants")).text)
    assert title
    assert f'data-page="{title[1]}"' in answer.text  # with the marketplace's own name


async def test_where_many_are_listed_results_come_before_their_counts(
    directory: httpx.AsyncClient, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.publish("noa-near", skills=["payment-reminders"])  # would do for invoicing
    await run_jobs()
    monkeypatch.setattr(finding, "MANY", 2)
    assert "data-many" in (await directory.get("/fr/assistants")).text
    path, script = "/fr/assistants?skill=invoicing&page=1", {"HX-Request": "true"}
    first = await directory.get(path, headers=script | {"X-Counts": "later"})
    assert re.findall(r"<section (\S+)", first.text) == ['id="results"', 'class="nearby"']
    assert 'id="filters"' not in first.text
    assert first.headers["hx-retarget"] == "#results"
    assert first.headers["hx-push-url"] == "/fr/assistants?skill=invoicing"
    assert 'data-counts="/fr/assistants?skill=invoicing"' in first.text
    assert "facets=0" not in first.text
    misread = await directory.get(
        "/fr/assistants?place=Xyzzy&sort=rate", headers=script | {"X-Counts": "later"}
    )
    assert 'id="place-error"' in misread.text, "the second request could not say what is wrong"
    whole = await directory.get(path, headers=script | {"X-Counts": "now"})
    assert 'id="filters"' in whole.text
    assert "data-counts" not in whole.text
    assert "hx-push-url" not in whole.headers
    assert set(re.findall('id="a-[^"]+"', first.text)) <= set(
        re.findall('id="a-[^"]+"', whole.text)
    )


async def test_an_unknown_value_is_left_out_with_a_note(directory: httpx.AsyncClient) -> None:
    answer = await directory.get("/en/assistants?skill=alchemy&colour=red&page=0&rate_max=30.5")
    assert answer.status_code == 200
    page = unescape(answer.text)
    assert "“Skills: alchemy” was left out. We do not know this skill." in page
    assert "“colour: red” was left out. This parameter does not exist." in page
    assert "“Page: 0” was left out. Write a whole number from 1 on." in page
    assert "“Hourly rate: 30.5” was left out. Write whole minor units up to 100000000" in page
    assert 'content="noindex"' in page
    assert "Léa Roussel" in page


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ("sort=distance", "« Trier par : Plus proches » a été laissé de côté."),
        ("within_km=20", "« Distance : 20 » a été laissé de côté."),
        ("years=3", "« Années de pratique : 3 » a été laissé de côté."),
    ],
)
async def test_what_needs_something_beside_it_is_left_out_with_a_note_unless_a_form_sent_it(
    directory: httpx.AsyncClient, asked: str, note: str
) -> None:
    answer = await directory.get(f"/fr/assistants?{asked}")
    assert answer.status_code == 200
    assert note in unescape(answer.text).replace("\u00a0", " ")
    form = await directory.get(f"/fr/assistants?{asked}&place=")
    assert form.headers["location"] == "/fr/assistants"


async def test_the_town_an_order_needs_may_stand_in_the_text(
    directory: httpx.AsyncClient,
) -> None:
    asked = {"q": "facturation à Toulouse", "sort": "distance", "within_km": "20"}
    answer = await directory.get("/fr/assistants", params=asked)
    assert "near=toulouse&within_km=20&sort=distance" in answer.headers["location"]


def test_every_parameter_and_field_has_a_name_in_words() -> None:
    fields = FIELDS - {
        BEFORE,
        LEFT,
        "speak",
        "level",
        "cover_days",
        "cover_from",
        "cover_to",
        "cover_zone",
    }
    assert set(PARAMETERS) | fields <= set(sheet.PARAMETERS)


async def test_a_town_nobody_knows_stays_in_its_field_with_the_reason(
    directory: httpx.AsyncClient,
) -> None:
    page = (await directory.get("/fr/assistants?place=Xyzzy+%22")).text
    assert "« Ville : Xyzzy" in unescape(page).replace("\u00a0", " ")
    field = re.search(r'<input id="place"[^>]*>', page)
    assert field
    assert unescape(field[0]).count('Xyzzy "') == 1
    assert 'aria-describedby="place-error"' in field[0]
    assert 'id="place-error"' in page


async def test_the_usual_time_to_reply_is_a_filter_with_counts_a_chip_and_a_way_out(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await people.publish("lea", response_minutes=200)
    await people.publish("tom", skills=["bookkeeping"], response_minutes=3000)
    await people.publish("ana")
    await run_jobs()
    sent = await client.get("/en/assistants?q=&answers_within=240&charges_vat=")
    assert sent.headers["location"] == "/en/assistants?answers_within=240"
    text = (await client.get(sent.headers["location"])).text
    assert '<span class="opt__t">Within 4 hours</span><span class="opt__n">1</span>' in text
    rows = re.findall(r'<input id="answers_within-[^>]*value="(\d*)"( checked)?>.*?</label>', text)
    assert rows == [("", ""), ("60", ""), ("240", " checked"), ("1440", ""), ("4320", "")]
    assert re.search(
        r'class="chip" href="/en/assistants"[^>]*><span>Usually answers within 4 h', text
    )
    none = (await client.get("/en/assistants?skill=bookkeeping&answers_within=240")).text
    assert re.search(r"without\s+Usually answers within 4 hours\s*·\s*1 profile", none)
    body = (await client.get("/api/v1/assistants?answers_within=240&lang=fr")).json()
    assert [hit["slug"] for hit in body["hits"]] == ["lea"]
    assert body["query"] == {"answers_within": "240"}
    facet = body["facets"]["answers_within"]
    assert [row["count"] for row in facet] == [0, 1, 1, 2]
    assert facet[1] == {
        "value": "240", "label": "Répond en général sous 4 heures", "count": 1, "selected": True,
    }  # fmt: skip


async def test_those_with_kindred_skills_are_said_to_miss_one_wish_only_if_others_are_met(
    directory: httpx.AsyncClient,
) -> None:
    missed, alone = "These miss one of them", "nothing else was compared"
    page = (await directory.get("/en/assistants?q=payment+reminders")).text
    assert (missed in page, alone in page) == (False, True)
    page = (await directory.get("/en/assistants?q=payment+reminders&country=FR")).text
    assert (missed in page, alone in page) == (True, False)


async def test_another_filter_leaves_the_town_and_the_chip_says_which(
    directory: httpx.AsyncClient,
) -> None:
    page = (await directory.get("/fr/assistants?near=saint-denis-fr-idf")).text
    form = page[page.index('<form id="f"') :]
    fields = {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]* name="(near|place)"[^>]* value="([^"]*)"', form)
    }
    assert fields == {"near": "saint-denis-fr-idf", "place": "Saint-Denis (Île-de-France)"}
    assert "50 km autour de Saint-Denis (Île-de-France)" in unescape(page)
    answer = await directory.get("/fr/assistants", params={**fields, "available": "1"})
    assert answer.headers["location"] == "/fr/assistants?near=saint-denis-fr-idf&available=1"
    other = (await directory.get("/fr/assistants?near=annecy")).text
    assert "50 km autour d’Annecy" in unescape(other)
    landing = (await directory.get("/fr/assistants/city/saint-denis")).text
    assert re.search(r"<h1[^>]*>[^<]*Saint-Denis \(La Réunion\)", unescape(landing))


async def test_nobody_found_names_the_filter_to_drop(directory: httpx.AsyncClient) -> None:
    answer = await directory.get("/en/assistants?skill=bookkeeping&rate_max=2000")
    assert "0</strong>" in answer.text
    assert re.search(r"without\s+Up to €20 an hour", answer.text)


async def test_each_bound_of_a_rate_is_named_for_what_goes_with_it(
    directory: httpx.AsyncClient,
) -> None:
    page = "/en/assistants?skill=bookkeeping&rate_min=2000&rate_max=3000"
    text = (await directory.get(page)).text
    assert text.count("€20 to €30 an hour") == 1  # the chip, which takes both away
    assert re.findall(r"without\s+((?:Up|From)[^·<]+?)\s*·", text) == ["Up to €30 an hour"]
    said = f"{page}&said=rate_min%3D2000%7Cbookkeeping&said=rate_max%3D3000%7Cbookkeeping"
    text = (await directory.get(said, follow_redirects=True)).text
    assert len(re.findall(r"without\s+€20 to €30 an hour", text)) == 1


async def test_whoever_follows_can_be_kept_and_compared_though_nobody_was_found(
    directory: httpx.AsyncClient,
) -> None:
    text = (await directory.get("/fr/assistants?q=standardiste&rate_max=100")).text
    forms = set(re.findall(r'<form id="([^"]+)"', text))
    assert {"keep", "compare"} <= set(re.findall(r'\sform="([^"]+)"', text)) <= forms


async def test_landing_pages_are_canonical_for_one_skill_or_town(
    directory: httpx.AsyncClient,
) -> None:
    skill = await directory.get("/fr/assistants/skill/invoicing")
    assert skill.status_code == 200
    assert "Facturation" in skill.text
    assert "lea-roussel" in skill.text
    search = await directory.get("/fr/assistants?skill=invoicing")
    assert '/fr/assistants/skill/invoicing">' in search.text
    town = await directory.get("/fr/assistants/city/toulouse")
    assert "Toulouse" in town.text
    assert (await directory.get("/fr/assistants/skill/aircall")).status_code == 404
    assert (await directory.get("/fr/assistants/city/nowhere")).status_code == 404


async def test_the_profile_page_shows_skills_week_law_and_structured_data(
    directory: httpx.AsyncClient,
) -> None:
    answer = await directory.get("/fr/assistants/lea-roussel")
    assert answer.status_code == 200
    for text in ("Léa Roussel", "Facturation", "Aircall", "Pack dix appels", "ProfilePage"):
        assert text in answer.text
    assert "/fr/contracts/new?assistant=lea-roussel" in answer.text
    assert 'hreflang="en"' in answer.text
    assert (await directory.get("/fr/assistants/nobody")).status_code == 404


async def test_the_week_is_shown_in_the_visitors_zone(directory: httpx.AsyncClient) -> None:
    paris = await directory.get("/en/assistants/lea-roussel?tz=Europe/Paris")
    tahiti = await directory.get("/en/assistants/lea-roussel?tz=Pacific/Tahiti")
    monday = re.compile(r"Monday</th><td[^>]*>(.*?)</td>")
    assert monday.findall(paris.text) == ["<span>09:00–18:00</span>"]
    assert monday.findall(tahiti.text) == ["<span>00:00–07:00</span>, <span>22:00–24:00</span>"]
    assert "the zone Pacific/Tahiti. This assistant works in the zone Europe/Paris" in tahiti.text
    compared = "/en/assistants/compare?with=lea-roussel&with=tom-kay&tz=Africa/Dakar"
    assert "Mon–Fri 08:00–17:00" in (await directory.get(compared)).text


async def test_suggestions_offer_skills_places_and_people(directory: httpx.AsyncClient) -> None:
    answer = await directory.get("/fr/assistants/suggest?q=fact")
    assert "/fr/assistants?skill=invoicing" in answer.text
    answer = await directory.get("/fr/assistants/suggest?q=léa")
    assert "/fr/assistants/lea-roussel" in answer.text
    answer = await directory.get("/fr/assistants/suggest?q=!!")
    assert "data-href" not in answer.text, "punctuation names nobody"
    answer = await directory.get("/fr/assistants/suggest?q=suis")
    assert 'data-href="/fr/assistants?country=CH"' in answer.text
    answer = await directory.get("/fr/assistants/suggest?q=breta")
    assert 'data-href="/fr/assistants?region=FR-BRE"' in answer.text
    answer = await directory.get("/fr/assistants/towns?q=saint-denis")
    assert re.findall('data-value="([^"]+)"', answer.text)[:2] == [
        "Saint-Denis (Île-de-France)",
        "Saint-Denis (La Réunion)",
    ]
    assert 'data-value="Paris"' in (await directory.get("/fr/assistants/towns?q=75011")).text
    answer = await directory.get("/fr/assistants/suggest?q=toul")
    assert "near=toulouse" in answer.text


async def test_the_same_page_again_costs_nothing(directory: httpx.AsyncClient) -> None:
    first = await directory.get("/fr/assistants?sort=rate")
    again = await directory.get(
        "/fr/assistants?sort=rate", headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304


async def test_no_two_chips_say_the_same_of_different_filters(directory: httpx.AsyncClient) -> None:
    page = (await directory.get("/fr/assistants?country=FR&jurisdiction=FR")).text
    chips = re.findall(r'class="chip"[^>]*><span>([^<]*)', page)
    assert len(chips) == len(set(chips)) == 2


async def test_a_sentence_becomes_filters_as_chips_that_turn_back_into_words(
    directory: httpx.AsyncClient,
) -> None:
    sentence = "standardiste bilingue anglais à Toulouse dispo le matin moins de 30 €"
    answer = await directory.get("/fr/assistants", params={"q": sentence})
    assert answer.status_code == 302
    address = answer.headers["location"]
    assert "speaks=en:C1" in address
    assert "rate_max=3000" in address
    page = await directory.get(address)
    assert page.status_code == 200
    assert "lea-roussel" in page.text
    assert re.search(r"d’après «\sbilingue anglais\s»", page.text)
    links = re.findall(r'<a class="chip" href="([^"]+)"', page.text)
    without = next(unescape(link) for link in links if "near=" not in link.partition("&said=")[0])
    again = await directory.get(without)
    assert again.status_code == 200, again.headers.get("location")
    assert 'value="standardiste à Toulouse"' in again.text
    without = next(unescape(link) for link in links if "speaks=" not in unescape(link))
    again = await directory.get(without)
    assert 'value="standardiste"' in again.text, "as text the language would be translation"
    english = await directory.get(address.replace("/fr/", "/en/"))
    assert "from “bilingue anglais”" in english.text


async def test_each_place_has_its_reasons_and_the_rules_are_published(
    directory: httpx.AsyncClient,
) -> None:
    plain = await directory.get("/fr/assistants?q=standardiste")
    assert "Pourquoi cet ordre" in plain.text
    assert "Pourquoi ce rang" not in plain.text
    page = await directory.get("/fr/assistants?q=standardiste&explain=1")
    assert page.status_code == 200
    for text in ("Pourquoi ce rang", "Sens et mots trouvés", "1 sur 1", "Réponses et mises à jour"):
        assert text in page.text
    reasons = re.sub(r"<[^>]+>", " ", unescape(page.text)).replace("\u00a0", " ")
    for text in (
        "écrits comme vous",
        "1 sur 1, en entier",
        "là où cela compte",
        "ne départage que",
    ):
        assert text in reasons
    assert not re.search(r"\d{3}[ \u202f]\d{3}[ \u202f]\d{3}", reasons), "a number nobody can read"
    sorted_page = await directory.get("/en/assistants?sort=rate&explain=1")
    assert "15.00 EUR" in sorted_page.text
    french = await directory.get("/fr/classement")
    assert french.headers["location"] == "/fr/ranking"
    for lang, title in (("fr", "Comment les résultats sont classés"), ("en", "The weights")):
        ranking = await directory.get(f"/{lang}/ranking")
        assert ranking.status_code == 200
        assert title in ranking.text
        assert "relais-rotation-3:" in ranking.text


async def test_newcomers_take_turns_on_the_page_beside_the_results(
    directory: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    for n in range(6):
        await people.publish(f"new-{n}", skills=["invoicing"], headline="Facturation")
    await run_jobs()
    page = await directory.get("/fr/assistants?q=facturation&per_page=4")
    assert page.text.count("Nouveau profil, montré ici") == 2
    plain = (await directory.get("/api/v1/assistants?q=facturation&per_page=4")).json()
    body = (await directory.get("/api/v1/assistants?q=facturation&per_page=4&explain=1")).json()
    rotation = body["rotation"]
    assert [turn["hit"]["id"] for turn in plain["rotation"]["turns"]] == [
        turn["hit"]["id"] for turn in rotation["turns"]
    ]
    assert len(rotation["candidates"]) > len(rotation["turns"]) == 2
    assert [turn["place"] for turn in rotation["turns"]] == [4, 9]
    assert len(body["hits"]) == 4
    tickets = sorted(
        rotation["candidates"],
        key=lambda id_: hashlib.sha256(f"{rotation['seed']}:{id_}".encode()).hexdigest(),
    )
    assert [turn["hit"]["id"] for turn in rotation["turns"]] == tickets[:2]
    rules = (await directory.get("/api/v1/ranking")).json()
    assert (rules["seed"], rules["quota"]) == (rotation["seed"], 2)
    explained = await directory.get("/fr/assistants?q=facturation&per_page=4&explain=1")
    draw = explained.text.partition('<ol class="draw">')[2].partition("</ol>")[0]
    for turn in rotation["turns"]:
        assert f'/assistants/{turn["hit"]["slug"]}">{turn["hit"]["name"]}</a>' in draw


async def test_a_few_results_are_followed_by_who_misses_one_wish(
    directory: httpx.AsyncClient,
) -> None:
    page = await directory.get("/fr/assistants?q=standardiste&rate_max=100")
    assert "Proches de votre demande" in page.text
    assert "sans «" in page.text
    asked = "/api/v1/assistants?q=standardiste&rate_max=100"
    assert (await directory.get(asked)).json()[
        "nearby"
    ] == []  # a second question: who asks gets it
    answer = (await directory.get(f"{asked}&nearby=1")).json()
    assert answer["total"] == 0
    rows = {row["without"]["parameter"]: row for row in answer["nearby"]}
    assert rows["rate_max"]["hits"][0]["headline"]
    assert "Jusqu" in rows["rate_max"]["without"]["label"]
    plenty = await directory.get("/fr/assistants")
    assert "Proches de votre demande" not in plenty.text


async def test_first_who_has_kindred_skills_and_meets_every_other_filter(
    directory: httpx.AsyncClient,
) -> None:
    asked = "skill=payroll&city=lyon"
    page = unescape((await directory.get(f"/fr/assistants?{asked}")).text)
    followed = page.split('id="nearby"')[1]
    assert "Compétences voisines, tous vos autres filtres respectés" in followed
    assert "Ces personnes proposent\xa0: Tenue comptable." in followed
    assert "Tom Kay" in followed
    assert 'class="tag is-hit">Tenue comptable' in followed
    answer = (await directory.get(f"/api/v1/assistants?{asked}&nearby=1&lang=en")).json()
    first = answer["nearby"][0]
    assert first["without"]["parameter"] == "work"
    assert first["without"]["label"] == "Related skills, all your other filters met"
    assert first["skills"] == [{"code": "bookkeeping", "label": "Bookkeeping"}]
    assert [hit["slug"] for hit in first["hits"]] == ["tom-kay"]
    alone = unescape((await directory.get("/fr/assistants?skill=payroll")).text)
    assert "Compétences voisines</p>" in alone
    levels = re.findall(r"<h(\d)", page[page.index('class="nearby"') :])
    assert (levels[0], {*levels[1:]}) == ("2", {"3"}), "names of people stand right under the title"


async def test_a_heart_and_the_reasons_leave_the_reader_on_the_same_page(
    directory: httpx.AsyncClient,
) -> None:
    second = "/fr/assistants?page=2&per_page=1"
    page = unescape((await directory.get(second)).text)
    assert f'name="back" value="{second}"' in page
    assert f'href="{second}&explain=1"' in page


async def test_a_profile_is_shown_while_too_many_search(
    directory: httpx.AsyncClient, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = finding.connected()
    assert client is not None
    await people.publish("ada-lyon", name="Ada Lyon", skills=["bookkeeping"])
    await run_jobs()
    assert "Ada Lyon" in (await directory.get("/fr/assistants/tom-kay")).text

    async def turned_away(bodies: object) -> object:
        raise SearchBusy

    monkeypatch.setattr(client, "ask", turned_away)
    assert (await directory.get("/fr/assistants")).status_code == 503
    answer = await directory.get("/fr/assistants/tom-kay")
    assert answer.status_code == 200
    assert "Ada Lyon" not in answer.text
