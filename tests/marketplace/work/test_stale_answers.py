"""Whoever answers on a page that has grown old answers nothing but what that page had shown."""

from __future__ import annotations

import re

import httpx
import pytest

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.work import queries
from marketplace.work.models import Delivery, PartPayment
from marketplace.work.rules import Status
from marketplace.work.schemas import (
    ChangesDraft,
    DeliveryDraft,
    EndingDraft,
    PartDraft,
    ShareDraft,
)
from marketplace.work.service import deliveries, endings, parts
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


def hidden(page: str, action: str) -> dict[str, str]:
    """What the form of this address sends unseen."""
    form = re.search(rf'action="[^"]*/{action}">(.*?)</form>', page, re.DOTALL)
    assert form, action
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[1]))


async def project(lang: str, client: httpx.AsyncClient) -> tuple[work.Pair, Contract]:
    """Two milestones whose money is held, the business looking on."""
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 100_000), trial_days=0)
    await work.pay(contract)
    await work.pay(contract, 2)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    return people, contract


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_an_end_is_agreed_to_as_it_was_shown_and_never_as_it_was_proposed_anew(
    client: httpx.AsyncClient, lang: str
) -> None:
    people, contract = await project(lang, client)
    second = await work.unit(contract, 2)

    async def proposed(minor: int) -> None:
        keeps = ShareDraft(unit_id=second.id, price_minor=minor)
        await endings.propose(people.assistant, contract.id, EndingDraft(shares=[keeps]))

    room = f"/{lang}/contracts/{contract.id}/work"
    at, api = f"/{lang}/contracts/{contract.id}/ending/agree", f"/api/v1/contracts/{contract.id}"
    await proposed(10_000)
    old = hidden((await client.get(room)).text, "ending/agree")
    await endings.withdraw(people.assistant, contract.id)
    gone = await client.post(at, data=old)
    await proposed(100_000)
    again, bare = await client.post(at, data=old), await client.post(at)
    for answer in (gone, again, bare):
        assert answer.status_code == 409
        told = "Vous n’avez rien accepté" if lang == "fr" else "You have agreed to nothing"
        assert told in answer.text
    refused = await client.post(f"{api}/ending/agree", json=old)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_proposed")
    assert (await client.post(f"{api}/ending/agree", json={})).status_code == 422
    assert not (await queries.balance(second)).released
    shown = (await client.get(f"{api}/work")).json()["ending"]
    assert hidden(again.text, "ending/agree") == {"proposal_id": shown["proposal_id"]}
    agreed = await client.post(f"{api}/ending/agree", json={"proposal_id": shown["proposal_id"]})
    assert agreed.is_success
    assert (await queries.balance(second)).released.minor == 100_000
    ended = await client.get(room)
    assert ended.status_code == 200


async def test_an_end_is_proposed_as_the_start_up_phase_made_it_when_it_was_read(
    client: httpx.AsyncClient,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000), trial_days=10)
    await accounts.log_in(client, people.business.person)
    room, at = f"/en/contracts/{contract.id}/work", f"/en/contracts/{contract.id}/ending"
    before = hidden((await client.get(room)).text, "ending")
    await work.pay(contract)  # the phase begins: a proposal would have ended it at once
    within = hidden((await client.get(room)).text, "ending")
    early = await client.post(at, data=before)
    clock.advance(20 * 86_400)  # it is over: the days worked would not have been paid
    late = await client.post(at, data=within | {"reason": "Typed before"})
    for answer in (early, late):
        assert answer.status_code == 409
        assert "Nothing was proposed or ended" in answer.text
    assert "Typed before" in late.text
    assert (await Contract.get(pk=contract.id)).status == "active"
    assert (await client.post(at, data=hidden(late.text, "ending"))).is_redirect


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_delivery_nobody_has_seen_is_neither_approved_nor_sent_back(
    client: httpx.AsyncClient, lang: str
) -> None:
    people, contract = await project(lang, client)
    first = await work.unit(contract)
    at = f"/{lang}/units/{first.id}"
    await deliveries.submit(people.assistant, first.id, DeliveryDraft(note="The first try"))
    page = (await client.get(at)).text
    approving, returning = hidden(page, "approve"), hidden(page, "changes")
    back = ChangesDraft(delivery=1, criteria=[0], note="Not this")
    await deliveries.request_changes(people.business, first.id, back)
    await deliveries.submit(people.assistant, first.id, DeliveryDraft(note="The second try"))
    note = {"note": "Typed for the first", "criteria": "0"}
    answers = [
        await client.post(f"{at}/{path}", data=data)
        for path, data in (("approve", approving), ("approve", {}), ("changes", returning | note))
    ]
    for answer in answers:
        assert answer.status_code == 409
        assert "The second try" in answer.text
        assert ("une nouvelle remise" if lang == "fr" else "Something new was") in answer.text
    assert note["note"] in answers[-1].text
    api = f"/api/v1/units/{first.id}"
    assert (await client.post(f"{api}/approve", json={"delivery": 1})).status_code == 409
    assert (await client.post(f"{api}/approve", json={})).status_code == 422
    assert (await client.post(f"{api}/changes", json=note | {"criteria": [0]})).status_code == 422
    assert await Delivery.exists(unit_id=first.id, number=2, decision="")
    assert (await work.unit(contract)).status is Status.SUBMITTED
    assert (
        await client.post(f"{at}/approve", data=hidden(answers[-1].text, "approve"))
    ).is_redirect
    assert (await work.unit(contract)).status is Status.APPROVED


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_part_is_paid_as_it_was_shown_and_never_as_it_was_asked_anew(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    people, contract = await project(lang, client)
    first = await work.unit(contract)
    at = f"/{lang}/units/{first.id}"
    asked = await parts.ask(people.assistant, first.id, PartDraft(price_minor=5000))
    page = (await client.get(at)).text
    await run_jobs()  # the page said that the other side has been told
    told = accounts.text_of(accounts.mailbox(people.business.person.email)[-1])
    assert "50,00\N{NO-BREAK SPACE}€" in told
    await parts.answer(people.business, first.id, asked.id, pay=False)
    await run_jobs()
    told = accounts.text_of(accounts.mailbox(people.assistant.person.email)[-1])
    assert "ne paie pas 50,00" in told
    await parts.ask(people.assistant, first.id, PartDraft(price_minor=15_000))
    for each in ("pay", "refuse"):
        old = hidden(page, f"parts/{each}")
        bare = await client.post(f"{at}/parts/{each}")
        again = await client.post(f"{at}/parts/{each}", data=old)
        for answer in (bare, again):
            assert answer.status_code == 409
            assert ("Rien n’a été fait" if lang == "fr" else "Nothing was done") in answer.text
        api = f"/api/v1/units/{first.id}/parts/{each}"
        assert (await client.post(api, json=old)).status_code == 409
    assert (await work.unit(contract)).paid_minor == 0
    assert await PartPayment.filter(paid_at=None, refused_at=None).count() == 1
    shown = (await client.get(at)).text
    paid = await client.post(f"{at}/parts/pay", data=hidden(shown, "parts/pay"))
    assert paid.is_redirect
    assert (await work.unit(contract)).paid_minor == 15_000
