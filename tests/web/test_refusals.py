"""Refusals that no feature speaks: unknown addresses, too much, from another site."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest

from marketplace.core.db import connection
from marketplace.core.errors import Conflict, TooManyRequests
from marketplace.core.settings import settings
from marketplace.web import csrf
from marketplace.web.csrf import BODY_BYTES_MAX, TYPED_BYTES_MAX
from payments.errors import StripeUnavailable
from tests.factories import accounts, parties

if TYPE_CHECKING:
    from starlette.applications import Starlette

ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}


async def test_an_unknown_address_keeps_the_header_of_who_is_signed_in(
    client: httpx.AsyncClient,
) -> None:
    who = await accounts.person(name="Odile Rey")
    assert "Odile Rey" not in (await client.get("/fr/messages")).text
    await accounts.log_in(client, who)
    for method, path, status in (("GET", "/fr/messages", 404), ("PUT", "/fr/account", 405)):
        page = await client.request(method, path)
        assert page.status_code == status
        assert "Odile Rey" in page.text
        assert "Se connecter" not in page.text
    broken = await client.get("/fr/messages", headers={"authorization": "Bearer rl_x"})
    assert broken.status_code == 404


async def test_even_what_breaks_outside_everything_has_the_headers_of_every_answer(
    application: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_request: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("marketplace.web.errors.load_viewer", broken)
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings().base_url) as browser:
        page = await browser.get("/fr/messages")
        sound = await browser.get("/health/live")
    assert page.status_code == 500
    for name in csrf.fixed_headers():
        assert name in sound.headers
        assert len(page.headers.get_list(name)) == 1
    assert page.headers["content-security-policy"] == sound.headers["content-security-policy"]


async def test_a_strangers_address_is_no_line_of_the_log(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    headers = {"authorization": "Bearer rl_x"}
    assert (await client.get("/fr/" + "x" * 5_000, headers=headers)).status_code == 404
    assert "xxxx" not in caplog.text


async def test_what_another_site_sends_is_refused_on_a_page_of_ours(
    client: httpx.AsyncClient,
) -> None:
    page = await client.post("/fr/account", data={"name": "Eve"}, headers=ELSEWHERE)
    assert page.status_code == 403
    assert "Cet envoi vient d’un autre site" in page.text
    assert 'href="/fr/"' in page.text
    told = await client.post("/api/v1/accounts?lang=en", json={}, headers=ELSEWHERE)
    assert told.status_code == 403
    assert told.json()["code"] == "cross_site"


async def test_what_is_too_large_is_said_beside_the_photo_or_with_a_way_back(
    client: httpx.AsyncClient,
) -> None:
    who = await accounts.person()
    profile = await parties.profile(who)
    await accounts.log_in(client, who)
    huge = {"photo": ("me.jpg", b"\xff" * (BODY_BYTES_MAX + 1), "image/jpeg")}
    at = f"/fr/profiles/{profile.id}/photo"
    beside = await client.post(at, files=huge)
    assert beside.status_code == 413
    assert "Ce fichier est trop lourd" in beside.text
    assert 'type="file"' in beside.text

    async def pieces() -> AsyncIterator[bytes]:  # without a length told beforehand
        yield b'--a\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        for _ in range(BODY_BYTES_MAX // 65_536 + 2):
            yield b"x" * 65_536

    here = str(client.base_url)
    back = {
        "referer": f"{here}/fr/account?tab=1",
        "content-type": "multipart/form-data; boundary=a",
    }
    page = await client.post("/fr/account", content=pieces(), headers=back)
    assert page.status_code == 413
    assert "C’est trop lourd" in page.text
    assert 'href="/fr/account?tab=1"' in page.text
    told = await client.post(
        "/api/v1/accounts", content=b" " * (BODY_BYTES_MAX + 1),
        headers={"content-type": "application/json"},
    )  # fmt: skip
    assert (told.status_code, told.json()["status"]) == (413, 413)


async def test_the_address_of_a_refused_form_leads_to_its_page(client: httpx.AsyncClient) -> None:
    who = await accounts.person()
    profile = await parties.profile(who)
    await accounts.log_in(client, who)
    for sent, page in {
        "/fr/account/email": "/fr/account",
        f"/fr/profiles/{profile.id}/photo": f"/fr/profiles/{profile.id}",
        f"/fr/parties/{profile.party_id}/invitations?x=1": f"/fr/parties/{profile.party_id}",
        "/en/log-out": "/en/",
        "/theme": "/",
    }.items():
        for method in ("GET", "HEAD"):
            answer = await client.request(method, sent)
            assert (answer.status_code, answer.headers["location"]) == (303, page)
    wrong = await client.get("/api/v1/parties/x/invitations/x")
    assert wrong.status_code == 404


async def test_theme_and_language_of_a_refused_form_lead_to_the_page_it_stood_on(
    client: httpx.AsyncClient,
) -> None:
    who = await accounts.person()
    await accounts.log_in(client, who)
    stood = {"referer": f"{str(client.base_url).rstrip('/')}/fr/account?tab=1"}
    page = await client.post("/fr/account/email", data={"email": "no"}, headers=stood)
    assert page.status_code == 422
    assert 'name="back" value="/fr/account?tab=1"' in page.text
    assert 'href="/en/account?tab=1"' in page.text
    for stranger in ("https://evil.example/fr/x", f"{client.base_url}//evil.example/x"):
        page = await client.post("/fr/account/email", data={}, headers={"referer": stranger})
        assert "evil.example" not in page.text
        assert 'name="back" value="/fr/account/email"' in page.text


@pytest.mark.parametrize(
    ("broken", "status"),
    [(RuntimeError(), 500), (ConnectionRefusedError(), 503), (TooManyRequests(9), 429),
     (StripeUnavailable(), 503), (Conflict(), 409)],
    ids=lambda each: getattr(each, "__name__", type(each).__name__),
)  # fmt: skip
async def test_a_form_that_broke_gives_back_what_was_typed(
    application: Starlette, monkeypatch: pytest.MonkeyPatch, broken: Exception, status: int
) -> None:
    async def breaks(*_args: object, **_more: object) -> None:
        raise broken

    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)
    here = settings().base_url
    stood = {"referer": f"{here}/en/account?tab=1", "origin": here}
    async with httpx.AsyncClient(
        transport=transport, base_url=here, headers={"origin": here}
    ) as browser:
        await accounts.log_in(browser, await accounts.person())
        monkeypatch.setattr("marketplace.accounts.service.profile.update_profile", breaks)
        wrote = {
            "name": "A line that somebody wrote <by hand>",
            "locale": "en",
            "password": "not to be shown",
        }
        page = await browser.post("/en/account", data=wrote, headers=stood)
        whole = {**wrote, "more": "x" * 120_000}
        lost = await browser.post("/en/account", data=whole, headers=stood)
    for answer in (page, lost):
        assert answer.status_code == status
        assert "not to be shown" not in answer.text
        assert "lost" not in answer.text.replace("art--lost", "")
        assert 'href="/en/account?tab=1"' in answer.text
    assert ">\nA line that somebody wrote &lt;by hand&gt;</textarea>" in page.text
    assert ('action="/en/account"' in page.text) is (status != 409)
    assert "could not be kept" not in page.text
    assert "could not be kept" in lost.text


async def test_a_form_without_files_is_refused_early(client: httpx.AsyncClient) -> None:
    """A body of nothing but "&" is what takes longest to take apart."""
    headers = {"content-type": "Application/x-www-form-urlencoded; charset=utf-8"}
    much = b"&" * (TYPED_BYTES_MAX + 1)
    assert (await client.post("/theme", content=much, headers=headers)).status_code == 413

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(TYPED_BYTES_MAX // 65_536 + 1):
            yield b"&" * 65_536

    assert (await client.post("/theme", content=pieces(), headers=headers)).status_code == 413
    allowed = b"a=" + b"x" * 900_000
    assert (await client.post("/theme", content=allowed, headers=headers)).status_code == 303


async def test_an_origin_that_is_no_address_is_another_sites(client: httpx.AsyncClient) -> None:
    del client.headers["sec-fetch-site"]  # a browser from before
    for origin in ("http://[", "null", "http://[::1", ""):
        page = await client.post("/theme", data={"theme": "dark"}, headers={"origin": origin})
        assert page.status_code == 403


async def test_who_only_asks_for_the_head_of_a_page_sends_no_form(
    client: httpx.AsyncClient,
) -> None:
    asked = await client.head("/fr/contracts?status=active")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/fr/log-in?next=/fr/contracts%3Fstatus%3Dactive"
    assert not await connection().execute_query_dict("SELECT 1 FROM unsent_form")


async def test_a_form_that_did_not_arrive_whole_is_said_in_the_readers_language(
    client: httpx.AsyncClient,
) -> None:
    broken = {"content-type": "multipart/form-data"}  # without a boundary
    for locale, said in (("fr", "arrivé en entier"), ("en", "did not arrive whole")):
        page = await client.post(f"/{locale}/log-in", content=b"x", headers=broken)
        assert page.status_code == 400
        assert said in page.text
        assert "boundary" not in page.text
