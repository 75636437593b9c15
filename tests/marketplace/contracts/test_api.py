"""The JSON API does what the pages do."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from marketplace.accounts.models import Person
from marketplace.accounts.schemas import TokenDraft
from marketplace.accounts.service import tokens
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Kind
from marketplace.parties.models import Party
from payments.fees import FeeTerms, quote
from payments.money import Money
from tests.factories import contracts as make


async def bearer(person: Person) -> dict[str, str]:
    """Headers of a personal token that may do everything with contracts."""
    draft = TokenDraft(name="test", scopes=["contracts:read", "contracts:write"])
    _row, secret = await tokens.create_token(person.id, draft)
    return {"authorization": f"Bearer {secret}"}


def terms(kind: str = "project") -> dict[str, Any]:
    return make.terms(Kind(kind)).model_dump(mode="json")  # type: ignore[no-any-return]


async def test_a_contract_is_made_sent_countered_and_signed(client: httpx.AsyncClient) -> None:
    two = await make.pair("en")
    claire, camille = await bearer(two.claire), await bearer(two.camille)
    made = await client.post(
        "/api/v1/contracts",
        json={"assistant": two.profile.slug, "kind": "project", "language": "en"},
        headers={**claire, "idempotency-key": "one"},
    )
    assert made.status_code == 201, made.text
    again = await client.post(
        "/api/v1/contracts",
        json={"assistant": two.profile.slug, "kind": "project", "language": "en"},
        headers={**claire, "idempotency-key": "one"},
    )
    assert again.json()["id"] == made.json()["id"]
    assert await Contract.all().count() == 1
    path = f"/api/v1/contracts/{made.json()['id']}"
    early = await client.post(f"{path}/send", json={}, headers=claire)
    assert early.status_code == 422
    changed = await client.patch(
        path,
        json={
            "title": "Phones", "scope": "Answer the phones, from 9am to 5pm", "terms": terms(),
            "starts_on": make.monday().isoformat(),
            "kpis": [{"key": "on_time", "target": 95}],
            "personal_data": {"purpose": "Calls", "data": ["Names"], "people": ["Customers"]},
        },
        headers=claire,
    )  # fmt: skip
    assert changed.status_code == 200, changed.text
    assert (await client.get(path, headers=camille)).status_code == 404
    sent = await client.post(f"{path}/send", json={}, headers=claire)
    assert sent.json()["status"] == "sent"
    assert sent.json()["turn"] == "assistant"
    (sign,) = sent.json()["independence"]
    assert (sign["id"], sign["excerpt"]) == (
        "imposed_hours",
        "Answer the phones, from 9am to 5pm",
    )
    notice = {"notice_days": 30, "notice_in": "business_days"}
    countered = await client.post(f"{path}/counter", json=notice, headers=camille)
    assert countered.json()["notice_in"] == "business_days"
    assert countered.json()["kpis"] == [{"key": "on_time", "target": 95}]
    bad = {"kpis": [{"key": "on_time", "target": 101}]}
    assert (await client.post(f"{path}/counter", json=bad, headers=claire)).status_code == 422
    bad = {"kpis": [{"key": "on_time", "target": 95}, {"key": "on_time", "target": 90}]}
    assert (await client.post(f"{path}/counter", json=bad, headers=claire)).status_code == 422
    assert countered.json()["version"] == 2
    twice = await client.post(f"{path}/counter", json={"notice_days": 31}, headers=camille)
    assert twice.status_code == 409
    assert twice.headers["content-type"].startswith("application/problem+json")
    for person, headers in ((two.camille, camille), (two.claire, claire)):
        body = {"file_sha256": countered.json()["file_sha256"]}
        asked = await client.post(f"{path}/sign-request", json=body, headers=headers)
        assert asked.status_code == 202, asked.text
        body |= {"consent": True, "typed_name": person.name, "code": await make.code_for(person)}
        signed = await client.post(f"{path}/sign", json=body, headers=headers)
        assert signed.status_code == 200, signed.text
    done = (await client.get(path, headers=claire)).json()
    assert done["status"] == "signed"
    assert set(done["signed_by"]) == {"business", "assistant"}
    file = await client.get(f"{path}/versions/2/file", headers=claire)
    assert file.content.startswith(b"%PDF")
    chain = await client.get(f"{path}/evidence", headers=claire)
    assert chain.json()["broken_at"] is None
    listed = await client.get("/api/v1/contracts?side=business", headers=claire)
    assert len(listed.json()["items"]) == 1


@pytest.mark.parametrize("kind", ["hourly", "flat_fee", "project"])
async def test_the_preview_equals_the_quote_of_the_payments(
    client: httpx.AsyncClient, kind: str
) -> None:
    two = await make.pair()
    headers = await bearer(two.claire)
    body = {
        "assistant": two.profile.slug, "currency": "EUR", "terms": terms(kind),
        "starts_on": make.monday().isoformat(),
    }  # fmt: skip
    answer = await client.post("/api/v1/fee-preview", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    fees = FeeTerms(
        500, 500, (200_000,), (200_000,), ()
    )  # a French business, an assistant without VAT
    for part in answer.json()["parts"]:
        expected = quote(Money(part["price"], "EUR"), fees)
        assert part["client_total"] == expected.client_total.minor
        assert part["assistant_net"] == expected.assistant_net.minor
    shown = answer.json()
    assert (shown["total"] is None, shown["open_ended"]) == (kind == "hourly", kind == "hourly")
    if kind != "hourly":
        assert shown["total"]["client_total"] == sum(p["client_total"] for p in shown["parts"])
    assert await Contract.all().count() == 0
    await Party.filter(pk=two.profile.party_id).update(jurisdiction="MG", country="MG")
    shown = (await client.post("/api/v1/fee-preview", json=body, headers=headers)).json()
    first = shown["parts"][0]
    assert shown["rail"] == "recorded"  # nothing is held there, and no fee is taken
    assert first["client_fee"] == first["assistant_fee"] == 0
    assert first["client_total"] == first["assistant_net"] == first["price"] + first["price_vat"]
    assert date.fromisoformat(first["paid_on"]) > date.fromisoformat(first["review_until"])


@pytest.mark.parametrize(
    "change",
    [
        {"ends_on": "2020-01-01"},
        {"starts_on": "9999-12-31"},
        {"terms": {"kind": "hourly", "rate_minor": 1e40}},
        {"terms": None},
        {"review_days": 99},
        {"currency": "XOF"},
        {"nonsense": 1},
    ],
)
async def test_a_bad_preview_is_a_422(client: httpx.AsyncClient, change: dict[str, Any]) -> None:
    two = await make.pair()
    body = {
        "assistant": two.profile.slug, "currency": "EUR", "terms": terms("hourly"),
        "starts_on": make.monday().isoformat(),
    } | change  # fmt: skip
    answer = await client.post("/api/v1/fee-preview", json=body, headers=await bearer(two.claire))
    assert answer.status_code == 422, answer.text


async def test_nobody_reads_or_changes_the_contracts_of_others(client: httpx.AsyncClient) -> None:
    two, others = await make.pair(), await make.pair()
    offer = await make.sent(two)
    headers = await bearer(others.claire)
    path = f"/api/v1/contracts/{offer.id}"
    for suffix in ("", "/evidence", "/versions/1/file"):
        assert (await client.get(path + suffix, headers=headers)).status_code == 404
    for suffix in ("/send", "/counter", "/decline", "/withdraw"):
        answer = await client.post(path + suffix, json={}, headers=headers)
        assert answer.status_code == 404, suffix
    assert (await client.get(path)).status_code == 401
