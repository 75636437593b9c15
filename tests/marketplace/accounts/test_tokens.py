"""Personal API tokens: made, shown once, bound by scope, expired, revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import httpx

from marketplace.accounts.models import ApiToken, Person
from marketplace.accounts.schemas import TokenDraft
from marketplace.accounts.service import sessions, tokens
from marketplace.core import clock
from marketplace.core.ids import hash_token
from tests.factories import accounts as make

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def _bearer(who: Person, *scopes: str, days: int = 90) -> dict[str, str]:
    draft = TokenDraft(name="test", scopes=list(scopes), days=days)
    _row, secret = await tokens.create_token(who.id, draft)
    return {"Authorization": f"Bearer {secret}"}


async def test_a_token_is_shown_once_and_only_its_hash_is_kept(client: httpx.AsyncClient) -> None:
    who = await make.person()
    await make.log_in(client, who)
    form = {
        "name": "export", "scopes": ["account:read", "parties:read"], "days": "30",
        "password": make.PASSWORD,
    }  # fmt: skip
    made = await client.post("/en/account/tokens", data=form)
    assert (made.status_code, made.headers["location"]) == (303, "/en/account/tokens")
    page = await client.get("/en/account/tokens")
    assert page.headers["cache-control"] == "no-store"
    (row,) = await ApiToken.all()
    secret = next(
        word
        for word in page.text.replace("<", " ").replace(">", " ").split()
        if word.startswith("rl_") and len(word) > 20
    )
    assert row.token_hash == hash_token(secret)
    again = await client.get("/en/account/tokens")
    assert secret not in again.text
    assert row.ending in again.text
    client.cookies.clear()
    answer = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["email"] == who.email
    assert (await ApiToken.get(pk=row.id)).last_used_at is not None


async def test_a_token_does_nothing_beyond_its_scopes(client: httpx.AsyncClient) -> None:
    who = await make.person()
    reader = await _bearer(who, "account:read")
    assert (await client.get("/api/v1/me", headers=reader)).status_code == 200
    calls: list[Callable[[], Awaitable[httpx.Response]]] = [
        lambda: client.patch("/api/v1/me", headers=reader, json={"name": "Other"}),
        lambda: client.delete("/api/v1/me/sessions", headers=reader),
    ]
    for call in calls:
        answer = await call()
        assert answer.status_code == 403
        assert "account:write" in answer.json()["title"]
    assert (await Person.get(pk=who.id)).name == who.name


async def test_a_token_opens_no_page(client: httpx.AsyncClient) -> None:
    who = await make.person()
    headers = await _bearer(who, "account:read", "account:write")
    assert (await client.get("/en/account", headers=headers)).status_code == 403
    form = {"name": "x", "scopes": "money:write", "days": "30"}
    assert (await client.post("/en/account/tokens", headers=headers, data=form)).status_code == 403
    assert await ApiToken.all().count() == 1


async def test_the_secret_waits_for_its_owner_alone(client: httpx.AsyncClient) -> None:
    who, other = await make.person(), await make.person()
    await make.log_in(client, who)
    form = {"name": "x", "scopes": "account:read", "days": "30", "password": make.PASSWORD}
    await client.post("/en/account/tokens", data=form)
    await make.log_in(client, other)  # at the same browser
    assert "Your new token" not in (await client.get("/en/account/tokens")).text
    await make.log_in(client, who)
    assert "Your new token" not in (await client.get("/en/account/tokens")).text


async def test_a_token_that_expired_or_was_revoked_is_worth_nothing(
    client: httpx.AsyncClient,
) -> None:
    who = await make.person()
    brief, lasting = (
        await _bearer(who, "account:read", days=1),
        await _bearer(who, "account:read", days=0),
    )
    clock.advance(86_401)
    gone = await client.get("/api/v1/me", headers=brief)
    assert (gone.status_code, gone.headers["www-authenticate"]) == (401, "Bearer")
    assert (await client.get("/api/v1/me", headers=lasting)).status_code == 200
    row = await ApiToken.get(expires_at=None)
    await tokens.revoke_token(who.id, row.id)
    assert (await client.get("/api/v1/me", headers=lasting)).status_code == 401
    assert (
        await client.get("/api/v1/me", headers={"Authorization": "Bearer rl_x"})
    ).status_code == 401
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_nobody_revokes_what_is_not_theirs(client: httpx.AsyncClient) -> None:
    who, other = await make.person(), await make.person()
    mine = await _bearer(who, "account:read", "account:write")
    await _bearer(other, "account:read")
    theirs = await ApiToken.get(person_id=other.id)
    assert (await client.delete(f"/api/v1/me/tokens/{theirs.id}", headers=mine)).status_code == 404
    assert (
        await client.delete(f"/api/v1/me/tokens/{UUID(int=0)}", headers=mine)
    ).status_code == 404
    assert (await client.delete("/api/v1/me/tokens/nonsense", headers=mine)).status_code == 404
    assert (await ApiToken.get(pk=theirs.id)).revoked_at is None


async def test_the_api_changes_what_the_pages_change(client: httpx.AsyncClient) -> None:
    who = await make.person()
    headers = await _bearer(who, "account:read", "account:write")
    changed = await client.patch("/api/v1/me", headers=headers, json={"name": "Ada King"})
    assert changed.json()["name"] == "Ada King"
    assert (
        await client.patch("/api/v1/me", headers=headers, json={"is_operator": True})
    ).status_code == 422
    await sessions.open_session(who.id, ip="192.0.2.7", agent="curl/8")
    (row,) = (await client.get("/api/v1/me/sessions", headers=headers)).json()
    assert (row["ip"], row["device"]) == ("192.0.2.7", "curl")
    assert (
        await client.delete(f"/api/v1/me/sessions/{row['id']}", headers=headers)
    ).status_code == 204
    assert (await client.get("/api/v1/me/sessions", headers=headers)).json() == []
    listed = (await client.get("/api/v1/me/tokens", headers=headers)).json()
    assert [token["name"] for token in listed] == ["test"]
    assert "secret" not in listed[0]
    await make.log_in(client, who)
    body = {"current": make.PASSWORD, "password": "une toute autre phrase"}
    assert (await client.put("/api/v1/me/password", json=body)).status_code == 204
    assert (await client.get("/api/v1/me/tokens")).json() == []
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 401
    gone = await client.post("/api/v1/me/deletion", json={"password": "une toute autre phrase"})
    assert gone.status_code == 204
    assert not await Person.filter(pk=who.id).exists()
