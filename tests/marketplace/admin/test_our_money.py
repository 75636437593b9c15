"""Only earned money leaves for our own bank, by a named operator's decision, once."""

from __future__ import annotations

import httpx
import pytest

from marketplace.admin.models import OperatorAct
from marketplace.core import clock
from payments import inbox, treasury
from payments.config import config
from payments.ledger import book, chart
from payments.money import Money
from tests.factories import accounts, admin
from tests.fixtures.application import RunJobs
from tests.marketplace.admin.conftest import Scene

pytestmark = pytest.mark.usefixtures("stripe_sandbox")


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_what_is_earned_is_paid_out_once(
    client: httpx.AsyncClient, scene: Scene, run_jobs: RunJobs, lang: str
) -> None:
    earned = await treasury.earned("EUR")
    assert earned.minor > 0
    await client.get(f"/{lang}/")
    await accounts.log_in(client, scene.operator)
    page = f"/{lang}/operator/treasury"
    assert (
        str(earned.decimal).replace(".", "," if lang == "fr" else ".")
        in (await client.get(page)).text
    )
    form = {"amount_minor": str((earned + Money(1, "EUR")).decimal), "currency": "EUR"}
    assert (await client.post(f"{page}/payouts", data=form)).status_code == 422  # no reason
    form["reason"] = "End of the month"
    assert (await client.post(f"{page}/payouts", data=form)).status_code == 409
    assert await OperatorAct.all().count() == 0
    form["amount_minor"] = "1,00"
    assert (await client.post(f"{page}/payouts", data=form)).status_code == 303
    rest = form | {"amount_minor": str(earned.decimal)}  # a second click before the first is booked
    assert (await client.post(f"{page}/payouts", data=rest)).status_code == 409
    left = str((earned - Money(100, "EUR")).decimal)
    assert left.replace(".", "," if lang == "fr" else ".") in (await client.get(page)).text
    clock.advance(4 * 86_400)  # what was paid in is available by then
    async with httpx.AsyncClient(base_url=config().api_base, timeout=30) as stripe:
        await stripe.post("/_sandbox/advance", json={"seconds": 1})
        await run_jobs()
        key = {"authorization": f"Bearer {config().secret_key}"}
        made = (await stripe.get("/v1/payouts?limit=1", headers=key)).json()["data"][0]
    [act] = await OperatorAct.all()
    assert (act.act, act.after["amount_minor"]) == ("pay_out", 100)
    assert (made["amount"], str(scene.operator.id) in made["metadata"]["decided_by"]) == (100, True)
    await inbox.store(
        event=f"evt_{made['id']}", kind="v1.payout.paid", obj=made["id"], account=None
    )
    await run_jobs()
    assert await book.balance(chart.EQUITY, "EUR") == Money(100, "EUR")
    assert await treasury.earned("EUR") == earned - Money(100, "EUR")


async def test_programs_see_and_pay_it_out(client: httpx.AsyncClient, scene: Scene) -> None:
    from marketplace.accounts.rules import Scope

    headers = await admin.bearer(scene.operator, Scope.OPERATOR_READ, Scope.OPERATOR_WRITE)
    base = "/api/v1/operator/treasury"
    shown = (await client.get(base, headers=headers)).json()["earned"]
    assert [each["currency"] for each in shown] == ["EUR"]
    body = {"amount_minor": shown[0]["minor"] + 1, "currency": "EUR", "reason": "too much"}
    assert (await client.post(f"{base}/payouts", headers=headers, json=body)).status_code == 409
