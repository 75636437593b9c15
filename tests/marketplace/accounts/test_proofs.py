"""What makes an account somebody else's asks its person anew, in a session, however they log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.accounts import queries
from marketplace.accounts.models import ApiToken, Person
from marketplace.accounts.rules import Scope
from marketplace.accounts.schemas import TokenDraft
from marketplace.accounts.service import authenticators, factors, tokens
from marketplace.core import clock
from marketplace.core.errors import NotInPerson
from tests.factories import accounts as make
from tests.factories import admin
from tests.marketplace.accounts.test_authenticator import code_now, set_up

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

NEW = "une toute autre phrase"
GRAVE = [
    ("PUT", "/me/password", {"password": NEW, "current": make.PASSWORD}),
    ("PUT", "/me/email", {"email": "thief@evil.example", "password": make.PASSWORD}),
    ("POST", "/me/deletion", {"password": make.PASSWORD}),
    ("POST", "/me/tokens", {"name": "x", "scopes": ["account:read"], "password": make.PASSWORD}),
    ("POST", "/me/authenticator", {"password": make.PASSWORD}),
]


async def _without_password(who: Person) -> Person:
    """As somebody who always came through a provider."""
    who.password_hash = None
    await who.save(update_fields=["password_hash"])
    return who


@pytest.mark.parametrize("password", [True, False])
async def test_no_token_does_what_only_its_owner_may(
    client: httpx.AsyncClient, *, password: bool
) -> None:
    who = await make.person()
    token = await admin.bearer(who, Scope.ACCOUNT_WRITE)
    if not password:
        await _without_password(who)
    before = (await Person.get(pk=who.id)).password_hash
    for method, path, body in GRAVE:
        refused = await client.request(method, f"/api/v1{path}", json=body, headers=token)
        assert refused.status_code == 403, (path, refused.text)
        assert "jamais un jeton" in refused.json()["title"]
    assert (await Person.get(pk=who.id)).password_hash == before
    assert await ApiToken.filter(person_id=who.id).count() == 1
    with pytest.raises(NotInPerson):  # nor where a new operation should forget to ask
        await factors.prove(who, make.PASSWORD, factors.NOTHING)


async def test_who_has_no_password_and_no_factor_logs_in_again_first(
    client: httpx.AsyncClient,
) -> None:
    who = await _without_password(await make.person())
    await make.log_in(client, who)
    clock.advance(660)
    for method, path, body in GRAVE:
        refused = await client.request(method, f"/api/v1{path}", json=body)
        assert refused.status_code == 422, (path, refused.text)
        assert {each["field"] for each in refused.json()["errors"]} == {"form"}
    page = await client.post("/en/account/password", data={"password": NEW})
    assert page.status_code == 422
    assert "First log in again with your provider" in page.text
    await make.log_in(client, who)  # just now
    assert (await client.post("/en/account/password", data={"password": NEW})).status_code == 303
    assert (await Person.get(pk=who.id)).password_hash is not None


async def test_who_has_no_password_gives_the_second_factor(client: httpx.AsyncClient) -> None:
    who = await make.person()
    secret, spare = await set_up(who)
    await _without_password(who)
    await make.log_in(client, who)
    form = {"name": "export", "scopes": "account:read", "days": "30"}
    page = await client.get("/en/account/tokens")
    assert 'name="code"' in page.text and 'name="password"' not in page.text
    assert (await client.post("/en/account/tokens", data=form)).status_code == 422
    clock.advance(60)
    given = {**form, "code": code_now(secret)}
    assert (await client.post("/en/account/tokens", data=given)).status_code == 303
    assert (await client.post("/en/account/tokens", data=given)).status_code == 422  # served once
    first = {"password": NEW, "code": spare[0]}
    assert (await client.post("/en/account/password", data=first)).status_code == 303


async def test_a_password_opens_no_other_door_without_itself(client: httpx.AsyncClient) -> None:
    who = await make.person()
    await make.log_in(client, who)
    form = {"name": "export", "scopes": "account:read", "days": "30"}
    refused = await client.post("/en/account/tokens", data={**form, "password": "not it at all"})
    assert refused.status_code == 422
    assert "not your current password" in refused.text
    assert 'value="export"' in refused.text
    assert await ApiToken.all().count() == 0
    with pytest.raises(NotInPerson):
        await authenticators.begin(who, make.PASSWORD)


async def test_whoever_ends_every_session_ends_every_token(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await make.person(locale="en")

    async def token() -> ApiToken:
        draft = TokenDraft(name="x", scopes=["account:read"])
        return (await tokens.create_token(who.id, draft))[0]

    async def over(row: ApiToken) -> bool:
        return (await ApiToken.get(pk=row.id)).revoked_at is not None

    everywhere, changed, reset = await token(), None, None
    await make.log_in(client, who)
    await client.post("/en/account/sessions/revoke-all")
    assert await over(everywhere)
    changed = await token()
    mine = await make.log_in(client, who)
    form = {"current": make.PASSWORD, "password": NEW}
    assert (await client.post("/en/account/password", data=form)).status_code == 303
    assert await over(changed)
    reset = await token()
    await client.post("/en/forgotten-password", data={"email": who.email})
    await run_jobs()
    link = make.link_in(make.mailbox(who.email)[-1]).partition("token=")[2]
    again = {"token": link, "password": NEW + " encore"}
    assert (await client.post("/en/reset-password", data=again)).status_code == 303
    assert await over(reset)
    assert await queries.person_by_session(mine) is None


async def test_an_emptied_name_is_refused(client: httpx.AsyncClient) -> None:
    who = await make.person()
    await make.log_in(client, who)
    refused = await client.post("/en/account", data={"name": " ", "locale": "en"})
    assert refused.status_code == 422
    assert (await Person.get(pk=who.id)).locale == "fr"
