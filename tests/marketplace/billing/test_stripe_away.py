"""While Stripe does not answer, pages keep working, money waits, and leaves by itself afterwards."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from marketplace.core.events import on_fact
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries
from payments import metrics, movements, payouts
from payments.config import config, configure
from payments.gateway import breaker
from payments.models import Movement, MovementStatus, Payee
from tests.factories import accounts, work

DONE = DeliveryDraft.model_validate({"note": "All done."})
NOWHERE = "http://127.0.0.1:9"


@pytest.mark.usefixtures("stripe_sandbox", "application")
async def test_pages_work_and_money_waits_while_stripe_is_away(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "BREAKERS", {})
    people = await work.pair()
    contract = await work.signed(people, work.project(20_000, 30_000))
    await work.pay(contract)
    payee = str(people.assistant_id)
    await payouts.ensure_payee(payee=payee, email="a@x.org", name="A", country="FR", locale="fr")
    await payouts.onboarding_link(payee, "http://x/ok", "http://x/again")
    first, second = await work.unit(contract), await work.unit(contract, 2)
    there = config()
    async with httpx.AsyncClient(base_url=there.api_base, timeout=30) as stripe:
        row = await Payee.get(id=payee)
        await stripe.post(f"/_sandbox/onboard/{row.account}", json={})
    await payouts.refresh_payee(payee, on_fact)
    configure(replace(there, api_base=NOWHERE, network_retries=0))
    await accounts.log_in(client, people.business.person)
    fund = f"/en/units/{second.id}/fund"
    for _ in range(breaker.SILENT_MAX + 1):  # the circuit opens on the way
        assert (await client.get(fund)).status_code == 200
        assert (await client.post(fund)).headers["location"].endswith(fund)
    assert "Nothing was charged" in (await client.get(fund)).text
    assert breaker.breaker(NOWHERE).open
    assert "relais_stripe_circuit_open 1" in await metrics.render()
    for path in (f"/en/contracts/{contract.id}/work", f"/en/contracts/{contract.id}/statement",
                 f"/en/units/{second.id}"):  # fmt: skip
        assert (await client.get(path)).status_code == 200
    await deliveries.submit(people.assistant, first.id, DONE)
    await deliveries.approve(people.business, first.id)
    movement = await Movement.get(kind="transfer")
    await movements.send(movement.id, on_fact)
    await movement.refresh_from_db()
    assert (movement.status, movement.stripe_id) == (MovementStatus.QUEUED, None)
    await accounts.log_in(client, people.assistant.person)
    assert (await client.get(f"/en/payouts/{payee}")).status_code == 200
    held, row = Payee.filter(id=payee), await Payee.get(id=payee)
    await held.update(status="onboarding", requirements=[])
    assert "There is nothing for you to do" in (await client.get(f"/en/payouts/{payee}")).text
    await held.update(status="restricted", refused=True)
    page = (await client.get(f"/en/payouts/{payee}")).text
    assert "refused to pay you out" in page
    assert "Go on with the set-up" not in page
    await held.update(status=row.status, refused=False)
    assert (await client.get(f"/en/payouts/{payee}?back=1")).status_code == 200
    away = await client.post(f"/en/payouts/{payee}/set-up")
    assert away.headers["location"].endswith(f"/payouts/{payee}")
    configure(there)
    await Movement.filter(id=movement.id).update(next_attempt_at=movement.created_at)
    await movements.send(movement.id, on_fact)
    sent = await Movement.get(id=movement.id)
    assert sent.status is MovementStatus.SENT
    assert sent.stripe_id is not None
