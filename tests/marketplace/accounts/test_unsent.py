"""A form sent after its session has ended: the person logs in and finds what they typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.service import sessions, upkeep
from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.parties.models import Party
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


async def test_files_and_floods_are_not_kept(client: httpx.AsyncClient) -> None:
    files = {"photo": ("me.jpg", b"\xff\xd8", "image/jpeg")}
    note = {"note": "A line that somebody wrote by hand"}
    away = await client.post("/en/account", data=note, files=files)
    assert away.headers["location"] == "/en/log-in?next=/en/unsent"
    await make.log_in(client, await make.person())
    page = (await client.get("/en/unsent")).text
    assert "A line that somebody wrote by hand" in page
    assert "Files are not kept" in page
    client.cookies.clear()
    huge = await client.post("/en/account", data={"name": "x" * 200_000})
    assert huge.headers["location"] == "/en/log-in?next=/en/"
    for _ in range(24):
        await client.post("/en/account", data=note)
    last = await client.post("/en/account", data=note)
    assert last.headers["location"] == "/en/log-in?next=/en/"
    assert await _rows() <= 21
    preview = await client.post("/en/account", data=note, headers={"hx-request": "true"})
    assert preview.status_code == 204
