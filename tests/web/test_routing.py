"""How a typed handler becomes an operation: what is read, what is refused, who may call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import BaseModel, ConfigDict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from marketplace.core.settings import settings
from marketplace.web import errors
from marketplace.web.calling import JSON_BYTES_MAX
from marketplace.web.forms import read_form
from marketplace.web.guards import public, signed_in
from marketplace.web.routing import Api, Pages


class Draft(BaseModel):
    """What comes in."""

    model_config = ConfigDict(extra="forbid")

    name: str
    days: list[date] = []


class Asked(BaseModel):
    """A query string."""

    model_config = ConfigDict(extra="forbid")

    q: str = ""
    tag: list[str] = []
    limit: int = 10


api = Api("things")
pages = Pages("things")


@api.post("/things/{thing_id:uuid}", guard=public, status=201)
async def make(request: Request, thing_id: UUID, body: Draft) -> dict[str, Any]:
    """Make a thing."""
    del request
    return {"id": thing_id, "name": body.name, "days": body.days}


@api.get("/things", guard=public)
async def find(request: Request, query: Asked) -> Asked:
    """Find things."""
    del request
    return query


@api.delete("/things/{number:int}", guard=public)
async def drop(request: Request, number: int) -> None:
    """Drop a thing."""
    del request, number


@api.get("/mine", guard=signed_in, scope="account:read")
async def mine(request: Request) -> list[str]:
    """What is mine."""
    del request
    return []


@pages.get("/things", guard=public)
async def show(request: Request) -> Response:
    """The page."""
    return PlainTextResponse(request.state.locale)


@pages.post("/things", guard=public)
async def send(request: Request) -> Response:
    """The form."""
    data = await read_form(request)
    return PlainTextResponse("|".join(f"{k}={v}" for k, v in data.multi_items()))


THING = "/api/v1/things/0193581f-3b7e-7c62-9f0a-5d1c2b3a4f60"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A caller of a small application made of these routes."""
    app = Starlette(routes=[*pages.routes, *api.routes()], exception_handlers=dict(errors.HANDLERS))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=settings().base_url) as client:
        yield client


async def test_a_body_is_read_into_its_type_and_the_answer_written_from_its(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.post(THING, json={"name": "Ä", "days": ["2026-12-07"]})
    assert answer.status_code == 201
    assert answer.json() == {"id": THING[-36:], "name": "Ä", "days": ["2026-12-07"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"), (b"{", "body"), (b"null", "body"), (b"[1]", "body"), (b"{}", "name"),
        (b'{"name":1}', "name"), (b'{"name":"a","more":1}', "more"), (b"\xff", "body"),
        (b'{"name":"a","days":["2026-02-30"]}', "days.0"), (b"[" * 5000, "body"),
        (b'{"name":"\\ud800"}', "body"),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_refused_by_the_name_of_its_field(
    http: httpx.AsyncClient, body: bytes, field: str
) -> None:
    answer = await http.post(THING, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [each["field"] for each in answer.json()["errors"]]


@pytest.mark.parametrize(
    "body", [b'{"name":"a\\u0000b"}', b'{"\\u0000":1}', b'[[{"a":["\\u0000"]}]]']
)
async def test_nul_characters_are_refused_wherever_they_are(
    http: httpx.AsyncClient, body: bytes
) -> None:
    answer = await http.post(THING, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "nul_refused")
    asked = await http.get("/api/v1/things?q=a%00b")
    assert (asked.status_code, asked.json()["code"]) == (400, "nul_refused")
    assert (await http.get("/api/v1/things/%00")).status_code == 404


async def test_a_backslash_before_u0000_is_no_nul(http: httpx.AsyncClient) -> None:
    answer = await http.post(THING, json={"name": "\\u0000"})
    assert answer.json()["name"] == "\\u0000"


async def test_forms_leave_nul_characters_out(http: httpx.AsyncClient) -> None:
    answer = await http.post("/en/things", data={"a\x00": "b\x00c", "d": "e"})
    assert answer.text == "a=bc|d=e"


async def test_only_json_of_a_sane_size_is_taken(http: httpx.AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = await http.post(THING, content=b'{"name":"a"}', headers={"content-type": kind})
        assert answer.status_code == 415
    big = {"name": "x" * JSON_BYTES_MAX}
    assert (await http.post(THING, json=big)).status_code == 413


async def test_a_query_is_typed_lists_are_repeated_and_unknown_names_refused(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.get("/api/v1/things?q=a&tag=x&tag=y&limit=3&lang=fr")
    assert answer.json() == {"q": "a", "tag": ["x", "y"], "limit": 3}
    refused = await http.get("/api/v1/things?limit=many&other=1")
    assert refused.status_code == 422
    assert {each["field"] for each in refused.json()["errors"]} == {"limit", "other"}


async def test_nothing_to_say_is_204_and_addresses_that_are_none_are_404(
    http: httpx.AsyncClient,
) -> None:
    dropped = await http.delete("/api/v1/things/3")
    assert (dropped.status_code, dropped.content) == (204, b"")
    for path in ("/api/v1/things/x", "/api/v1/nothing", f"{THING}x"):
        answer = await http.delete(path)
        assert answer.status_code == 404, path
        assert answer.json()["code"] == "not_found"
    wrong = await http.put("/api/v1/things")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "http_405")


async def test_refusals_speak_the_callers_language(http: httpx.AsyncClient) -> None:
    said = {
        locale: (await http.get("/api/v1/mine", headers={"accept-language": locale})).json()
        for locale in ("fr", "en")
    }
    assert said["fr"]["code"] == said["en"]["code"] == "unauthenticated"
    assert said["fr"]["title"] != said["en"]["title"]


async def test_pages_live_under_the_languages_we_speak(http: httpx.AsyncClient) -> None:
    assert (await http.get("/fr/things")).text == "fr"
    assert (await http.get("/en/things")).text == "en"
    assert (await http.get("/xx/things")).status_code == 404
    bare = await http.get("/things", headers={"accept-language": "en"})
    assert (bare.status_code, bare.headers["location"]) == (302, "/en/things")


async def test_idempotent_calls_are_replayed_through_the_real_route(
    client: httpx.AsyncClient,
) -> None:
    from marketplace.parties.models import Party
    from tests.factories import accounts
    from tests.factories.parties import party_draft

    await accounts.log_in(client, await accounts.person())
    body = party_draft("business").model_dump(mode="json")
    keyed = {"Idempotency-Key": "one-business"}
    first = await client.post("/api/v1/parties", json=body, headers=keyed)
    again = await client.post("/api/v1/parties", json=body, headers=keyed)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert await Party.all().count() == 1
    other = {**body, "display_name": "Another"}
    refused = await client.post("/api/v1/parties", json=other, headers=keyed)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    client.cookies.clear()
    await accounts.log_in(client, await accounts.person())
    stranger = await client.post("/api/v1/parties", json=body, headers=keyed)
    assert stranger.status_code == 201
    assert stranger.json()["id"] != first.json()["id"]
