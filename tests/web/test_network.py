"""Limits count by network: an IPv6 line is one sender, and no stranger uses up what is another's."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from marketplace.accounts.models import LoginSession
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


async def test_one_ipv6_line_is_one_sender(application: Starlette) -> None:
    who = await make.person()
    for _ in range(60):
        await ratelimit.take(f"log-in:ip:{network_of(OWN)}", per_minute=30, burst=60)
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


async def test_guesses_from_everywhere_together_are_bounded(application: Starlette) -> None:
    who = await make.person()
    form = {"email": who.email, "password": "a wrong password"}
    codes = []
    for number in range(101):
        async with _browser(application, f"198.51.100.{number}") as browser:
            codes.append((await browser.post("/en/log-in", data=form)).status_code)
    assert codes == [422] * 100 + [429]
