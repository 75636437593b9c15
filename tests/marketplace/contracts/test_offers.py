"""Offers: races, expiry, and what other features call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import product

import pytest

from marketplace.contracts import queries, service
from marketplace.contracts.models import Contract, ContractVersion
from marketplace.contracts.rules.offers import OfferIncomplete, OwnOffer
from marketplace.contracts.rules.states import (
    STEPS,
    Action,
    Actor,
    IllegalStep,
    Kind,
    Rail,
    StaleContract,
    Status,
)
from marketplace.contracts.service import drafting, offers, signing
from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.models import DomainEvent
from marketplace.parties.rules import PartyKind
from tests.factories import accounts
from tests.factories import contracts as make
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("application")


async def test_an_offer_nobody_answers_runs_out_after_fourteen_days(run_jobs: RunJobs) -> None:
    two = await make.pair()
    offer = await make.sent(two)
    clock.advance(14 * 86_400 - 60)
    await offers.expire_due(0)
    await run_jobs()
    assert (await Contract.get(pk=offer.id)).status is Status.SENT
    clock.advance(120)
    await offers.expire_due(0)
    await offers.expire_due(0)
    await run_jobs()
    ended = await Contract.get(pk=offer.id)
    assert ended.status is Status.EXPIRED
    assert await DomainEvent.filter(name="OfferDeclined").count() == 1
    for person in (two.claire, two.camille):
        assert any("expir" in str(mail["Subject"]) for mail in accounts.mailbox(person.email))


async def test_of_two_answers_at_once_one_wins_and_the_other_writes_nothing() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    who = await two.as_assistant()
    results = await asyncio.gather(
        offers.counter(who, offer.id, {"notice_days": 30}),
        offers.counter(who, offer.id, {"notice_days": 40}),
        offers.decline(who, offer.id),
        offers.withdraw(await two.as_business(), offer.id),
        return_exceptions=True,
    )
    won = [each for each in results if isinstance(each, Contract)]
    lost = [each for each in results if not isinstance(each, Contract)]
    # A withdrawal may follow a counter-offer; nothing follows an end.
    assert 1 <= len(won) <= 2
    assert all(isinstance(each, IllegalStep | StaleContract) for each in lost), lost
    chained = await queries.evidence(offer.id)
    assert len(chained) == 1 + len(won)
    assert queries.broken_at(chained) is None
    assert await ContractVersion.filter(contract_id=offer.id).count() <= 2


async def test_a_stale_form_is_refused() -> None:
    two = await make.pair()
    draft = await make.drafted(two)
    who = await two.as_business()
    await drafting.edit(who, draft.id, {"title": "Autre titre"}, draft.lock_version)
    with pytest.raises(StaleContract):
        await drafting.edit(who, draft.id, {"title": "Encore"}, draft.lock_version)
    with pytest.raises(StaleContract):
        await offers.send(who, draft.id, lock_version=draft.lock_version)


async def test_an_incomplete_draft_names_what_is_missing() -> None:
    two = await make.pair()
    who = await two.as_business()
    draft = await drafting.draft(
        who, business_id=two.business.id, assistant_id=two.assistant.id, kind=Kind.HOURLY
    )
    with pytest.raises(OfferIncomplete) as refused:
        await offers.send(who, draft.id)
    assert {"title", "scope", "starts_on", "terms"} <= set(refused.value.errors)


async def test_terms_of_another_kind_are_refused_and_a_new_kind_drops_the_price() -> None:
    two = await make.pair()
    draft = await make.drafted(two, Kind.PROJECT)
    who = await two.as_business()
    with pytest.raises(Invalid):
        await drafting.edit(who, draft.id, {"terms": make.terms(Kind.HOURLY)})
    changed = await drafting.edit(who, draft.id, {"kind": Kind.HOURLY})
    assert changed.terms == {}
    assert (await Contract.get(pk=draft.id)).terms == {}


async def test_nobody_makes_an_offer_to_themselves_or_for_others() -> None:
    two = await make.pair()
    both = await make.party(PartyKind.BUSINESS, two.camille, "Martin et fils")
    with pytest.raises(OwnOffer):
        await drafting.draft(
            await two.as_assistant(), business_id=both.id, assistant_id=two.assistant.id,
            kind=Kind.HOURLY,
        )  # fmt: skip
    with pytest.raises(NotFound):
        await drafting.draft(
            await two.as_assistant(), business_id=two.business.id,
            assistant_id=two.assistant.id, kind=Kind.HOURLY,
        )  # fmt: skip


async def test_an_assistant_we_cannot_pay_is_offered_recorded_payments_without_fees() -> None:
    two = await make.pair(jurisdiction="MG", country="MG", legal_form="", tax_status="")
    made = await make.sent(two)
    agreed = queries.agreement(await queries.by_id(made.id))
    assert agreed.rail is Rail.RECORDED
    assert (agreed.fees.client_bps, agreed.fees.assistant_bps) == (0, 0)
    held = queries.agreement(await queries.by_id((await make.sent(await make.pair())).id))
    assert held.rail is Rail.HELD


async def test_only_the_side_whose_turn_it_is_changes_the_terms() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    with pytest.raises(IllegalStep):
        await offers.counter(await two.as_business(), offer.id, {"notice_days": 30})
    with pytest.raises(Invalid):
        await offers.counter(await two.as_assistant(), offer.id, {})
    with pytest.raises(IllegalStep):
        await drafting.edit(await two.as_business(), offer.id, {"title": "Autre"})


async def test_the_end_of_a_contract_is_reached_by_other_features_once() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    with pytest.raises(IllegalStep):
        await service.mark_active(offer.id)
    done = await make.signed(two)
    await service.mark_active(done.id)
    assert (await service.mark_active(done.id)).status is Status.ACTIVE
    await service.complete(done.id)
    assert (await service.complete(done.id)).status is Status.COMPLETED
    with pytest.raises(IllegalStep):
        await service.cancel(done.id, Actor.BUSINESS, "trop tard")
    assert await DomainEvent.filter(name="ContractActivated").count() == 1
    assert await DomainEvent.filter(name="ContractCompleted").count() == 1


async def test_a_list_is_paged_and_shows_drafts_to_their_author_only() -> None:
    two = await make.pair()
    made = [await make.sent(two) for _each in range(3)]
    await make.drafted(two)
    mine, after = await queries.for_viewer(await two.as_business(), limit=3)
    assert len(mine) == 3
    rest, end = await queries.for_viewer(await two.as_business(), limit=3, cursor=after)
    assert len(rest) == 1
    assert end is None
    theirs, _end = await queries.for_viewer(await two.as_assistant())
    assert [each.id for each in theirs] == [each.id for each in reversed(made)]
    assert await queries.waiting_for(await two.as_assistant()) == 3


async def test_every_illegal_step_from_every_status_writes_nothing() -> None:
    two = await make.pair()
    contract = await make.sent(two)
    business, assistant = await two.as_business(), await two.as_assistant()
    sha256, ident = await make.file_of(contract), contract.id
    verbs: dict[tuple[Action, Actor], Callable[[], Awaitable[object]]] = {
        (Action.SEND, Actor.BUSINESS): lambda: offers.send(business, ident),
        (Action.SEND, Actor.ASSISTANT): lambda: offers.send(assistant, ident),
        (Action.COUNTER, Actor.BUSINESS): lambda: offers.counter(business, ident, {}),
        (Action.COUNTER, Actor.ASSISTANT): lambda: offers.counter(assistant, ident, {}),
        (Action.DECLINE, Actor.BUSINESS): lambda: offers.decline(business, ident),
        (Action.DECLINE, Actor.ASSISTANT): lambda: offers.decline(assistant, ident),
        (Action.WITHDRAW, Actor.BUSINESS): lambda: offers.withdraw(business, ident),
        (Action.WITHDRAW, Actor.ASSISTANT): lambda: offers.withdraw(assistant, ident),
        (Action.SIGN, Actor.BUSINESS): lambda: signing.request_code(business, ident, sha256),
        (Action.SIGN, Actor.ASSISTANT): lambda: signing.request_code(assistant, ident, sha256),
        (Action.ACTIVATE, Actor.SYSTEM): lambda: service.mark_active(ident),
        (Action.COMPLETE, Actor.SYSTEM): lambda: service.complete(ident),
        (Action.CANCEL, Actor.BUSINESS): lambda: service.cancel(ident, Actor.BUSINESS, "x"),
    }
    repeats = {(Status.ACTIVE, Action.ACTIVATE), (Status.COMPLETED, Action.COMPLETE),
               (Status.CANCELLED, Action.CANCEL)}  # fmt: skip
    refused = 0
    for status, ((action, actor), verb) in product(Status, verbs.items()):
        if (status, action, actor) in STEPS or (status, action) in repeats:
            continue
        await connection().execute_query(
            "UPDATE contract SET status = $1, signed_at = now(), "
            "expires_at = now() + interval '1 day' WHERE id = $2",
            [status.value, ident],
        )
        before = await connection().execute_query_dict("SELECT * FROM contract")
        with pytest.raises((IllegalStep, NotFound)):
            await verb()
        assert await connection().execute_query_dict("SELECT * FROM contract") == before
        refused += 1
    assert refused > 100
    assert len(await queries.evidence(ident)) == 1
    assert await ContractVersion.filter(contract_id=ident).count() == 1
