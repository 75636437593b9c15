"""Forgotten and changed passwords, changed addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts import queries
from marketplace.accounts.models import Person
from marketplace.accounts.service import sessions
from marketplace.core import clock
from tests.factories import accounts as make

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

NEW = "une toute autre phrase"


async def _ask_reset(client: httpx.AsyncClient, email: str, run_jobs: RunJobs) -> str:
    await client.post("/en/forgotten-password", data={"email": email})
    await run_jobs()
    return make.link_in(make.mailbox(email)[-1]).partition("token=")[2]


async def test_a_forgotten_password_is_replaced_and_every_session_ends(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await make.person(locale="en")
    thief = await sessions.open_session(who.id, ip="", agent="")
    token = await _ask_reset(client, who.email, run_jobs)
    assert (await make.open_link(client, f"/en/reset-password?token={token}")).status_code == 200
    weak = await client.post("/en/reset-password", data={"token": token, "password": "password123"})
    assert weak.status_code == 422
    answer = await client.post("/en/reset-password", data={"token": token, "password": NEW})
    assert answer.headers["location"] == "/en/log-in"
    assert await queries.person_by_session(thief) is None
    again = await client.post("/en/reset-password", data={"token": token, "password": NEW + "!"})
    assert again.status_code == 410
    form = {"email": who.email, "password": make.PASSWORD}
    assert (await client.post("/en/log-in", data=form)).status_code == 422
    assert (await client.post("/en/log-in", data={**form, "password": NEW})).status_code == 303
    await run_jobs()
    assert make.mailbox(who.email)[-1]["Subject"] == "Your password was changed"


async def test_a_reset_for_an_unknown_address_looks_the_same_and_sends_nothing(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await make.person()
    known = await client.post("/en/forgotten-password", data={"email": who.email})
    unknown = await client.post("/en/forgotten-password", data={"email": "no@relais.example"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert dict(known.headers) == dict(unknown.headers)
    await run_jobs()
    assert len(make.mailbox(who.email)) == 1
    assert not make.mailbox("no@relais.example")


async def test_a_reset_link_works_for_one_hour(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await make.person()
    token = await _ask_reset(client, who.email, run_jobs)
    clock.advance(3601)
    assert (await make.open_link(client, f"/en/reset-password?token={token}")).status_code == 410
    answer = await client.post("/en/reset-password", data={"token": token, "password": NEW})
    assert answer.status_code == 410


async def test_a_link_of_one_kind_opens_no_other_door(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await make.person()
    token = await _ask_reset(client, who.email, run_jobs)
    assert (await client.post("/en/verify-email", data={"token": token})).status_code == 410
    assert (
        await client.post("/en/reset-password", data={"token": token, "password": NEW})
    ).status_code == 303


async def test_a_changed_password_logs_out_the_other_browsers_only(
    client: httpx.AsyncClient,
) -> None:
    who = await make.person()
    mine = await make.log_in(client, who)
    other = await sessions.open_session(who.id, ip="", agent="")
    wrong = await client.post("/en/account/password", data={"current": "no", "password": NEW})
    assert wrong.status_code == 422
    assert "not your current password" in wrong.text
    form = {"current": make.PASSWORD, "password": NEW}
    assert (await client.post("/en/account/password", data=form)).status_code == 303
    assert await queries.person_by_session(other) is None
    assert await queries.person_by_session(mine) is not None


async def test_a_new_address_counts_once_it_is_proven_and_the_old_one_is_told(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await make.person(email="old@studio.example", locale="en")
    await make.log_in(client, who)
    form = {"email": "new@studio.example", "password": make.PASSWORD}
    assert (
        await client.post("/en/account/email", data={**form, "password": "no"})
    ).status_code == 422
    assert (await client.post("/en/account/email", data=form)).status_code == 303
    assert "new@studio.example is waiting" in (await client.get("/en/account/security")).text
    await run_jobs()
    assert (await Person.get(pk=who.id)).email == "old@studio.example"
    assert "asked to use new@studio.example" in make.text_of(make.mailbox("old@")[0])
    link = make.link_in(make.mailbox("new@")[0])
    assert (await make.open_link(client, link)).status_code == 200
    token = link.partition("token=")[2]
    assert (await client.post("/en/verify-email", data={"token": token})).status_code == 303
    assert (await Person.get(pk=who.id)).email == "new@studio.example"
    await run_jobs()
    assert "now uses new@studio.example" in make.text_of(make.mailbox("old@")[-1])


async def test_asking_for_a_taken_address_tells_its_owner_and_nobody_else(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who, owner = await make.person(locale="en"), await make.person(locale="en")
    await make.log_in(client, who)
    form = {"password": make.PASSWORD}
    taken = await client.post("/en/account/email", data={**form, "email": owner.email})
    free = await client.post("/en/account/email", data={**form, "email": "free@studio.example"})
    assert (taken.status_code, taken.content) == (free.status_code, free.content)
    await run_jobs()
    assert make.mailbox(owner.email)[0]["Subject"] == "You already have an account"


async def test_a_new_password_stops_a_change_of_address_under_way(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await make.person(locale="en")
    await make.log_in(client, who)
    form = {"email": "thief@evil.example", "password": make.PASSWORD}
    await client.post("/en/account/email", data=form)
    await client.post("/en/account/password", data={"current": make.PASSWORD, "password": NEW})
    await run_jobs()
    token = make.link_in(make.mailbox("thief@")[0]).partition("token=")[2]
    assert (await client.post("/en/verify-email", data={"token": token})).status_code == 410


async def test_name_and_language_are_the_persons_to_change(client: httpx.AsyncClient) -> None:
    who = await make.person(locale="fr")
    await make.log_in(client, who)
    answer = await client.post("/fr/account", data={"name": "Ada  King", "locale": "en"})
    assert answer.headers["location"] == "/en/account"
    again = await Person.get(pk=who.id)
    assert (again.name, again.locale) == ("Ada King", "en")
