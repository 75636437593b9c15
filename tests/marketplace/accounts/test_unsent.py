"""A form sent after its session has ended: the person logs in and finds what they typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from marketplace.accounts.service import sessions, upkeep
from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.parties.models import Party
from marketplace.web import unsent
from tests.factories import accounts as make
from tests.factories import parties

if TYPE_CHECKING:
    import httpx

FORM = {**parties.party_draft("business", display_name="Atelier des Trois Rivières").model_dump(
    mode="json", exclude_none=True), "kind": "business"}  # fmt: skip


def _fields() -> dict[str, str]:
    """The form as a browser sends it."""
    return {name: str(value) for name, value in FORM.items() if isinstance(value, str | int)}


async def _rows() -> int:
    (row,) = await connection().execute_query_dict("SELECT count(*) AS n FROM unsent_form")
    return int(row["n"])


async def test_what_was_typed_is_sent_after_the_log_in(client: httpx.AsyncClient) -> None:
    who = await make.person(locale="en")
    await make.log_in(client, who)
    await sessions.revoke_all(who.id)
    back = {"referer": f"{str(client.base_url).rstrip('/')}/en/parties/new?kind=business"}
    typed = {**_fields(), "password": "not to be kept"}
    away = await client.post("/en/parties/new", data=typed, headers=back)
    assert (away.status_code, away.headers["location"]) == (303, "/en/log-in?next=/en/unsent")
    assert "what you typed is kept" in (await client.get("/en/log-in?next=/en/unsent")).text
    (row,) = await connection().execute_query_dict("SELECT content FROM unsent_form")
    assert b"Atelier" not in bytes(row["content"])
    form = {"email": who.email, "password": make.PASSWORD, "next": "/en/unsent"}
    assert (await client.post("/en/log-in", data=form)).headers["location"] == "/en/unsent"
    page = await client.get("/en/unsent")
    assert page.headers["cache-control"] == "no-store"
    assert "Atelier des Trois Rivières" in page.text
    assert "not to be kept" not in page.text
    assert 'action="/en/parties/new"' in page.text
    assert 'href="/en/parties/new?kind=business"' in page.text
    sent = await client.post("/en/parties/new", data=_fields())
    assert sent.status_code == 303
    assert await Party.filter(display_name="Atelier des Trois Rivières").exists()


async def test_nobody_else_finds_it_and_an_hour_later_nobody_does(
    client: httpx.AsyncClient,
) -> None:
    who, other = await make.person(), await make.person()
    await make.log_in(client, who)
    await sessions.revoke_all(who.id)
    await client.post("/fr/parties/new", data=_fields())
    await make.log_in(client, other)
    elsewhere = await client.get("/fr/unsent")
    assert (elsewhere.status_code, elsewhere.headers["location"]) == (303, "/fr/")
    await sessions.revoke_all(other.id)
    await client.post("/fr/parties/new", data=_fields())
    await make.log_in(client, other)
    assert "Atelier" in (await client.get("/fr/unsent")).text
    clock.advance(3601)
    assert (await client.get("/fr/unsent")).status_code == 303
    await upkeep.clear()
    assert await _rows() == 0


async def test_files_are_not_kept(client: httpx.AsyncClient) -> None:
    files = {"photo": ("me.jpg", b"\xff\xd8", "image/jpeg")}
    note = {"note": "A line that somebody wrote by hand"}
    away = await client.post("/en/account", data=note, files=files)
    assert away.headers["location"] == "/en/log-in?next=/en/unsent"
    await make.log_in(client, await make.person())
    page = (await client.get("/en/unsent")).text
    assert "A line that somebody wrote by hand" in page
    assert "Files are not kept" in page
    client.cookies.clear()
    preview = await client.post("/en/account", data=note, headers={"hx-request": "true"})
    assert preview.status_code == 204


async def _kept(client: httpx.AsyncClient, text: str) -> bool:
    """Send it as a stranger; what is not kept must be on the page, ready to be sent again."""
    client.cookies.clear()
    said = await client.post("/en/account", data={"name": text, "password": "not to be shown"})
    if said.status_code == 303:
        assert said.headers["location"] == "/en/log-in?next=/en/unsent"
        return True
    assert said.status_code == 401
    assert said.headers["cache-control"] == "no-store"
    assert f'name="name" value="{text}"' in said.text
    assert 'action="/en/account"' in said.text
    assert "not to be shown" not in said.text
    assert "/en/log-in" in said.text
    return False


async def test_a_stranger_fills_no_disk_and_loses_nothing_typed(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "A line that somebody wrote by hand"
    assert not await _kept(client, "\U0001f600" * 40_000)  # 160 kB, of few characters
    assert not await _kept(client, "x" * 120_000)
    assert await _kept(client, "x" * 90_000)
    (row,) = await connection().execute_query_dict("SELECT length(content) AS n FROM unsent_form")
    assert row["n"] < 140_000
    assert [await _kept(client, text) for _ in range(25)].count(True) == 19  # of one network
    monkeypatch.setattr(unsent, "FROM_A_NETWORK", 10_000)
    monkeypatch.setattr(unsent, "FORMS_MAX", 22)
    clock.advance(60)  # what a network may send comes back by and by
    assert [await _kept(client, text) for _ in range(5)].count(True) == 2  # of all together
    clock.advance(3601)
    assert await _kept(client, text)
    assert await _rows() == 1  # what ran out made room at once


async def test_what_was_not_kept_is_sent_from_there_once_logged_in(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsent, "FORMS_MAX", 0)
    shown = await client.post("/en/parties/new", data=_fields())
    assert shown.status_code == 401
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', shown.text)
    await make.log_in(client, await make.person(locale="en"))
    sent = await client.post("/en/parties/new", data=dict(hidden))
    assert sent.status_code == 303
    assert await Party.filter(display_name="Atelier des Trois Rivières").exists()


async def test_what_cannot_be_read_is_said_to_be(client: httpx.AsyncClient) -> None:
    many = await client.post("/en/account", data={f"a{number}": "x" for number in range(1001)})
    assert many.status_code == 400
    assert "did not arrive whole" in many.text
    vast = await client.post("/en/account", data={"name": "x" * 14_000_000})
    assert vast.status_code == 413
    assert await _rows() == 0
