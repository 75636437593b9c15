"""Whoever ends the mandate issues what waits itself, and then nothing waits and nobody is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from marketplace.billing.schemas.giving import GiveBackDraft
from marketplace.billing.service import giving
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.rules.states import Status
from marketplace.invoicing.schemas import OwnInvoiceDraft
from marketplace.invoicing.service import collecting, declaring, gate, mandates
from marketplace.my_data.service import leaving
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries
from tests.factories import accounts, work
from tests.factories.invoicing import mandated

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


@pytest.fixture(scope="module", autouse=True)
def one_process() -> Iterator[None]:
    yield
    gate.close()


async def test_an_invoice_that_its_seller_issued_itself_waits_for_nobody(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.with_outsider(await work.pair())  # approval alone calls for the invoice
    await mandated(people)
    await mandates.revoke(people.assistant, people.assistant_id)
    contract = await work.signed(people, work.project(20_000), trial_days=0)
    part = await work.unit(contract)
    await deliveries.submit(people.assistant, part.id, DeliveryDraft(note="Done"))
    await deliveries.approve(people.business, part.id)
    await run_jobs()
    row = await Invoice.get()
    assert (row.status, row.code) == (Status.WAITING, "mandate")
    assert (await leaving.farewell(people.assistant.person_id)).obstacles

    page, today = f"/fr/invoices/{row.id}", clock.today()
    own = {"number": "2026-7", "issued_on": f"{today}"}
    await accounts.log_in(client, people.business.person)
    assert 'id="own"' not in (await client.get(page)).text
    assert (await client.post(f"{page}/own", data=own)).status_code == 404
    await accounts.log_in(client, people.assistant.person)
    assert 'id="own"' in (await client.get(page)).text
    early = await client.post(
        f"{page}/own", data={**own, "issued_on": f"{today + timedelta(days=2)}"}
    )
    assert (early.status_code, 'value="2026-7"' in early.text) == (422, True)
    assert (await client.post(f"{page}/own", data={"number": " "})).status_code == 422
    assert (await client.post(f"{page}/own", data=own)).status_code == 303
    assert not (await leaving.farewell(people.assistant.person_id)).obstacles

    # It is told once; no sweep and no new mandate makes it a second time; a slip is corrected.
    await mandated(people)
    await collecting.sweep_all(0)
    await collecting.collect(str(contract.id))
    await run_jobs()
    row = await Invoice.get()
    assert (row.status, row.number, row.own_number) == (Status.BY_SELLER, None, "2026-7")
    mails = [accounts.text_of(each) for each in accounts.mailbox(people.business.person.email)]
    assert sum("numéro 2026-7" in " ".join(text.split()) for text in mails) == 1
    answer = await client.post(f"/api/v1/invoices/{row.id}/own", json={**own, "number": "2026-8"})
    assert answer.json()["own_number"] == "2026-8", answer.text
    await accounts.log_in(client, people.business.person)
    assert "numéro 2026-8" in (await client.get(page)).text
    assert (await client.get(f"{page}/invoice.pdf")).status_code == 404


async def test_who_issued_an_invoice_itself_issues_its_credit_note(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20_000), trial_days=0)
    await work.pay(contract)
    part = await work.unit(contract)
    await deliveries.submit(people.assistant, part.id, DeliveryDraft(note="Done"))
    await deliveries.approve(people.business, part.id)
    await run_jobs()
    invoice = await Invoice.get(seller_id=people.assistant_id)
    draft = OwnInvoiceDraft(number="2026-7", issued_on=clock.today())
    await declaring.declare(people.assistant, invoice.id, draft)
    await mandated(people)
    back = GiveBackDraft(price_minor=20_000, request_id=new_id())
    await giving.give_back(people.assistant, part.id, back)
    await run_jobs()
    note = await Invoice.get(corrects_id=invoice.id)
    assert (note.status, note.code) == (Status.WAITING, "by_seller")
    texts = [accounts.text_of(each) for each in accounts.mailbox(people.assistant.person.email)]
    assert sum("établir par vous" in " ".join(text.split()) for text in texts) == 1
    note = await declaring.declare(people.assistant, note.id, draft)
    assert note.status is Status.BY_SELLER
    with pytest.raises(NotFound):
        fee = await Invoice.filter(seller_id=None).first()
        assert fee is not None
        await declaring.declare(people.assistant, fee.id, draft)
