"""Direct debits: under way for days, then held or refused; never refunded by themselves (1.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest

from marketplace.billing.queries import statements
from marketplace.contracts import queries as contracts
from marketplace.contracts.service import mark_active, retaxing
from marketplace.core import clock
from marketplace.core.events import on_fact
from marketplace.core.settings import settings
from marketplace.parties.models import Party
from marketplace.work import queries
from marketplace.work.rules import Status
from marketplace.work.schemas import EndingDraft
from marketplace.work.service import endings, units
from payments import escrow, windows
from payments.models import Funding
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
ARRIVES_IN_DAYS, REFUSED = "FR1420041010050500013M02606", "AT051904300235473205"
ARRIVES = "AT611904300234573201"
DAY = 86_400


async def debit(contract: object, iban: str) -> Funding:
    """Pay a contract's first unit from a bank account on the hosted page."""
    unit = await work.unit(contract)  # type: ignore[arg-type]
    funding_id = await units.request_funding(unit.id, "fr")
    base = settings().base_url
    await escrow.start_checkout(funding_id, f"{base}/ok", f"{base}/no")
    funding = await Funding.get(id=funding_id)
    await control(f"pay/{funding.session}", iban=iban)
    await escrow.refresh(funding_id, on_fact)
    return await Funding.get(id=funding_id)


async def control(path: str, **body: object) -> None:
    async with httpx.AsyncClient(base_url=settings().stripe_api_base, timeout=30) as stripe:
        (await stripe.post(f"/_sandbox/{path}", json=body)).raise_for_status()


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_work_waits_for_a_debit_whose_day_is_said(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000))
    paid = await debit(contract, ARRIVES_IN_DAYS)
    assert (paid.status, paid.method) == ("processing", "sepa_debit")
    first = await work.unit(contract)
    assert first.status is Status.FUNDING
    await run_jobs()
    for who in (people.business, people.assistant):
        told = accounts.text_of(accounts.mailbox(who.person.email)[-1])
        assert "prélèvement" in told.lower()
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    said = {"fr": "Prélèvement en cours", "en": "Direct debit under way"}[lang]
    pages = (f"units/{first.id}", f"units/{first.id}/fund", f"contracts/{contract.id}/statement")
    for page in (*pages, f"contracts/{contract.id}/work"):
        assert said in (await client.get(f"/{lang}/{page}")).text, page
    several = (await client.get(f"/{lang}/contracts/{contract.id}/fund")).text
    assert said in several
    assert f"/units/{first.id}/fund" not in several  # never offered a second time
    await control("advance", seconds=6 * DAY)
    clock.advance(6 * DAY)
    await escrow.refresh(paid.id, on_fact)
    first = await work.unit(contract)
    assert first.status is Status.FUNDED
    (seen,) = await statements.payments(people.assistant, contract.id)
    assert seen.funding.window is not None
    days = (seen.funding.window.reversible_until - clock.now()) / timedelta(days=1)
    assert 55 < days <= 56  # eight weeks without a reason


async def test_a_debit_refused_after_days_is_told_with_what_to_do(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000))
    paid = await debit(contract, REFUSED)
    await control("advance", seconds=600)
    await escrow.refresh(paid.id, on_fact)
    await run_jobs()
    first = await work.unit(contract)
    told = accounts.text_of(accounts.mailbox(people.business.person.email)[-1])
    assert f"/units/{first.id}/fund" in told
    assert first.status is Status.FUNDING
    assert await work.pay(contract) == "funded"  # the same part, by card


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_refund_of_a_debit_waits_as_credit_until_an_operator_sends_it(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000), trial_days=0)
    # Of one payment alone Stripe's fee would be missing: its refund would wait for other money.
    await debit(await work.signed(people, work.project(20000)), ARRIVES)
    paid = await debit(contract, ARRIVES)
    await control("advance", seconds=60)
    await escrow.refresh(paid.id, on_fact)
    assert (await work.unit(contract)).status is Status.FUNDED
    await endings.propose(people.assistant, contract.id, EndingDraft())
    (credit,) = await escrow.credits_of(str(people.business_id))
    assert credit.amount == paid.total
    assert credit.safe_from is not None
    assert credit.safe_from - clock.now() > timedelta(days=55)
    assert (await queries.balance(await work.unit(contract))).held.minor == 0
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    wallet = (await client.get(f"/{lang}/payment-methods/{people.business_id}")).text
    assert {"fr": "À vous rendre", "en": "To get back"}[lang] in wallet
    operator = await accounts.person(name="Olive", is_operator=True)
    await accounts.log_in(client, operator)
    here = f"/{lang}/operator/movements/{credit.movement_id}"
    assert f"{here}/send" in (await client.get(here)).text
    assert (await client.post(f"{here}/send", data={"reason": ""})).status_code == 422
    for expected in (303, 409):
        sent = await client.post(f"{here}/send", data={"reason": "Client promised."})
        assert sent.status_code == expected
    await run_jobs()
    assert await escrow.credits_of() == ()
    returned = (await statements.contract_statement(people.business, contract.id))[1]
    assert returned is not None
    assert returned.returned == paid.total


def test_working_days_skip_weekends() -> None:
    thursday = datetime.fromisoformat("2026-11-26T10:00+00:00")
    assert windows.expected_on(thursday).isoformat() == "2026-12-03"
    saturday = datetime.fromisoformat("2026-11-28T10:00+00:00")
    assert windows.expected_on(saturday).isoformat() == "2026-12-04"


async def test_the_tax_stays_while_a_debit_is_on_its_way() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000), trial_days=0)
    paid = await debit(contract, ARRIVES_IN_DAYS)
    await mark_active(contract.id)
    version = (await contracts.by_id(contract.id)).version
    await Party.filter(pk=people.assistant_id).update(
        tax_status="vat_registered", vat_number="FR40303265045"
    )
    await retaxing.sweep(0)
    assert await contracts.open_change(contract.id) is None  # asked for with the tax of before
    await control("advance", seconds=6 * DAY)
    clock.advance(6 * DAY)
    await escrow.refresh(paid.id, on_fact)
    await retaxing.sweep(0)
    assert await contracts.open_change(contract.id) is not None
    for who in (people.assistant, people.business):
        await work.consent(who, contract)
    first = await work.unit(contract)
    now = await contracts.by_id(contract.id)
    assert (first.status, first.held_version) == (Status.FUNDED, version)
    assert not await queries.taxed_as_now(first, now)
