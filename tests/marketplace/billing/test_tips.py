"""Tips: the client's gift on a contract of which something was paid; the assistant's at once."""

from __future__ import annotations

import asyncio
import re
from uuid import uuid4

import httpx
import pytest

from marketplace.accounts.rules import Scope
from marketplace.billing.models import Tip
from marketplace.billing.schemas.tips import TipDraft
from marketplace.billing.service import tips
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.events import on_fact
from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings
from marketplace.work.service import deliveries, units
from payments import escrow, statements
from payments.models import Funding, Purpose
from tests.factories import accounts, work
from tests.factories.admin import bearer
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


async def thanked() -> tuple[work.Pair, Contract]:
    """A project that is done, approved, paid and completed."""
    people, contract, first = await work.handed_in(20000)
    await deliveries.approve(people.business, first.id)
    return people, await Contract.get(pk=contract.id)


def gift(minor: int = 2500, **more: object) -> TipDraft:
    return TipDraft.model_validate({"request_id": uuid4(), "amount_minor": minor, **more})


async def pay_on_page(tip: Tip) -> None:
    """Pay a tip on the sandbox's payment page; nobody here has heard of it yet."""
    funding = await Funding.get(id=tip.funding_id)
    async with httpx.AsyncClient(base_url=settings().stripe_api_base, timeout=30) as stripe:
        await stripe.post(f"/_sandbox/pay/{funding.session}", json={"number": "4242424242424242"})


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_tip_on_a_completed_contract_is_paid_told_and_on_the_statement(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    people, contract = await thanked()
    assert contract.status is ContractStatus.COMPLETED
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    path = f"/{lang}/contracts/{contract.id}/tips"
    page = await client.get(path)
    request_id = re.search(r'name="request_id" value="([^"]+)"', page.text)
    assert request_id
    data = {"request_id": request_id[1], "amount_minor": "abc", "note": "Merci !"}
    assert (await client.post(path, data=data)).status_code == 422
    data |= {"amount_minor": "25,50", "saved_card": "no"}
    sent = await client.post(path, data=data)
    assert sent.status_code == 303
    assert "/pay/" in sent.headers["location"] or "checkout" in sent.headers["location"]
    assert (await client.post(path, data=data)).headers["location"] == sent.headers["location"]
    assert (await client.post(path, data=data | {"amount_minor": "26"})).status_code == 409
    tip = await Tip.get(contract_id=contract.id)
    assert tip.paid_at is None
    await pay_on_page(tip)
    again = await client.post(path, data=data)  # sent again from another tab: nothing to pay twice
    assert (again.status_code, again.headers["location"]) == (303, path)
    await escrow.refresh(tip.funding_id, on_fact)
    back = await client.get(f"{path}/{tip.id}/paid")
    assert back.status_code == 303
    await run_jobs()
    await tip.refresh_from_db()
    assert tip.paid_at is not None
    about = await OutgoingMail.filter(recipient=people.assistant.person.email)
    assert len(about) > 0
    found = await statements.contract_statement(str(contract.id))
    assert found is not None
    (line,) = [line for line in found.lines if line.what.value == "tip"]
    assert (line.amount.minor, line.fees.minor) == (2550, 0)
    assert found.released.minor == 20000 + 2550
    await accounts.log_in(client, people.assistant.person)
    assert "Merci" in (await client.get(path)).text
    assert (await client.post(path, data=data)).status_code == 403
    statement = (await client.get(f"/{lang}/contracts/{contract.id}/statement")).text
    assert ("Pourboire au prestataire" if lang == "fr" else "Tip to the assistant") in statement


async def test_the_saved_card_pays_at_once_and_the_same_request_only_once() -> None:
    people, contract = await thanked()
    draft = gift(1000, saved_card=True)
    tip = await tips.ask(people.business, contract.id, draft)
    assert await tips.pay(people.business, tip, "fr", saved_card=True) is None
    again = await tips.ask(people.business, contract.id, draft)
    assert again.id == tip.id
    assert again.paid_at is not None
    found = await statements.contract_statement(str(contract.id))
    assert found is not None
    assert found.released.minor == 21000


async def test_a_request_names_no_money_of_another_and_two_clicks_are_one_tip() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000))
    await work.pay(contract)
    first, second = await work.unit(contract), await work.unit(contract, 2)
    await deliveries.submit(people.assistant, first.id, work.DONE)
    await deliveries.approve(people.business, first.id)
    same = gift(30000, request_id=second.id, locale="zz")  # the price of the part, under its id
    made = await asyncio.gather(
        *(tips.ask(people.business, contract.id, same) for _ in range(4)), return_exceptions=True
    )
    tip = await Tip.get(contract_id=contract.id)
    assert [getattr(each, "id", each) for each in made] == [tip.id] * 4
    assert (await Funding.get(id=tip.funding_id)).locale == "fr"
    asked = await Funding.get(id=await units.request_funding(second.id, "fr"))
    assert (asked.purpose, asked.holding_id) == (Purpose.HOLD, str(second.id))


