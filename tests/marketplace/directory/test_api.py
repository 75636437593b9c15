"""The directory's JSON API over the real index."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from marketplace.directory.schemas import Hit, SearchAnswer
from tests.marketplace.directory import people

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("search_engine")


async def test_the_answer_has_the_shape_of_the_contract(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await people.publish(
        "lea-roussel",
        name="Léa Roussel",
        skills=["invoicing"],
        tools=["sage"],
        languages=[("fr", "C2"), ("en", "B2")],
        rate_minor=3500,
    )
    await people.publish("tom-kay", skills=["bookkeeping"], city="lyon", engagement=["project"])
    await run_jobs()
    answer = await client.get(
        "/api/v1/assistants?q=facturation&speaks=en:B2&country=FR&lang=fr&near=toulouse"
    )
    assert answer.status_code == 200
    body = answer.json()
    assert body["query"] == {
        "q": "facturation",
        "speaks": ["en:B2"],
        "country": ["FR"],
        "near": "toulouse",
    }
    assert (body["total"], body["page"], body["pages"]) == (1, 1, 1)
    assert body.keys() == SearchAnswer.model_fields.keys()
    assert SearchAnswer.model_validate(body)
    hit = body["hits"][0]
    assert hit.keys() == {one.name for one in fields(Hit)}
    assert hit["slug"] == "lea-roussel"
    assert hit["url"] == "/fr/assistants/lea-roussel"
    assert hit["skills"] == [{"code": "invoicing", "label": "Facturation"}]
    assert hit["rate"] == {"minor": 3500, "currency": "EUR"}
    assert hit["speaks"][0] == {"code": "fr", "level": "C2", "label": "Français"}
    assert (hit["jurisdiction"], hit["tax_status"], hit["charges_vat"]) == (
        "FR",
        "franchise",
        False,
    )
    assert hit["distance_km"] == 0
    assert [row["value"] for row in body["facets"]["payable"]] == ["1"], "0 asks for nothing"
    counts = {row["value"]: row for row in body["facets"]["skill"]}
    assert counts["invoicing"] == {
        "value": "invoicing",
        "label": "Facturation",
        "count": 1,
        "selected": False,
    }
    english = (await client.get("/api/v1/assistants?skill=invoicing&lang=en")).json()
    assert english["hits"][0]["skills"][0]["label"] == "Invoicing"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("skill=alchemy", "skill"),
        ("legal_form=sas", "legal_form"),
        ("rate_min=cheap", "rate_min"),
        ("covers=always", "covers"),
        ("page=0", "page"),
        ("page=51&per_page=20&page=2", "page"),
        ("lang=xx", "lang"),
        ("understand=2", "understand"),
        ("nearby=2", "nearby"),
        ("tz=Nope", "tz"),
        ("tz=Europe/Paris&tz=Asia/Tokyo", "tz"),
        ("speaks=zz", "speaks"),
    ],
)
async def test_a_bad_parameter_is_a_problem_that_names_it(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    answer = await client.get(f"/api/v1/assistants?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_rates_in_another_currency_have_bars_of_it(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await people.publish("lea-seule", rate_minor=2600)
    await run_jobs()
    body = (await client.get("/api/v1/assistants?currency=USD&rate_max=4000&lang=en")).json()
    converted = body["hits"][0]["rate_converted"]
    assert converted["currency"] == "USD"
    counted = [row for row in body["facets"]["rate"] if row["count"]]
    low, _dash, high = counted[0]["value"].partition("-")
    assert len(counted) == 1
    assert int(low) <= converted["minor"] < int(high)
    assert "US$" in counted[0]["label"]
    page = await client.get("/en/assistants?rate_max=400000&currency=INR")
    assert page.status_code == 200


async def test_a_method_nobody_takes_is_refused_in_the_callers_language(
    client: httpx.AsyncClient,
) -> None:
    refused = await client.put("/api/v1/taxonomy", headers={"accept-language": "fr"})
    assert refused.status_code == 405
    assert refused.json()["title"] == "Cette adresse n’accepte pas cette méthode."
    assert refused.headers["allow"]


async def test_national_legal_forms_are_found_and_counted_in_their_groups(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await people.publish("lea-seule")
    await people.publish("lea-sas", legal_form="sas")
    await people.publish("lea-porte", legal_form="portage")
    await run_jobs()
    body = (await client.get("/api/v1/assistants?legal_form=company&legal_form=umbrella")).json()
    assert {(hit["slug"], hit["legal_form"]) for hit in body["hits"]} == {
        ("lea-sas", "company"),
        ("lea-porte", "umbrella"),
    }
    counted = {
        (row["value"], row["selected"]): row["count"] for row in body["facets"]["legal_form"]
    }
    assert counted == {
        ("company", True): 1,
        ("umbrella", True): 1,
        ("sole_trader", False): 1,
    }
    assert body["query"]["legal_form"] == ["company", "umbrella"]


async def test_one_profile_is_readable_and_drafts_are_not(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    profile = await people.publish("lea-roussel", name="Léa Roussel", package="Pack")
    await run_jobs()
    body = (await client.get("/api/v1/assistants/lea-roussel?lang=en")).json()
    assert body["name"] == "Léa Roussel"
    assert body["packages"][0]["price"] == {"minor": 30000, "currency": "EUR"}
    assert body["coverage"][0] == {"weekday": 0, "from_minute": 540, "to_minute": 1080}
    await people.pause(profile)
    assert (await client.get("/api/v1/assistants/lea-roussel")).status_code == 404


async def test_the_vocabulary_and_suggestions_follow_the_language(
    client: httpx.AsyncClient,
) -> None:
    words = (await client.get("/api/v1/taxonomy", headers={"accept-language": "en"})).json()
    assert len(words["skills"]) >= 150
    assert len(words["tools"]) >= 60
    assert {"code": "reception", "label": "Reception and calls"} in words["groups"]
    found = (await client.get("/api/v1/suggest?q=invoi&lang=en")).json()
    assert found[0]["value"] == "invoicing"
    assert (await client.get("/api/v1/suggest?q=i")).json() == []
    assert (await client.get("/api/v1/suggest?q=lyon&lang=fr")).json()[0]["kind"] == "place"
    for query, field in (("q=ab&foo=1", "foo"), ("q=ab&q=cd", "q"), ("q=ab&lang=xx", "lang")):
        refused = await client.get(f"/api/v1/suggest?{query}")
        assert refused.status_code == 400
        assert [error["field"] for error in refused.json()["errors"]] == [field]


async def test_the_api_understands_a_sentence_only_when_asked_and_says_what(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await people.publish("lea-roussel", skills=["virtual-receptionist"], rate_minor=2800)
    await run_jobs()
    sent = {"q": "standardiste à Toulouse moins de 30 €", "lang": "fr"}
    plain = (await client.get("/api/v1/assistants", params=sent)).json()
    assert (plain["query"], plain["understood"]) == ({"q": sent["q"]}, [])
    body = (await client.get("/api/v1/assistants", params={**sent, "understand": "1"})).json()
    assert (body["query"]["q"], body["query"]["near"]) == ("standardiste", "toulouse")
    assert body["understood"] == [
        {"parameter": "near", "value": "toulouse", "words": "à Toulouse"},
        {"parameter": "rate_max", "value": "3000", "words": "moins de 30 €"},
    ]
    assert body["total"] == 1
