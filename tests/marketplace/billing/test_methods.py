"""What a business pays with: saved on the hosted page, listed, chosen, removed, never a stranger's."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import httpx
import pytest

from marketplace.billing.queries import methods as queries
from marketplace.billing.rules import recorded as rules
from marketplace.billing.service import methods, ticks
from marketplace.billing.service.methods import CardNeeded
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings
from marketplace.work.rules import Status
from marketplace.work.service import weeks
from payments import cards
from payments.models import Funding
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

MASTERCARD, IBAN = "5555555555554444", "AT611904300234573201"
real = pytest.mark.usefixtures("stripe_sandbox", "application")


async def type_in(url: str, **typed: str) -> None:
    """What the person types on the hosted page."""
    session = url.rsplit("/", 1)[-1]
    async with httpx.AsyncClient(base_url=settings().stripe_api_base, timeout=30) as stripe:
        (await stripe.post(f"/_sandbox/pay/{session}", json=typed)).raise_for_status()


async def saved(people: work.Pair, **typed: str) -> str:
    """Save one and give its id."""
    before = {each.method.id for each in await cards.saved_methods(str(people.business_id))}
    await type_in(await methods.add_link(people.business, people.business_id, "fr"), **typed)
    (new,) = [
        each.method.id for each in await cards.saved_methods(str(people.business_id))
        if each.method.id not in before
    ]  # fmt: skip
    return new


@real
async def test_the_chosen_card_pays_the_weeks_and_a_mandate_never_does() -> None:
    people = await work.pair()
    visa = await saved(people, number="4242424242424242")
    mandate = await saved(people, iban=IBAN)
    other = await saved(people, number=MASTERCARD)
    found = await queries.wallet(people.business, people.business_id)
    assert [(m.method.id, m.is_default) for m in found.methods] == [
        (other, True), (mandate, False), (visa, False)
    ]  # fmt: skip
    with pytest.raises(NotFound):
        await methods.choose_default(people.business, people.business_id, mandate)
    await methods.choose_default(people.business, people.business_id, visa)
    contract = await work.signed(people, work.hourly())
    week = await work.unit(contract)
    await weeks.prefund(week.id)
    card = await cards.saved_card(str(people.business_id))
    assert card is not None
    assert (card.id, card.last4) == (visa, "4242")
    assert (await work.unit(contract)).status is Status.FUNDED
    assert (await Funding.get(holding_id=str(week.id))).method == "card"


@real
async def test_the_last_card_of_a_running_hourly_contract_stays() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    assert await work.pay(contract) == "funded"  # paying saves the card
    found = await queries.wallet(people.business, people.business_id)
    (only,) = found.methods
    assert [each.id for each in only.used_by] == [contract.id]
    with pytest.raises(CardNeeded):
        await methods.remove(people.business, people.business_id, only.method.id)
    await saved(people, iban=IBAN)  # a mandate does not help
    with pytest.raises(CardNeeded):
        await methods.remove(people.business, people.business_id, only.method.id)
    other = await saved(people, number=MASTERCARD)
    await methods.choose_default(people.business, people.business_id, only.method.id)
    await methods.remove(people.business, people.business_id, only.method.id)
    now = await queries.wallet(people.business, people.business_id)
    assert now.default is not None
    assert now.default.method.id == other


@real
async def test_nobody_sees_or_touches_what_others_saved() -> None:
    people, strangers = await work.pair(), await work.pair()
    visa = await saved(people, number="4242424242424242")
    await saved(strangers, number=MASTERCARD)
    for who in (strangers.business, people.assistant):
        with pytest.raises(NotFound):
            await queries.wallet(who, people.business_id)
        with pytest.raises(NotFound):
            await methods.remove(who, people.business_id, visa)
    with pytest.raises(NotFound):
        await methods.remove(strangers.business, strangers.business_id, visa)
    with pytest.raises(NotFound):
        await methods.choose_default(strangers.business, strangers.business_id, visa)
    with pytest.raises(NotFound):  # an assistant pays nothing here
        await queries.wallet(people.assistant, people.assistant_id)


@real
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_page_lists_chooses_and_removes(client: httpx.AsyncClient, lang: str) -> None:
    people = await work.pair()
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    here = f"/{lang}/payment-methods/{people.business_id}"
    assert (await client.get(f"/{lang}/payment-methods")).status_code == 200
    page = await client.post(f"{here}/add")
    assert page.status_code == 303
    await type_in(page.headers["location"], number="4242424242424242")
    other = await saved(people, number=MASTERCARD)
    shown = (await client.get(f"{here}?added=1")).text
    assert "4242" in shown
    assert "4444" in shown
    visa = (await cards.saved_methods(str(people.business_id)))[1].method.id
    assert (await client.post(f"{here}/default", data={"method": visa})).status_code == 303
    assert (await client.post(f"{here}/remove", data={"method": other})).status_code == 303
    assert "4444" not in (await client.get(here)).text
    for wrong in (other, "pm_unknown", "../x", ""):
        assert (await client.post(f"{here}/remove", data={"method": wrong})).status_code == 404
    assert (await client.get(f"/{lang}/payment-methods/{uuid4()}")).status_code == 404


def test_a_card_is_called_expired_from_the_first_day_it_fails() -> None:
    ends = date(2027, 3, 1)  # a card valid until 02/2027
    assert rules.card_state(ends, date(2027, 1, 10)) == "ok"
    assert rules.card_state(ends, date(2027, 2, 28)) == "soon"
    assert rules.card_state(ends, date(2027, 3, 1)) == "expired"
    assert rules.card_state(None, date(2099, 1, 1)) == "ok"


@real
async def test_the_end_of_the_card_that_pays_weeks_is_told_once(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    assert await work.pay(contract) == "funded"
    await run_jobs()
    before = len(accounts.mailbox(people.business.person.email))
    await ticks.look_at_cards(0)
    assert len(accounts.mailbox(people.business.person.email)) == before
    card = await cards.saved_card(str(people.business_id))
    ends = cards.expires_on(card) if card else None
    assert ends is not None
    clock.advance((ends - clock.today() - timedelta(days=20)).total_seconds())
    for _ in range(2):
        await ticks.look_at_cards(0)
        await run_jobs()
    told = accounts.mailbox(people.business.person.email)
    cards_told = [
        m for m in told if f"/payment-methods/{people.business_id}" in accounts.text_of(m)
    ]
    assert len(cards_told) == 1
