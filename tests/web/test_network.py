"""Limits count by network: an IPv6 line is one sender, and no stranger uses up what is another's."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import ValidationError
from uvicorn.middleware.proxy_headers import _TrustedHosts

from marketplace.accounts.models import LoginSession
from marketplace.core.ids import hash_token
from marketplace.core.settings import Settings
from marketplace.web import ratelimit
from marketplace.web.network import network_of
from tests.factories import accounts as make

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette

OWN = "2001:db8:1:2::1"
NEIGHBOUR = "2001:db8:1:2:ffff::9"  # of the same line
STRANGER = "203.0.113.9"


@asynccontextmanager
async def _browser(application: Starlette, address: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=application, client=(address, 4711))
    base_url = "http://127.0.0.1:8000"
    headers = {"Origin": base_url, "Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(
        transport=transport, base_url=base_url, headers=headers
    ) as browser:
        yield browser


async def _use_up(key: str) -> None:
    """As if everything that `key` allows had been asked for, for hours."""
    for _ in range(3):
        await ratelimit.take(key, per_minute=0.01, burst=3)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (OWN, "2001:db8:1:2::/64"),
        (NEIGHBOUR, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_what_stands_for_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_only_a_named_proxy_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_BEHIND", "*")
    with pytest.raises(ValidationError):
        Settings()
    monkeypatch.setenv("RELAIS_BEHIND", "172.30.85.0/24,10.0.0.1")
    proxies = _TrustedHosts(Settings().behind)
    assert "172.30.85.7" in proxies and "203.0.113.9" not in proxies
    # What the visitor wrote stands to the left of what the proxy has added.
    assert proxies.get_trusted_client_address("1.2.3.4, 203.0.113.9")[0] == "203.0.113.9"


async def test_one_ipv6_line_is_one_sender(application: Starlette) -> None:
    who = await make.person()
    await _use_up(f"log-in:ip:{network_of(OWN)}")
    form = {"email": who.email, "password": make.PASSWORD}
    async with _browser(application, NEIGHBOUR) as browser:
        assert (await browser.post("/en/log-in", data=form)).status_code == 429
    async with _browser(application, "2001:db8:1:3::1") as browser:
        assert (await browser.post("/en/log-in", data=form)).status_code == 303
    (row,) = await LoginSession.all()
    assert row.ip == "2001:db8:1:3::1", "what is kept of a session is the whole address"


async def test_a_stranger_keeps_nobody_out(application: Starlette) -> None:
    who = await make.person()
    form = {"email": who.email, "password": "a wrong password"}
    async with _browser(application, STRANGER) as stranger, _browser(application, OWN) as own:
        codes = [(await stranger.post("/en/log-in", data=form)).status_code for _ in range(12)]
        assert codes == [422] * 10 + [429] * 2
        right = {**form, "password": make.PASSWORD}
        assert (await own.post("/en/log-in", data=right)).status_code == 303


async def test_a_stranger_uses_up_no_links_of_the_owner(application: Starlette) -> None:
    who = await make.person()
    form = {"email": who.email}
    async with _browser(application, STRANGER) as stranger, _browser(application, OWN) as own:
        asked = [await stranger.post("/en/forgotten-password", data=form) for _ in range(8)]
        assert [each.status_code for each in asked] == [303] * 6 + [429] * 2
        assert (await own.post("/en/forgotten-password", data=form)).status_code == 303


async def test_a_strangers_key_is_not_ones_own(application: Starlette) -> None:
    key = {"Idempotency-Key": "1"}
    at = "/api/v1/accounts/password-reset"
    async with _browser(application, STRANGER) as stranger, _browser(application, OWN) as own:
        theirs = await stranger.post(at, json={"email": "a@relais.example"}, headers=key)
        mine = await own.post(at, json={"email": "b@relais.example"}, headers=key)
        assert (theirs.status_code, mine.status_code) == (202, 202)
        assert "idempotency-replayed" not in mine.headers
        again = await own.post(at, json={"email": "b@relais.example"}, headers=key)
        assert again.headers["idempotency-replayed"] == "true"
        asked = await own.post(f"{at}?lang=en", json={"email": "b@relais.example"}, headers=key)
        assert asked.status_code == 422, "another address is another request"


async def test_guesses_from_everywhere_together_are_bounded(application: Starlette) -> None:
    who = await make.person()
    account = f"log-in:account:{hash_token(who.email)}"
    form = {"email": who.email, "password": "a wrong password"}
    async with _browser(application, OWN) as own, _browser(application, STRANGER) as stranger:
        for browser in (own, stranger):
            assert (await browser.post("/en/log-in", data=form)).status_code == 422
        await _use_up(account)
        for browser in (own, stranger):
            assert (await browser.post("/en/log-in", data=form)).status_code == 429
