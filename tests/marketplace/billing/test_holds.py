"""Money is not asked for longer than it may be held; what ages is said, then paid anew."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from marketplace.billing.queries import funding as bills
from marketplace.billing.queries import statements
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.errors import Forbidden
from marketplace.core.settings import settings
from marketplace.work import queries
from marketplace.work.models import Unit
from marketplace.work.rules import HeldTooLong, IllegalStep, Status
from marketplace.work.schemas import DeliveryDraft, PartDraft
from marketplace.work.service import deliveries, holds, parts, units
from payments.config import config, configure
from payments.models import Funding
from payments.money import Money
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400


async def due_in(contract: Contract, days: int) -> Unit:
    """The first unit, now due so many days from today."""
    await Unit.filter(contract_id=contract.id).update(ends_on=clock.today() + timedelta(days=days))
    return await work.unit(contract)


@pytest.mark.parametrize("hold", [5, 0])
async def test_one_day_of_payment_is_told_before_signing_when_paying_and_in_the_room(
    hold: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAIS_SECURITY_HOLD_DAYS", str(hold))
    settings.cache_clear()
    people = await work.pair()
    for terms in (work.hourly(hours=2), work.project(20000)):
        contract = await work.signed(people, terms, trial_days=0)
        agreed = contracts.agreement(contract)
        [told, *_others] = await contracts.planned(agreed, contract.assistant_id)
        unit = await work.unit(contract)
        assert (await bills.bill(people.business, unit.id)).last_release == told.part.paid_on
        await work.pay(contract)
        if terms.kind == "project":
            clock.advance((unit.ends_on - clock.today()).days * DAY)
            await deliveries.submit(people.assistant, unit.id, draft())
        unit = await work.unit(contract)
        assert unit.paid_on(contract, await queries.hold_days(contract)) == told.part.paid_on
        assert told.wait == hold
        assert told.part.charged_on >= agreed.starts_on


def draft() -> DeliveryDraft:
    return DeliveryDraft.model_validate({"note": "Done, and proofread."})


async def test_a_part_paid_out_too_late_is_refused_with_its_day(client: httpx.AsyncClient) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000))
    hold = contract.rhythm.hold_days
    last = settings().hold_refuse_days - contract.review_days - 1 - hold
    far = await due_in(contract, last)
    with pytest.raises(HeldTooLong):
        await units.request_funding(far.id, "fr")
    assert (await bills.bill(people.business, far.id)).refused
    await client.get("/fr/")
    await accounts.log_in(client, people.business.person)
    page = await client.post(f"/fr/units/{far.id}/fund")
    assert page.status_code == 303
    assert "provisionnés" in (await client.get(page.headers["location"])).text
    near = await due_in(contract, last - 1)
    bill = await bills.bill(people.business, near.id)
    assert not bill.refused
    assert bill.long_days is not None  # more than 60 days: said before paying
    before = config()
    configure(replace(before, settles=("CHF",)))  # Stripe would convert euros
    page = await client.post(f"/fr/units/{near.id}/fund")
    configure(before)
    assert "Les paiements en EUR" in (await client.get(page.headers["location"])).text
    assert await work.pay(contract) == "funded"


async def test_held_money_is_warned_of_then_must_end_and_is_paid_anew(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000))
    assert await work.pay(contract) == "funded"
    first = await work.unit(contract)
    with pytest.raises(IllegalStep):
        await holds.renew(people.business, first.id)  # it is young
    told = dict.fromkeys((people.business.person.email, people.assistant.person.email), 0)
    for days, more in ((59, 0), (2, 1), (10, 1), (15, 2), (3, 2)):
        clock.advance(days * DAY)
        await run_jobs()
        if not any(told.values()):
            told = {who: len(accounts.mailbox(who)) for who in told}
        await holds.run_due()
        await holds.run_due()
        await run_jobs()
        read = {who: len(accounts.mailbox(who)) for who in told}
        assert read == {who: before + more for who, before in told.items()}, days
    age = queries.ageing(await queries.balance(first))
    assert age is not None
    assert age.must_end
    with pytest.raises(Forbidden):
        await holds.renew(people.assistant, first.id)
    await holds.renew(people.business, first.id)
    await run_jobs()
    first = await work.unit(contract)
    assert first.status is Status.PLANNED
    assert not (await queries.balance(first)).held
    await due_in(contract, 5)
    assert await work.pay(contract) == "funded"
    assert queries.ageing(await queries.balance(first)) is None
    done = DeliveryDraft.model_validate({"note": "All done."})
    await deliveries.submit(people.assistant, first.id, done)
    await deliveries.approve(people.business, first.id)
    _contract, found = await statements.contract_statement(people.business, contract.id)
    assert found is not None
    assert found.funded == found.released + found.refunded + found.held + found.disputed
    assert (found.released.minor, found.refunded.minor) == (20000, 20000)


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_what_the_page_says_is_what_the_payment_page_asks(
    client: httpx.AsyncClient, lang: str
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(33333))
    first = await work.unit(contract)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    assert (await client.get(f"/{lang}/units/{first.id}/fund")).status_code == 200
    shown = (await client.get(f"/api/v1/units/{first.id}/funding")).json()
    lines = ("price", "price_vat", "client_fee", "client_fee_vat")
    assert sum(shown[line]["minor"] for line in lines) == shown["client_total"]["minor"]
    page = await client.post(f"/{lang}/units/{first.id}/fund")
    session = page.headers["location"].rsplit("/", 1)[-1]
    async with httpx.AsyncClient(base_url=settings().stripe_api_base, timeout=30) as stripe:
        paid = (await stripe.post(f"/_sandbox/pay/{session}", json={})).json()
    assert paid["amount_total"] == shown["client_total"]["minor"]
    funding = await Funding.get(holding_id=str(first.id))
    assert Money(paid["amount_total"], "EUR") == funding.total
    bill = await bills.bill(people.business, first.id)
    assert bill.quote.client_total == funding.total


async def test_the_statement_is_a_file_too_for_both_sides_alone(client: httpx.AsyncClient) -> None:
    people, strangers = await work.pair(), await work.pair()
    contract = await work.signed(people, work.project(20000))
    await work.pay(contract)
    for who in (people.business, people.assistant):
        await accounts.log_in(client, who.person)
        for path in ("/fr/contracts", "/api/v1/contracts"):
            answer = await client.get(f"{path}/{contract.id}/statement.csv")
            assert answer.headers["content-type"].startswith("text/csv")
            (row,) = csv.DictReader(io.StringIO(answer.text))
            assert (row["step"], row["held_after"], row["currency"]) == ("fund", "200.00", "EUR")
        seen = (await client.get(f"/api/v1/contracts/{contract.id}/payments")).json()["payments"]
        assert seen[0]["method"] == "card"
        assert seen[0]["reversible_until"] == seen[0]["disputable_until"]
    await accounts.log_in(client, strangers.business.person)
    assert (await client.get(f"/fr/contracts/{contract.id}/statement.csv")).status_code == 404


async def test_paying_anew_asks_only_for_what_was_not_paid_out(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000), trial_days=0)
    assert await work.pay(contract) == "funded"
    first = await work.unit(contract)
    await parts.ask(people.business, first.id, PartDraft(price_minor=5000, note="Half way"))
    clock.advance(70 * DAY)
    await holds.renew(people.business, first.id)
    await run_jobs()
    await due_in(contract, 5)
    assert await work.pay(contract) == "funded"
    first = await work.unit(contract)
    assert first.status is Status.FUNDED
    assert (await queries.balance(first)).price == Money(15000, "EUR")  # 5000 is the assistant's
