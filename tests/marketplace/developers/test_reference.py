"""The reference page: in both languages, by area, readable without a script."""

from __future__ import annotations

import re

import httpx
import pytest

from marketplace.core.i18n import gettext
from marketplace.developers.queries import document, reference
from marketplace.web.guards import in_person
from tests.factories import accounts

OPERATIONS = {f"{op.tag}_{op.handler.__name__}": op for op in document.operations()}


IN_PERSON = {"fr": "aucun jeton n’y donne accès", "en": "no token opens this"}
DETAILS = re.compile(r'<details class="more api" id="(\w+)">(.*?)</details>', re.DOTALL)


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_every_operation_can_be_linked_to_and_shows_call_and_answer(
    client: httpx.AsyncClient, lang: str
) -> None:
    page = (await client.get(f"/{lang}/developers")).text
    shown = dict(DETAILS.findall(page))
    assert set(shown) == set(OPERATIONS)
    for name, text in shown.items():
        operation = OPERATIONS[name]
        assert f"/api/v1{re.sub(r':[a-z]+}', '}', operation.path)}" in text
        assert "curl " in text
        if operation.guard is in_person:
            assert ("Bearer" in text, IN_PERSON[lang] in text) == (False, True)
        else:
            assert operation.scope in text
    for area in reference.areas():
        assert f'href="/{lang}/developers?area={area}"' in page


async def test_an_area_alone_is_shown_and_an_unknown_one_shows_all(
    client: httpx.AsyncClient,
) -> None:
    work = (await client.get("/fr/developers?area=work")).text
    assert {name.partition("_")[0] for name, _text in DETAILS.findall(work)} == {"work"}
    assert 'href="/fr/developers?area=work" aria-current="page"' in work
    everything = (await client.get("/fr/developers?area=%3Cb%3E")).text
    assert len(DETAILS.findall(everything)) == len(OPERATIONS)


def test_every_summary_has_its_french() -> None:
    missing = {op.summary for op in OPERATIONS.values() if gettext(op.summary, "fr") == op.summary}
    assert not missing, f"add to frontend/locales/fr/developers.po: {sorted(missing)}"


async def test_a_parameter_says_what_it_means_in_both_languages(
    client: httpx.AsyncClient,
) -> None:
    told = {
        row.description
        for found in reference.areas().values()
        for op in found
        for row in (*op.parameters, *op.fields)
        if row.description
    }
    missing = {text for text in told if gettext(text, "fr") == text}
    assert not missing, f"add to frontend/locales/fr/developers.po: {sorted(missing)}"
    for lang, meaning in (
        ("en", "Hours a week, at least."),
        ("fr", "Heures par semaine, au moins."),
    ):
        shown = dict(DETAILS.findall((await client.get(f"/{lang}/developers?area=directory")).text))
        assert f">{meaning}</td>" in shown["directory_search"]


@pytest.mark.usefixtures("search_engine")
async def test_the_calls_of_the_directory_can_be_made_as_they_stand(
    client: httpx.AsyncClient,
) -> None:
    for op in reference.areas()["directory"]:
        address = op.curl.removeprefix("curl ").strip("'")
        if "{" not in address:
            assert (await client.get(address)).status_code == 200, address


async def test_the_document_is_served_to_any_origin(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/openapi.json")
    assert answer.json() == document.document()
    assert answer.headers["access-control-allow-origin"] == "*"
    stale = {"authorization": "Bearer rl_expired"}  # generators send it with whatever they fetch
    assert (await client.get("/api/v1/openapi.json", headers=stale)).status_code == 200


def test_a_call_names_the_token_the_key_and_the_body_it_needs() -> None:
    calls = {op.id: op for found in reference.areas().values() for op in found}
    assert "Bearer" not in calls["directory_search"].curl
    fund = calls["billing_fund"].curl
    assert "Bearer rl_" in fund
    assert "Idempotency-Key" in fund
    assert '"locale": "fr"' in fund
    assert "@photo.jpg" in calls["profiles_photo"].curl
    assert "@document.pdf" in calls["contracts_verify_file"].curl
    form = calls["contracts_bring_to_client"]
    assert "-F 'email=lea@example.org'" in form.curl  # in the body, not in the address
    assert "-F 'file=@contract.pdf'" in form.curl
    assert {"email", "file", "profile"} <= {row.name for row in form.fields}


async def test_the_token_page_offers_every_scope_the_reference_names(
    client: httpx.AsyncClient,
) -> None:
    await accounts.log_in(client, await accounts.person())
    page = (await client.get("/en/account/tokens")).text
    named = {op.scope for found in reference.areas().values() for op in found if op.scope}
    offered = {scope for scope in named if f'value="{scope}"' in page}
    assert {scope for scope in named - offered if not scope.startswith("operator:")} == set()
    await accounts.log_in(client, await accounts.person(is_operator=True))
    page = (await client.get("/en/account/tokens")).text
    assert {scope for scope in named if f'value="{scope}"' in page} == named
