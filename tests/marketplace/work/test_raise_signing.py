"""A higher weekly cap on its way to both signatures: attacks, tax, running out, pages."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract, ContractVersion
from marketplace.contracts.rules.amendment_paper import Standing
from marketplace.contracts.rules.changes import (
    CapNotRaised,
    ChangeOpen,
    ChangeStatus,
    NoChange,
    SignedTooLate,
    Weeks,
    with_cap,
)
from marketplace.contracts.rules.evidence import NO_TRACE
from marketplace.contracts.rules.signing import SameSigner
from marketplace.contracts.rules.states import Actor, IllegalStep, StaleContract
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.schemas import CapDraft
from marketplace.contracts.service import amending, changes, documents, lifecycle, signing, taxes
from marketplace.core import clock
from marketplace.core.db import command
from marketplace.core.errors import NotFound
from marketplace.core.i18n import format_money
from marketplace.parties.models import Party
from marketplace.work.rules import Status
from marketplace.work.schemas import EndingDraft
from marketplace.work.service import endings, ticks
from tests.factories import accounts, work

services = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400
MORE = CapDraft(minutes=240, weeks=Weeks.THIS, reason="The quarter's end")


@services
async def test_attacks_on_a_change() -> None:
    people, contract = await work.running_week()
    other, _foreign = await work.running_week()
    with pytest.raises(NotFound):
        await amending.propose_cap(other.business, contract.id, MORE)
    with pytest.raises(CapNotRaised):
        await amending.propose_cap(people.business, contract.id, CapDraft(minutes=120))
    first = await amending.propose_cap(people.business, contract.id, MORE)
    with pytest.raises(ChangeOpen):
        await amending.propose_cap(people.assistant, contract.id, MORE)
    await work.consent(people.business, contract)
    with pytest.raises(SameSigner):
        await work.consent(people.business, contract)
    with pytest.raises(NotFound):
        await changes.answer(other.assistant, contract.id)
    declined = await changes.answer(people.assistant, contract.id)
    assert declined.status is ChangeStatus.DECLINED
    with pytest.raises(NoChange):
        await changes.answer(people.assistant, contract.id)
    with pytest.raises((StaleContract, IllegalStep)):  # the declined file is off the table
        await signing.request_code(people.assistant, contract.id, first.version.file_sha256)
    second = await amending.propose_cap(people.assistant, contract.id, CapDraft(minutes=180))
    assert second.version.number == 3
    with pytest.raises(StaleContract):
        await signing.request_code(people.business, contract.id, first.version.file_sha256)
    with pytest.raises(NotFound):
        await signing.request_code(other.business, contract.id, second.version.file_sha256)
    await endings.propose(people.assistant, contract.id, EndingDraft())
    change = await contracts.changes(contract.id)
    assert change[0].status is ChangeStatus.VOID
    with pytest.raises((StaleContract, IllegalStep)):
        await signing.request_code(people.business, contract.id, second.version.file_sha256)
    assert (await Contract.get(pk=contract.id)).version == 1


@services
async def test_a_raise_carries_the_tax_of_its_day_into_weeks_not_paid_yet() -> None:
    people, contract = await work.running_week()
    clock.advance((2 - clock.today().weekday()) % 7 * DAY)  # a Wednesday: nothing is charged ahead
    await Party.filter(pk=people.assistant_id).update(
        tax_status="vat_registered", vat_number="FR40303265045"
    )
    with pytest.raises(CapNotRaised):
        await amending.propose_cap(people.business, contract.id, MORE)
    later = CapDraft(minutes=240, weeks=Weeks.FROM_NEXT)
    change = await amending.propose_cap(people.business, contract.id, later)
    await work.consent(people.business, contract)
    clock.advance(5 * DAY)
    with pytest.raises(SignedTooLate):
        await work.consent(people.assistant, contract)
    assert (await Contract.get(pk=contract.id)).fees["supplier_vat_ppm"] == []
    await changes.answer(people.business, contract.id)
    clock.advance(DAY)
    change = await amending.propose_cap(people.business, contract.id, later)
    await work.consent(people.business, contract)
    await work.consent(people.assistant, contract)
    contract = await Contract.get(pk=contract.id)
    assert contract.version == change.version.number
    assert contract.fees == change.version.agreement["fees"]
    assert contract.fees["supplier_vat_ppm"] == [200_000]


@services
async def test_a_paper_whose_number_was_taken_meanwhile_is_not_put_on_the_table() -> None:
    people, contract = await work.running_week()
    seen = await contracts.get(people.assistant, contract.id)
    before = contracts.agreement(seen)
    agreed = with_cap(before, 240, Weeks.THIS, clock.today())
    decided = await taxes.of_contract(seen)
    today = clock.today()
    standing = Standing(1, before, today, today, today + timedelta(days=14), "Léa Roussel", "")
    # while it renders, another comes and goes
    paper = await documents.freeze(seen, agreed, 2, decided, standing)
    await amending.propose_cap(people.assistant, contract.id, MORE)
    await changes.answer(people.assistant, contract.id)
    with pytest.raises(StaleContract):
        await changes.put(
            people.assistant, seen, agreed, paper, number=2, standing=standing, trace=NO_TRACE
        )
    await amending.propose_cap(people.assistant, contract.id, MORE)  # the next number is free
    await lifecycle.cancel(contract.id, Actor.BUSINESS, "It ends")
    [newest, _] = await contracts.changes(contract.id)
    assert newest.status is ChangeStatus.VOID
    chained = await contracts.evidence(contract.id)
    assert contracts.broken_at(chained) is None
    assert [each.event for each in chained][-2:] == ["change_void", "cancelled"]


@services
async def test_a_change_runs_out_and_one_for_later_weeks_waits_for_them() -> None:
    people, contract = await work.running_week()
    await amending.propose_cap(people.business, contract.id, MORE)
    clock.advance(15 * DAY)
    await changes.expire_due(0)
    await changes.expire_due(0)
    assert [each.status for each in await contracts.changes(contract.id)] == ["expired"]
    clock.advance(-15 * DAY)
    later = CapDraft(minutes=300, weeks=Weeks.FROM_NEXT)
    await amending.propose_cap(people.business, contract.id, later)
    await work.consent(people.assistant, contract)
    week = await work.unit(contract)
    clock.advance(max((week.ends_on - clock.today()).days - 3, 0) * DAY)
    signed = asyncio.Event()

    async def tick() -> None:
        await signed.wait()
        await ticks.run_due()

    @command
    async def sign() -> None:
        await work.consent(people.business, contract)
        signed.set()
        await asyncio.sleep(0.3)  # the next week is opened before this is committed

    await asyncio.gather(tick(), sign())
    week = await work.unit(contract)
    assert (week.cap_minutes, week.raised_minutes) == (120, None)
    following = await work.unit(contract, 2)
    assert (following.cap_minutes, following.price_minor) == (300, 15000)
    assert following.status in {Status.PLANNED, Status.FUNDED}
    assert await ContractVersion.filter(contract_id=contract.id).count() == 3


@services
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_pages_of_a_raise(client: httpx.AsyncClient, lang: str) -> None:
    people, contract = await work.running_week()
    at = f"/{lang}/contracts/{contract.id}"
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.assistant.person)
    week = await client.get(f"/{lang}/units/{(await work.unit(contract)).id}")
    assert f"{at}/cap" in week.text
    assert (await client.get(f"{at}/cap")).status_code == 200
    refused = await client.post(f"{at}/cap", data={"minutes": "1h", "weeks": "this"})
    assert refused.status_code == 422
    assert 'value="1h"' in refused.text
    sent = await client.post(f"{at}/cap", data={"minutes": "4", "weeks": "this", "reason": "Rush"})
    assert sent.headers["location"].endswith("/sign")
    page = (await client.get(f"{at}/sign")).text
    change = await contracts.open_change(contract.id)
    assert change is not None
    assert change.version.file_sha256 in page
    await accounts.log_in(client, people.business.person)
    for path in ("", "/cap", "/sign"):
        shown = await client.get(at + path)
        assert shown.status_code == 200
        assert "Rush" in shown.text
    api = f"/api/v1/contracts/{contract.id}/changes"
    (found,) = (await client.get(api)).json()["items"]
    assert (found["status"], found["signed_by"]) == ("open", [])
    assert found["differences"][0][0] == "raises"
    stale = await client.post(f"{at}/change/close", data={"version": "1"})
    assert stale.status_code == 409
    closed = await client.post(f"{at}/change/close", data={"version": str(found["version"])})
    assert closed.status_code == 303
    assert (await client.get(at)).status_code == 200
    assert (await client.post(f"{api}/close", json={"version": 2})).status_code == 409
    later = CapDraft(minutes=40 * 60, weeks=Weeks.FROM_NEXT, reason="Rush")
    change = await amending.propose_cap(people.business, contract.id, later)
    shown = await client.get(at)
    assert "Cass. soc., 13 nov. 1996" in shown.text  # a full-time week is a sign of employment
    newest = (await client.get(api)).json()["items"][-1]
    assert [each["id"] for each in newest["independence"]] == ["full_time"]
    proposed = (await contracts.evidence(contract.id))[-1]
    assert proposed.details == {"version": "3", "independence": "full_time"}
    told = await contracts.change_shown(await contracts.by_id(contract.id))
    assert told is not None
    agreed = Agreement.model_validate(change.version.agreement)
    present, following = (
        format_money(contracts.quoted(agreed, day)[0].quote.client_total, lang)
        for day in (None, told.since)
    )
    signed = (await client.get(f"{at}/sign")).text
    assert following in signed
    assert present not in signed  # the weeks before the change keep their price
    fixed = await work.signed(people, work.project(20000))
    for data in ({}, {"minutes": "4"}):
        answer = await client.post(f"/{lang}/contracts/{fixed.id}/cap", data=data)
        assert answer.status_code == 409  # a price, not hours: there is no cap to raise
