"""Logging in and out, sessions, and what other sites cannot make a browser do."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

import httpx
import pytest

from marketplace.accounts import queries
from marketplace.accounts.models import LoginSession, Person
from marketplace.accounts.service import sessions
from marketplace.core import clock
from marketplace.web import ratelimit
from tests.factories import accounts as make

if TYPE_CHECKING:
    from starlette.applications import Starlette


async def _log_in(
    client: httpx.AsyncClient, email: str, password: str = make.PASSWORD, **more: str
) -> httpx.Response:
    return await client.post("/en/log-in", data={"email": email, "password": password, **more})


async def test_the_right_password_opens_a_session_in_a_strict_cookie(
    client: httpx.AsyncClient,
) -> None:
    who = await make.person()
    answer = await _log_in(client, who.email.upper())
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("relais_session=", "httponly", "samesite=lax", "path=/"))
    assert who.email in (await client.get("/en/account")).text


async def test_an_unknown_address_and_a_wrong_password_look_the_same(
    client: httpx.AsyncClient,
) -> None:
    who = await make.person()
    spent: dict[str, list[float]] = {who.email: [], "nobody@relais.example": []}
    pages = set()
    for _ in range(5):
        for email, times in spent.items():
            start = time.process_time()
            answer = await _log_in(client, email, "a wrong password")
            times.append(time.process_time() - start)
            assert answer.status_code == 422
            pages.add(answer.text.replace(email, ""))
    assert len(pages) == 1
    known, unknown = (median(times) for times in spent.values())
    assert 0.5 < known / unknown < 2


async def test_an_unconfirmed_address_is_told_only_to_who_knows_the_password(
    client: httpx.AsyncClient,
) -> None:
    who = await make.person()
    await Person.filter(pk=who.id).update(email_verified_at=None)
    wrong = await _log_in(client, who.email, "a wrong password")
    assert "confirm your e-mail" not in wrong.text
    right = await _log_in(client, who.email)
    assert right.status_code == 409
    assert "confirm your e-mail" in right.text
    assert "relais_session" not in client.cookies


async def test_guessing_is_slowed_down_for_the_account(client: httpx.AsyncClient) -> None:
    who, other = await make.person(), await make.person()
    codes = [(await _log_in(client, who.email, f"guess number {n}")).status_code for n in range(11)]
    assert codes == [422] * 10 + [429]
    blocked = await _log_in(client, who.email)
    assert blocked.status_code == 429
    assert int(blocked.headers["retry-after"]) > 0
    assert (await _log_in(client, other.email)).status_code == 303
    client.cookies.clear()
    clock.advance(int(blocked.headers["retry-after"]))
    assert (await _log_in(client, who.email)).status_code == 303


async def test_guessing_is_slowed_down_for_the_sender(client: httpx.AsyncClient) -> None:
    who = await make.person()
    for _ in range(60):  # hashing sixty passwords for real takes too long
        await ratelimit.take("log-in:ip:127.0.0.1", per_minute=30, burst=60)
    assert (await _log_in(client, who.email)).status_code == 429


async def test_logging_in_again_changes_the_session_and_ends_the_old_one(
    client: httpx.AsyncClient,
) -> None:
    who = await make.person()
    await _log_in(client, who.email)
    first = client.cookies["relais_session"]
    await _log_in(client, who.email)
    assert client.cookies["relais_session"] != first
    assert await queries.person_by_session(first) is None


async def test_only_local_pages_are_followed_after_log_in(client: httpx.AsyncClient) -> None:
    who = await make.person()
    answer = await _log_in(client, who.email, next="/en/account/tokens?x=1")
    assert answer.headers["location"] == "/en/account/tokens?x=1"
    for evil in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = await _log_in(client, who.email, next=evil)
        assert answer.headers["location"] == "/en/contracts"


async def test_a_page_that_needs_a_person_leads_to_log_in_and_back(
    client: httpx.AsyncClient,
) -> None:
    who = await make.person()
    answer = await client.get("/en/account/sessions")
    assert answer.status_code == 303
    page = await client.get(answer.headers["location"])
    assert 'value="/en/account/sessions"' in page.text
    back = await _log_in(client, who.email, next="/en/account/sessions")
    assert back.headers["location"] == "/en/account/sessions"


async def test_logging_out_ends_the_session_for_good(client: httpx.AsyncClient) -> None:
    who = await make.person()
    token = await make.log_in(client, who)
    assert (await client.post("/fr/log-out")).status_code == 303
    assert await queries.person_by_session(token) is None


async def test_a_person_lists_their_browsers_and_logs_one_out(client: httpx.AsyncClient) -> None:
    who, stranger = await make.person(), await make.person()
    await make.log_in(client, who)
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    phone = await sessions.open_session(who.id, ip="192.0.2.7", agent=agent)
    foreign = await sessions.open_session(stranger.id, ip="", agent="")
    page = (await client.get("/en/account/sessions")).text
    assert "Firefox · Linux" in page
    assert "192.0.2.7" in page
    row = await queries.session_by_token(phone)
    theirs = await queries.session_by_token(foreign)
    assert row is not None
    assert theirs is not None
    assert (await client.post(f"/en/account/sessions/{row.id}/revoke")).status_code == 303
    assert await queries.person_by_session(phone) is None
    assert (await client.post(f"/en/account/sessions/{theirs.id}/revoke")).status_code == 404
    assert await queries.person_by_session(foreign) is not None


async def test_logging_out_everywhere_ends_every_session(client: httpx.AsyncClient) -> None:
    who = await make.person()
    tokens = [await sessions.open_session(who.id, ip="", agent="") for _ in range(3)]
    await make.log_in(client, who)
    await client.post("/en/account/sessions/revoke-all")
    assert [await queries.person_by_session(token) for token in tokens] == [None] * 3
    assert (await client.get("/en/account")).status_code == 303


async def test_a_session_runs_out_and_a_visit_is_noted_once_a_minute(database: str) -> None:
    who = await make.person()
    token = await sessions.open_session(who.id, ip="", agent="")
    (row,) = await LoginSession.all()
    clock.advance(30)
    await queries.person_by_session(token)
    assert (await LoginSession.get(pk=row.id)).last_seen_at == row.last_seen_at
    clock.advance(60)
    await queries.person_by_session(token)
    assert (await LoginSession.get(pk=row.id)).last_seen_at > row.last_seen_at
    clock.advance(31 * 86_400)
    assert await queries.person_by_session(token) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
@pytest.mark.parametrize("path", ["/fr/log-out", "/fr/account/sessions/revoke-all", "/fr/account"])
async def test_another_site_cannot_make_a_browser_write(
    application: Starlette, headers: dict[str, str], path: str
) -> None:
    who = await make.person()
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
        token = await make.log_in(browser, who)
        answer = await browser.post(path, headers=headers, data={"name": "Hacked"})
        assert answer.status_code == 403
    assert await queries.person_by_session(token) is not None
    assert (await Person.get(pk=who.id)).name == who.name


async def test_a_session_cookie_is_pinned_to_the_host_where_there_is_tls(
    monkeypatch: pytest.MonkeyPatch, client: httpx.AsyncClient
) -> None:
    from marketplace.core.settings import settings

    who = await make.person()
    monkeypatch.setenv("RELAIS_BASE_URL", "https://relais.example")
    settings.cache_clear()
    answer = await _log_in(client, who.email)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-relais_session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
