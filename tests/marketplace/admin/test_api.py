"""Programs of the operator do what the pages do, within their scopes; nobody else's program may."""

from __future__ import annotations

import httpx
import pytest

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Scope, scopes_for
from marketplace.core.errors import Forbidden
from payments.models import Movement
from tests.factories import accounts, admin
from tests.fixtures.application import RunJobs
from tests.marketplace.admin.conftest import Scene

pytestmark = pytest.mark.usefixtures("stripe_sandbox")
BASE = "/api/v1/operator"
READS = (
    "/overview", "/ledger/accounts", "/ledger/entries?account=stripe:platform&currency=EUR",
    "/ledger/transactions", "/ledger/export.csv", "/movements", "/inbox", "/jobs",
    "/reconciliations", "/log",
)  # fmt: skip


async def test_a_program_reads_with_the_reading_scope_alone(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    reader = await admin.bearer(scene.operator, Scope.OPERATOR_READ)
    movement = await scene.movement()
    await admin.park(movement)
    for path in READS:
        answer = await client.get(BASE + path, headers=reader)
        assert answer.status_code == 200, (path, answer.text)
    refused = await client.post(
        f"{BASE}/movements/{movement.id}/retry", headers=reader, json={"reason": "because"}
    )
    assert (refused.status_code, "operator:write" in refused.json()["title"]) == (403, True)
    other = await admin.bearer(scene.operator, Scope.MONEY_READ)
    assert (await client.get(f"{BASE}/overview", headers=other)).status_code == 403


async def test_nobody_else_can_have_such_a_token(client: httpx.AsyncClient) -> None:
    who = await accounts.person()
    with pytest.raises(Forbidden):
        await admin.bearer(who, Scope.OPERATOR_READ)
    assert not {each for each in scopes_for(is_operator=False) if "operator" in each}
    await accounts.log_in(client, who)
    body = {"name": "x", "scopes": ["operator:write"], "password": accounts.PASSWORD}
    answer = await client.post("/api/v1/me/tokens", json=body)
    assert answer.status_code == 403
    assert "operator:" not in (await client.get("/en/account/tokens")).text
    for path in READS:
        assert (await client.get(BASE + path)).status_code == 404
    client.cookies.clear()
    assert (await client.get(f"{BASE}/overview")).status_code == 401


async def test_a_former_operators_token_opens_nothing(client: httpx.AsyncClient) -> None:
    who = await admin.operator()
    headers = await admin.bearer(who, Scope.OPERATOR_READ)
    assert (await client.get(f"{BASE}/overview", headers=headers)).status_code == 200
    await Person.filter(id=who.id).update(is_operator=False)
    assert (await client.get(f"{BASE}/overview", headers=headers)).status_code == 404


async def test_the_books_are_paged_through_to_the_end(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    reader = await admin.bearer(scene.operator, Scope.OPERATOR_READ)

    async def everything(path: str, name: str) -> list[dict[str, object]]:
        found, place = [], ""
        while True:
            joiner = "&" if "?" in path else "?"
            address = (
                f"{BASE}{path}{joiner}limit=2&{name}={place}"
                if place
                else f"{BASE}{path}{joiner}limit=2"
            )
            page = (await client.get(address, headers=reader)).json()
            found += page["items"]
            if page["next"] is None:
                return found
            place = str(page["next"])

    accounts_ = await everything("/ledger/accounts", "after")
    codes = [str(each["code"]) for each in accounts_]
    assert len(codes) == len(set(codes)) == 9
    total = sum(each["balance"]["minor"] for each in accounts_)  # type: ignore[index]
    assert total == 0
    found = await everything("/ledger/transactions", "before")
    assert [each["kind"] for each in found] == ["release", "fund", "fund"]
    one = await client.get(f"{BASE}/ledger/transactions/{found[0]['id']}", headers=reader)
    assert one.json() == found[0]
    entries = await everything("/ledger/entries?account=stripe:platform&currency=EUR", "before")
    assert len(entries) == 2


async def test_acts_need_a_reason_and_are_read_back(
    client: httpx.AsyncClient, scene: Scene, run_jobs: RunJobs
) -> None:
    headers = await admin.bearer(scene.operator, Scope.OPERATOR_READ, Scope.OPERATOR_WRITE)
    movement = await scene.movement()
    await admin.park(movement)
    news = await admin.parked_news()
    path = f"{BASE}/movements/{movement.id}/retry"
    for body in ({}, {"reason": ""}, {"reason": "  x "}, {"reason": "fine", "more": 1}):
        assert (await client.post(path, headers=headers, json=body)).status_code == 422
    reason = {"reason": "Stripe answers again"}
    done = await client.post(path, headers=headers, json=reason)
    assert (done.status_code, done.json()["status"]) == (200, "queued")
    assert (await Movement.get(id=movement.id)).status == "queued"
    assert (await client.post(path, headers=headers, json=reason)).status_code == 409
    waits = await client.post(f"{BASE}/inbox/{news}/retry", headers=headers, json=reason)
    assert waits.json()["status"] == "waiting"
    asked = await client.post(f"{BASE}/reconciliations", headers=headers, json=reason)
    assert (asked.status_code, asked.json()["clean"]) == (201, None)
    again = await client.post(f"{BASE}/reconciliations", headers=headers, json=reason)
    assert again.status_code == 409
    log = (await client.get(f"{BASE}/log", headers=headers)).json()["items"]
    assert [each["act"] for each in log] == ["reconcile", "retry_news", "retry_movement"]
    assert {each["person_id"] for each in log} == {str(scene.operator.id)}
    run = f"{BASE}/reconciliations/{asked.json()['id']}"
    assert (await client.get(f"{run}/lines", headers=headers)).json()["items"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/movements/00000000-0000-0000-0000-000000000000",
        "/inbox/00000000-0000-0000-0000-000000000000",
        "/reconciliations/00000000-0000-0000-0000-000000000000",
        "/reconciliations/00000000-0000-0000-0000-000000000000/lines",
        "/ledger/transactions/99999999999999999999999",
    ],
)
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    headers = await admin.bearer(await admin.operator(), Scope.OPERATOR_READ)
    assert (await client.get(BASE + path, headers=headers)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/fec", "/ledger/fec?year=2026&siren=123", "/ledger/fec?year=1&siren=732829320",
        "/ledger/accounts?currency=euro", "/ledger/accounts?limit=0", "/movements?status=lost",
        "/movements?before=x", "/ledger/transactions?kind=gift",
        "/ledger/transactions?until=9999-12-31", "/ledger/entries", "/inbox?status=sent",
    ],
)  # fmt: skip
async def test_a_wrong_question_is_answered_by_field(client: httpx.AsyncClient, path: str) -> None:
    headers = await admin.bearer(await admin.operator(), Scope.OPERATOR_READ)
    answer = await client.get(BASE + path, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"]
