"""What we know of each place, read by people and by programs."""

import re

import httpx

from marketplace.jurisdictions import queries as jurisdictions


async def test_every_place_has_its_page_in_both_languages(client: httpx.AsyncClient) -> None:
    for locale, doubt in (("fr", "à confirmer"), ("en", "to be confirmed")):
        index = await client.get(f"/{locale}/jurisdictions")
        assert index.status_code == 200
        for place in jurisdictions.all(locale):
            assert f'href="/{locale}/jurisdictions/{place.code}"' in index.text
            page = await client.get(f"/{locale}/jurisdictions/{place.code}")
            assert page.status_code == 200, place.code
            assert doubt in page.text, "the disclaimer says how doubt is marked"
            assert page.text.count('id="source-') == len(place.sources)


async def test_rates_and_limits_are_written_for_people(client: httpx.AsyncClient) -> None:
    quebec = (await client.get("/fr/jurisdictions/CA-QC")).text
    assert "9,975\u00a0%" in quebec
    assert "9.975%" in (await client.get("/en/jurisdictions/CA-QC")).text
    assert re.search(r"37\s500\s€", (await client.get("/fr/jurisdictions/FR")).text)
    assert "2,000,000 INR" in (await client.get("/en/jurisdictions/IN")).text
    assert re.search(r"400\s000\s000\sMGA", (await client.get("/fr/jurisdictions/MG")).text)
    assert re.search(r"75\s000\sTND", (await client.get("/fr/jurisdictions/TN")).text)


async def test_an_unknown_place_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/fr/jurisdictions/XX")).status_code == 404
    assert (await client.get("/api/v1/jurisdictions/XX")).status_code == 404


async def test_the_api_gives_every_fact_with_its_source(client: httpx.AsyncClient) -> None:
    lines = (await client.get("/api/v1/jurisdictions")).json()
    assert len(lines) == 32
    france = (await client.get("/api/v1/jurisdictions/FR")).json()
    (rate,) = france["vat_rates"]
    assert rate["rate_ppm"] == 200_000
    assert rate["source"] in france["sources"]


async def test_towns_are_suggested(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/v1/towns", params={"q": "touLOU", "country": "FR"})).json()
    assert found[0]["slug"] == "toulouse"
    assert (await client.get("/api/v1/towns", params={"q": "t"})).status_code == 422
    assert (
        await client.get("/api/v1/towns", params={"q": "ly", "country": "fr"})
    ).status_code == 422


async def test_addresses_people_type_lead_to_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/fr/juridictions/fr")
    assert answer.headers["location"] == "/fr/jurisdictions/FR"
    assert (await client.get("/fr/jurisdictions/fr")).status_code == 200
    assert (await client.get("/fr/juridictions")).headers["location"] == "/fr/jurisdictions"
    assert (await client.get("/fr/juridictions/xx")).status_code == 404


async def test_parts_dates_and_rules_are_shown(client: httpx.AsyncClient) -> None:
    france = (await client.get("/fr/jurisdictions/FR")).text
    assert "8,5\u00a0%" in france
    assert "Guyane" in france
    assert "jusqu’au 31 août 2026" in france, "the words of before are still told"
    assert "Nouvelle-Écosse" in (await client.get("/fr/jurisdictions/CA")).text
    rules = (await client.get("/fr/jurisdictions/rules")).text
    assert jurisdictions.data_version() in rules
    for each in (await client.get("/api/v1/jurisdictions/rules")).json()["rules"]:
        assert f'id="{each["code"]}"' in rules
