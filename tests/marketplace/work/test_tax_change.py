"""The tax between two parties changes: proposed to both, new funds wait, done work is paid."""

from __future__ import annotations

import httpx
import pytest

from marketplace.billing.queries import funding as bills
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.changes import NothingChanged, Weeks
from marketplace.contracts.rules.signing import TaxToSign
from marketplace.contracts.schemas import CapDraft, ChangeDraft
from marketplace.contracts.service import amending, changes, retaxing, taxes
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.queries import invoices
from marketplace.invoicing.rules.papers import Kind
from marketplace.invoicing.rules.states import Status as InvoiceStatus
from marketplace.jurisdictions.service import Purpose
from marketplace.parties.events import PartyChanged
from marketplace.parties.models import Party
from marketplace.work import queries
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries, units
from payments.fees import Share
from payments.models import Funding
from tests.factories import accounts, invoicing, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


async def taxed_otherwise(people: work.Pair) -> None:
    """The assistant leaves the small-business scheme."""
    await Party.filter(pk=people.assistant_id).update(
        tax_status="vat_registered", vat_number="FR40303265045"
    )
    await retaxing.on_party(PartyChanged(people.assistant_id))


async def test_both_sign_the_new_tax_before_new_funds_and_done_work_is_paid(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    await invoicing.mandated(people)
    contract = await work.signed(people, work.project(20000, 30000), trial_days=0)
    assert await work.pay(contract) == "funded"
    await work.open_page(contract, 2)
    await retaxing.on_party(PartyChanged(people.assistant_id))
    assert not await contracts.changes(contract.id)  # nothing differs
    await taxed_otherwise(people)
    await retaxing.sweep(0)  # a second look proposes nothing more
    change = await contracts.open_change(contract.id)
    assert change is not None
    assert (change.side, change.proposed_by_id) == ("system", None)
    assert "20" in change.reason
    second = await work.unit(contract, 2)
    with pytest.raises(TaxToSign):
        await units.request_funding(second.id, "fr")
    first = await work.unit(contract)  # held under the old tax, and paid as it was promised
    await deliveries.submit(people.assistant, first.id, DeliveryDraft(note="Done"))
    await deliveries.approve(people.business, first.id)
    assert (await queries.balance(first)).released.minor == 20000
    await run_jobs()
    papers = await Invoice.filter(contract_id=contract.id).order_by("kind")
    assert [(row.kind, row.status, row.code) for row in papers] == [
        (Kind.ASSISTANT_FEE, InvoiceStatus.ISSUED, ""),
        (Kind.CLIENT_FEE, InvoiceStatus.ISSUED, ""),
        (Kind.WORK, InvoiceStatus.ISSUED, ""),
    ]
    work_done = papers[2]  # taxed as its money was held, and rests on that decision
    assert (work_done.net_minor, work_done.vat_minor) == (20000, 0)
    kept = await taxes.kept(contract, 1, Purpose.SUPPLY)
    assert kept is not None
    assert work_done.decision["id"] == str(kept.id)
    assert "CIBS" in invoices.document(work_done).mention
    for who in (people.assistant, people.business):
        mails = [accounts.text_of(m) for m in accounts.mailbox(who.person.email)]
        assert any("TVA entre" in text for text in mails)
    await client.get("/fr/")
    await accounts.log_in(client, people.business.person)
    for path in ("", "/sign", "/change"):
        shown = await client.get(f"/fr/contracts/{contract.id}{path}")
        assert "TVA entre les deux parties" in shown.text
    for who in (people.assistant, people.business):
        await work.consent(who, contract)
    assert (await Contract.get(pk=contract.id)).fees["supplier_vat_ppm"] == [200_000]
    await run_jobs()  # the open page asked for the old tax: it is closed
    assert await work.pay(contract, 2) == "funded"
    money = await queries.balance(await work.unit(contract, 2))
    assert money.held.minor == 36000
    assert money.funded == money.held


async def test_a_declined_tax_change_is_not_repeated_but_a_side_may_propose_it() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000), trial_days=0)
    assert await work.pay(contract) == "funded"
    with pytest.raises(NothingChanged):
        await amending.propose(people.business, contract.id, ChangeDraft())
    await taxed_otherwise(people)
    await changes.answer(people.business, contract.id, "Not now")
    await retaxing.sweep(0)
    assert await contracts.open_change(contract.id) is None
    await amending.propose(people.assistant, contract.id, ChangeDraft(reason="VAT"))
    for who in (people.assistant, people.business):
        await work.consent(who, contract)
    assert await work.pay(contract, 2) == "funded"


async def test_a_declined_tax_change_is_followed_by_one_to_yet_another_tax() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000), trial_days=0)
    await taxed_otherwise(people)
    await changes.answer(people.business, contract.id, "Not now")
    await Party.filter(pk=people.business_id).update(subdivision="FR-974")
    await retaxing.sweep(0)
    change = await contracts.open_change(contract.id)
    assert change is not None
    assert "8,5" in change.reason


async def test_a_higher_cap_of_a_paid_week_is_taxed_like_the_week(run_jobs: RunJobs) -> None:
    people, contract = await work.running_week(card=work.ASKS_ALWAYS)
    draft = CapDraft(minutes=240, weeks=Weeks.THIS, reason="The quarter's end")
    await amending.propose_cap(people.business, contract.id, draft)
    for who in (people.business, people.assistant):
        await work.consent(who, contract)
    await run_jobs()  # the bank wants to see its customer: the difference is not held yet
    await taxed_otherwise(people)
    for who in (people.business, people.assistant):
        await work.consent(who, contract)
    week = await work.unit(contract)
    assert (week.held_version, week.contract.version) == (1, 3)
    shown = await bills.bill(people.business, week.id)
    assert await work.pay(contract, card=work.ASKS_ALWAYS) == "funded"
    paid = await Funding.filter(holding_id=str(week.id)).order_by("created_at")
    assert [each.share.price_vat for each in paid] == [0, 0]
    assert paid[1].share == Share.of(shown.quote)
    assert (await queries.balance(week)).held.minor == 12000
    assert not await queries.taxed_as_now(week, week.contract)  # the next week's is another


async def test_a_contract_signed_under_another_tax_takes_no_first_money_before_both_sign() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly(3000, hours=2), trial_days=0)
    await taxed_otherwise(people)
    week = await work.unit(contract)
    with pytest.raises(TaxToSign):
        await units.request_funding(week.id, "fr")
    for who in (people.assistant, people.business):
        await work.consent(who, contract)
    page = await work.open_page(contract)
    assert await work.pay_page(page) == "funded"
    asked = await Funding.get(id=page)
    assert (asked.price_minor, asked.price_vat_minor) == (6000, 1200)
    assert (await queries.balance(week)).held.minor == 7200
