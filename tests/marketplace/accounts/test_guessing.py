"""Guessing the second factor: bounded by the day, told to the owner, in nobody else's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.service import factors
from marketplace.accounts.service.factors import Proof
from marketplace.core import clock
from marketplace.web import ratelimit
from tests.factories import accounts as make
from tests.marketplace.accounts.test_authenticator import code_now, set_up

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

SUBJECT = "Somebody may have your password"


async def _first_step(client: httpx.AsyncClient, email: str, password: str = make.PASSWORD) -> None:
    client.cookies.clear()
    form = {"email": email, "password": password}
    page = await client.post("/en/log-in", data=form)
    assert page.headers["location"] == "/en/log-in/second", page.text


async def _guess(client: httpx.AsyncClient, code: str = "000000") -> int:
    return (await client.post("/en/log-in/second", data={"code": code})).status_code


async def test_thirty_wrong_codes_a_day_and_no_more(client: httpx.AsyncClient) -> None:
    who = await make.person()
    secret, spare = await set_up(who)
    await _first_step(client, who.email)
    codes = []
    for number in range(31):
        if number % 5 == 0:  # five a minute, and a ticket holds ten
            clock.advance(61)
            await _first_step(client, who.email)
        codes.append(await _guess(client))
    assert codes == [422] * 30 + [429]
    clock.advance(120)
    await _first_step(client, who.email)
    assert await _guess(client, code_now(secret)) == 429, "also the right one has to wait"
    # Inside a session nothing of this counts: the owner takes the factor away with a code.
    await make.log_in(client, who)
    removed = await client.post("/en/account/authenticator/remove", data={"code": spare[0]})
    assert removed.status_code == 303, removed.text


async def test_right_codes_cost_nothing(client: httpx.AsyncClient) -> None:
    who = await make.person()
    secret, _spare = await set_up(who)
    for _ in range(35):
        clock.advance(60)
        await factors.at_log_in(who.id, Proof(code_now(secret)))
    key = f"authenticator:log-in:{who.id}:day"
    assert await ratelimit.take(key, per_minute=30 / 1440, burst=30) == 0


async def test_the_owner_hears_of_it_once_and_a_new_password_shuts_the_guesser_out(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await make.person(locale="en")
    secret, _spare = await set_up(who)

    async def told() -> int:
        await run_jobs()
        return sum(each["Subject"] == SUBJECT for each in make.mailbox(who.email))

    await _first_step(client, who.email)
    for _ in range(4):
        assert await _guess(client) == 422
    assert await told() == 0
    for _ in range(26):
        clock.advance(61)
        await _first_step(client, who.email)
        await _guess(client)
    assert await told() == 1
    mail = next(each for each in make.mailbox(who.email) if each["Subject"] == SUBJECT)
    assert "five wrong codes" in make.text_of(mail)
    assert make.link_in(mail) == "/en/forgotten-password"
    await client.post("/en/forgotten-password", data={"email": who.email})
    await run_jobs()
    token = make.link_in(make.mailbox(who.email)[-1]).partition("token=")[2]
    new = "une toute autre phrase"
    done = await client.post("/en/reset-password", data={"token": token, "password": new})
    assert done.status_code == 303
    clock.advance(61)
    await _first_step(client, who.email, new)
    assert await _guess(client, code_now(secret)) == 303


async def test_a_new_password_ends_the_first_step_of_a_log_in_under_way(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await make.person()
    secret, _spare = await set_up(who)
    await _first_step(client, who.email)
    ticket = client.cookies["relais_second"]
    await client.post("/en/forgotten-password", data={"email": who.email})
    await run_jobs()
    token = make.link_in(make.mailbox(who.email)[-1]).partition("token=")[2]
    form = {"token": token, "password": "une toute autre phrase"}
    assert (await client.post("/en/reset-password", data=form)).status_code == 303
    clock.advance(60)
    client.cookies.set("relais_second", ticket, domain="127.0.0.1")
    late = await client.post("/en/log-in/second", data={"code": code_now(secret)})
    assert late.headers["location"] == "/en/log-in"
    assert "relais_session" not in client.cookies
