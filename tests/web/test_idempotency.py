"""A key is answered once, whatever races; the same answer is given to those who ask again."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.errors import Conflict
from marketplace.web import idempotency


class Desk:
    """Counts how often the work was really done; a closed one works until it is opened."""

    def __init__(self, status: int = 201, *, closed: bool = False) -> None:
        self.done = 0
        self.status = status
        self.begun, self.opened = asyncio.Event(), asyncio.Event()
        if not closed:
            self.opened.set()

    async def __call__(self) -> Response:
        self.done += 1
        self.begun.set()
        await self.opened.wait()
        headers = {"location": f"/things/{self.done}", "x-other": "not kept"}
        return JSONResponse({"done": self.done}, self.status, headers=headers)


async def _ask(desk: Desk, key: str = "k", body: bytes = b"{}", caller: str = "ada") -> Response:
    return await idempotency.once(
        caller=caller, route="POST /things", key=key, digest=idempotency.digest_of(body), work=desk
    )


async def test_the_first_answer_is_given_again(database: str) -> None:
    desk = Desk()
    first, again = await _ask(desk), await _ask(desk)
    assert desk.done == 1
    assert (again.status_code, again.body) == (first.status_code, first.body)
    assert again.headers["location"] == "/things/1"
    assert again.headers["content-type"] == "application/json"
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


async def test_of_racing_requests_one_works_and_the_others_wait_or_get_its_answer(
    database: str,
) -> None:
    desk = Desk(closed=True)
    racing = {asyncio.create_task(_ask(desk)) for _ in range(12)}
    refused = set[asyncio.Task[Response]]()
    while len(refused) < 11:
        told, racing = await asyncio.wait(racing, return_when=asyncio.FIRST_COMPLETED)
        refused |= told
    desk.opened.set()
    (working,) = racing
    answer = await working
    assert desk.done == 1
    assert all(isinstance(each.exception(), idempotency.RequestInFlight) for each in refused)
    assert (await _ask(desk)).body == answer.body


async def test_another_body_under_the_same_key_is_refused(database: str) -> None:
    desk = Desk()
    await _ask(desk, body=b"one")
    with pytest.raises(idempotency.IdempotencyKeyReused):
        await _ask(desk, body=b"two")
    assert desk.done == 1


async def test_keys_belong_to_their_caller(database: str) -> None:
    desk = Desk()
    await _ask(desk, caller="ada")
    await _ask(desk, caller="bob")
    assert desk.done == 2


async def test_a_refusal_or_a_fault_may_be_tried_again(database: str) -> None:
    async def refuse() -> Response:
        raise Conflict

    with pytest.raises(Conflict):
        await idempotency.once(
            caller="ada", route="POST /things", key="k",
            digest=idempotency.digest_of(b"{}"), work=refuse,
        )  # fmt: skip
    broken = Desk(status=500)
    assert (await _ask(broken)).status_code == 500
    assert (await _ask(Desk())).status_code == 201


async def test_a_cancelled_request_gives_its_key_back(database: str) -> None:
    desk = Desk(closed=True)
    slow = asyncio.create_task(_ask(desk))
    await desk.begun.wait()
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    assert (await _ask(Desk())).status_code == 201


async def test_a_claim_of_a_dead_process_is_taken_over_by_the_same_request_only(
    database: str,
) -> None:
    digest = idempotency.digest_of(b"{}")
    await idempotency.claim("ada", "POST /things", "k", digest)
    with pytest.raises(idempotency.RequestInFlight):
        await _ask(Desk())
    clock.advance(121)
    with pytest.raises(idempotency.IdempotencyKeyReused):
        await _ask(Desk(), body=b"other")
    assert (await _ask(Desk())).status_code == 201


async def test_an_answer_is_remembered_for_a_day(database: str) -> None:
    desk = Desk()
    await _ask(desk)
    clock.advance(86_399)
    await _ask(desk)
    assert desk.done == 1
    clock.advance(2)
    await _ask(desk)
    assert desk.done == 2
    clock.advance(86_401)
    await idempotency.purge()
    await _ask(desk)
    assert desk.done == 3


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_has_a_sane_length(database: str, key: str) -> None:
    with pytest.raises(idempotency.IdempotencyKeyInvalid):
        await _ask(Desk(), key=key)


async def test_the_api_honours_the_header_from_the_first_byte_to_the_replay(
    client: httpx.AsyncClient,
) -> None:
    body = {"name": "Ada", "email": "ada@studio.example", "password": "sept chats gris dorment",
            "intent": "both"}  # fmt: skip
    headers = {"Idempotency-Key": "one-sign-up"}

    async def ask(**change: str) -> httpx.Response:
        return await client.post("/api/v1/accounts", json={**body, **change}, headers=headers)

    answers = await asyncio.gather(*(ask() for _ in range(6)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    again = await ask()
    assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
    reused = await ask(name="Bob")
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    sent = await connection().execute_query_dict("SELECT count(*) AS n FROM outgoing_mail")
    assert sent[0]["n"] == 1
