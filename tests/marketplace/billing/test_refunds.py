"""A refund that the client's bank returns: everybody concerned knows, and it can be sent again."""

from __future__ import annotations

import httpx
import pytest

from marketplace.accounts.rules import Scope
from marketplace.core.settings import settings
from marketplace.work.schemas import EndingDraft
from marketplace.work.service import endings
from payments import escrow, explorer, inbox
from payments.models import Movement
from tests.factories import accounts, admin, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


async def test_a_refund_that_came_back_is_told_and_sent_again(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    operator, people = await admin.operator(), await work.pair()
    await work.pay(await work.signed(people, work.project(20_000)))  # refunds need a balance
    contract = await work.signed(people, work.project(20_000), trial_days=0)
    await work.pay(contract)
    await endings.propose(people.assistant, contract.id, EndingDraft())
    await run_jobs()
    refund = await Movement.get(kind="refund")
    async with httpx.AsyncClient(base_url=settings().stripe_api_base, timeout=30) as stripe:
        (await stripe.post(f"/_sandbox/refunds/{refund.stripe_id}")).raise_for_status()
    await inbox.store(event="evt_1", kind="v1.refund.failed", obj=refund.stripe_id, account=None)
    await run_jobs()
    alert = accounts.text_of(accounts.mailbox(operator.email)[-1])
    assert f"/operator/movements/{refund.id}" in alert
    letter = accounts.mailbox(people.business.person.email)[-1]
    assert "renvoyé un remboursement" in str(letter["subject"])
    wallet = f"/fr/payment-methods/{people.business_id}"
    assert wallet in accounts.text_of(letter)
    (credit,) = await escrow.credits_of(str(people.business_id))
    assert (credit.movement_id, credit.amount, credit.returned) == (refund.id, refund.amount, True)
    await accounts.log_in(client, people.business.person)
    send = f"{wallet}/refunds/{refund.id}/send"
    assert send in (await client.get(wallet)).text
    assert wallet in (await client.get(f"/fr/contracts/{contract.id}/statement")).text
    stranger = await admin.bearer(people.assistant.person, Scope.MONEY_READ, Scope.MONEY_WRITE)
    assert (await client.post(f"/api/v1{send[3:]}", headers=stranger)).status_code == 404
    await accounts.log_in(client, operator)
    page = (await client.get("/en/operator")).text
    waiting = page[page.index("Refunds that came back") :]
    assert 'badge badge--bad">1<' in waiting[: waiting.index("</tr>")].replace("\n", "")
    await accounts.log_in(client, people.business.person)
    assert (await client.post(send)).status_code == 303
    assert (await client.post(send)).status_code == 303  # a double click
    assert await Movement.filter(cause=f"resend:{refund.id}").count() == 1
    await accounts.log_in(client, operator)
    here = f"/en/operator/movements/{refund.id}"
    assert f"{here}/decide" not in (await client.get(here)).text  # nothing is left to decide
    assert (await client.post(f"{here}/decide", data={"reason": "Once more"})).status_code == 409
    await run_jobs()
    assert await escrow.credits_of() == ()
    assert not [each for each in await explorer.queues() if each.status == "failed"]