async def test_a_tip_needs_a_release_and_the_clients_own_hand() -> None:
    people, strangers = await work.pair(), await work.pair()
    contract = await work.signed(people, work.project(20000))
    await work.pay(contract)
    with pytest.raises(tips.NoTipYet):
        await tips.ask(people.business, contract.id, gift())
    with pytest.raises(Forbidden):
        await tips.ask(people.assistant, contract.id, gift())
    with pytest.raises(NotFound):
        await tips.ask(strangers.business, contract.id, gift())


async def test_the_operators_fee_on_tips_is_taken_from_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:  # of its own: undoing it leaves the fixtures' settings
        patched.setenv("RELAIS_TIP_FEE_BPS", "1000")
        settings.cache_clear()
        people, contract = await thanked()
        tip = await tips.ask(people.business, contract.id, gift(2000))
        await tips.pay(people.business, tip, "en", saved_card=True)
    settings.cache_clear()
    found = await statements.contract_statement(str(contract.id))
    assert found is not None
    (line,) = [line for line in found.lines if line.what.value == "tip"]
    assert line.fees.minor >= 200  # and the VAT on it, where it is due
    assert line.amount.minor == 2000 - line.fees.minor


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_an_assistant_gives_a_tip_back(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    people, contract = await thanked()
    tip = await tips.ask(people.business, contract.id, gift(2500))
    await tips.pay(people.business, tip, lang, saved_card=True)
    await run_jobs()
    await client.get(f"/{lang}/")
    listed = f"/{lang}/contracts/{contract.id}/tips"
    path = f"{listed}/{tip.id}/give-back"
    await accounts.log_in(client, people.business.person)
    assert path not in (await client.get(listed)).text
    assert (await client.get(path)).status_code == 404
    await accounts.log_in(client, people.assistant.person)
    assert path in (await client.get(listed)).text
    assert (await client.get(path)).status_code == 200
    data = {"request_id": str(uuid4()), "price_minor": "25.01"}
    refused = await client.post(path, data=data)
    assert refused.status_code == 422
    assert {"fr": "gardé", "en": "still have"}[lang] in refused.text
    data = {"request_id": str(uuid4()), "price_minor": "10"}
    assert [(await client.post(path, data=data)).status_code for _ in range(2)] == [303, 303]
    assert {"fr": "rendus", "en": "given back"}[lang] in (await client.get(listed)).text
    token = await bearer(people.assistant.person, Scope.MONEY_READ, Scope.MONEY_WRITE)
    api = f"/api/v1/contracts/{contract.id}/tips"
    rest = {"request_id": str(uuid4()), "price_minor": 1500}
    answer = await client.post(f"{api}/{tip.id}/give-back", headers=token, json=rest)
    assert answer.status_code == 204, answer.text
    again = await client.post(
        f"{api}/{tip.id}/give-back", headers=token, json=rest | {"request_id": str(uuid4())}
    )
    assert again.status_code == 422
    (shown,) = (await client.get(api, headers=token)).json()["items"]
    assert shown["given_back"] == shown["amount"]
    await run_jobs()
    balance = await escrow.balance(str(tip.id))
    assert (balance.released.minor, balance.refunded.minor) == (0, 2500)
