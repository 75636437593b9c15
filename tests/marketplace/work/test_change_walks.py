"""Change orders of packs and before the first money: what is shown is asked, all adds up."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.changes import SignedTooLate
from marketplace.contracts.rules.parts import parts_of
from marketplace.contracts.rules.states import IllegalStep
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.wishes import ChangeRefused
from marketplace.contracts.schemas import CapDraft, ChangeDraft
from marketplace.contracts.service import amending
from marketplace.core import clock
from marketplace.work import queries
from marketplace.work.models import PackLot, Unit
from marketplace.work.rules import UNPAID, PartHeld, Status, UnitKind
from marketplace.work.service import packs as service
from marketplace.work.service import units
from payments.models import Funding
from tests.factories import work
from tests.fixtures.application import RunJobs
from tests.marketplace.work.test_changes import adds_up, both, milestones, project
from tests.marketplace.work.test_packs import assert_whole, pack, state, used

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


async def lot(contract: Contract, position: int) -> PackLot:
    """What a period of a pack pays for."""
    return await PackLot.get(unit_id=(await work.unit(contract, position)).id)


async def shown_is_asked(contract: Contract) -> None:
    """Every part that is not paid has the price, days and units that the agreement shows."""
    contract, agreement = await queries.agreed(contract.id)
    parts = parts_of(agreement)
    for unit in await queries.of_contract(contract.id):
        if unit.kind is UnitKind.TOP_UP or unit.status not in UNPAID:
            continue
        part = parts[unit.position]
        assert (unit.price_minor, unit.ends_on) == (part.price_minor, part.ends_on)
        assert queries.missing(unit, agreement, await units.carried(unit)).minor == part.price_minor
        found = await PackLot.get_or_none(unit_id=unit.id)
        if found is not None:
            known = (found.size, found.usable_until, found.covers_from)
            assert known == (part.pack_units, part.usable_until, unit.starts_on)


async def test_a_packs_price_size_and_number_change_while_what_is_held_stays(
    run_jobs: RunJobs,
) -> None:
    terms = {"rollover_units": 5, "rollover_periods": 1, "unused": "expire"}
    people, contract = await pack(2, 10000, 10, **terms)
    first = await work.unit(contract)
    await work.open_page(contract, 2)
    wish = ChangeDraft(price_minor=12000, pack_size=15, periods=3, from_period=2)
    contract = await both(people, contract, wish)
    prices = [each.price_minor for each in await queries.of_contract(contract.id)]
    assert prices == [10000, 12000, 12000]
    assert [(await lot(contract, n)).size for n in (1, 2, 3)] == [10, 15, 15]
    second, third = await work.unit(contract, 2), await work.unit(contract, 3)
    assert (await lot(contract, 2)).usable_until == third.ends_on  # its rest rolls on now
    await shown_is_asked(contract)
    await run_jobs()  # closes the page that asks for the price of before
    assert await work.pay(contract, 2) == "funded"
    assert (await queries.balance(second)).held.minor == 12000
    further = await service.order(people.business, contract.id)  # at the price of its period
    assert (further.price_minor, (await lot(contract, further.position)).size) == (10000, 10)
    assert (await lot(contract, further.position)).usable_until == second.ends_on
    for refused in (
        ChangeDraft(price_minor=9000, from_period=2),
        ChangeDraft(pack_size=15, from_period=1),
        ChangeDraft(ends_on=second.starts_on),
    ):
        with pytest.raises(PartHeld):
            await amending.propose(people.business, contract.id, refused)
    with pytest.raises(ChangeRefused):
        late = ChangeDraft(pack_size=20, from_period=4)
        await amending.propose(people.business, contract.id, late)
    contract = await both(people, contract, ChangeDraft(ends_on=second.ends_on))
    assert not await Unit.exists(pk=third.id)
    assert (await lot(contract, 2)).usable_until == second.ends_on
    contract = await both(people, contract, ChangeDraft(open_ended=True))
    assert (await lot(contract, 3)).size == 15
    await service.record(people.assistant, first.id, used(3))
    assert (await state(contract)).available == 7
    await shown_is_asked(contract)
    await assert_whole(contract)


async def test_a_page_opened_before_a_pack_got_cheaper_gives_the_surplus_back() -> None:
    people, contract = await pack(2, 10000, 10)
    page = await work.open_page(contract, 2)
    contract = await both(people, contract, ChangeDraft(price_minor=7001, pack_size=7))
    assert await work.pay_page(page) == "funded"  # before the job could close it
    second = await work.unit(contract, 2)
    money = await queries.balance(second)
    assert (second.status, money.held.minor, money.refunded.minor) == (Status.FUNDED, 7001, 2999)
    await adds_up(contract)


@pytest.mark.parametrize("seed", [3, 24])
async def test_packs_add_up_over_any_order_of_changes_and_payments(seed: int) -> None:
    chance = random.Random(seed)
    people, contract = await pack(3, 9999, 7, rollover_units=3, rollover_periods=1)
    for _step in range(7):
        clock.advance(3700)  # so many signing codes an hour
        contract = await Contract.get(pk=contract.id)
        waiting = [
            each
            for each in await queries.of_contract(contract.id)
            if each.status in UNPAID and each.kind is UnitKind.PERIOD
        ]
        step = chance.choice(("change", "change", "pay", "page", "use", "further"))
        if step == "change" and waiting:
            wish = ChangeDraft(
                price_minor=chance.randrange(5000, 20000),
                pack_size=chance.randrange(1, 30),
                periods=max(waiting[-1].position, chance.randrange(3, 6)),
                from_period=waiting[0].position,
            )
            await both(people, contract, wish)
        elif step == "page" and waiting:
            page = await work.open_page(contract, waiting[0].position)
            asked = (await Funding.get(id=page)).price_minor
            assert asked == (await work.unit(contract, waiting[0].position)).price_minor
            if chance.random() < 0.5:
                cheaper = ChangeDraft(price_minor=4000, from_period=waiting[0].position)
                await both(people, contract, cheaper)
            assert await work.pay_page(page) == "funded"
        elif step == "pay" and waiting:
            assert await work.pay(contract, waiting[0].position) == "funded"
        elif step == "use":
            first = await work.unit(contract)
            await service.record(people.assistant, first.id, used(1))
        elif step == "further":
            further = await service.order(people.business, contract.id)
            assert await work.pay(contract, further.position) == "funded"
        await shown_is_asked(contract)
        await assert_whole(contract)
        await adds_up(contract)


async def test_before_the_first_money_everything_of_a_project_can_change(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000), trial_days=0)
    assert contract.status is ContractStatus.SIGNED
    page = await work.open_page(contract)
    first, second = milestones(contract)
    cheaper = first.model_copy(update={"price_minor": 12000})
    start = contract.starts_on or clock.today()
    wish = ChangeDraft(milestones=(cheaper, second), starts_on=start + timedelta(days=2))
    contract = await both(people, contract, wish)
    assert (contract.status, contract.version) == (ContractStatus.SIGNED, 2)
    assert contract.starts_on == start + timedelta(days=2)
    assert (await work.unit(contract)).starts_on == contract.starts_on
    await shown_is_asked(contract)
    await run_jobs()
    assert (await Funding.get(id=page)).status != "checkout"
    assert await work.pay(contract) == "funded"
    contract = await Contract.get(pk=contract.id)
    assert contract.status is ContractStatus.ACTIVE
    assert (await queries.balance(await work.unit(contract))).held.minor == 12000
    with pytest.raises(ChangeRefused):
        late = ChangeDraft(starts_on=start + timedelta(days=3))
        await amending.propose(people.business, contract.id, late)
    assert contracts.broken_at(await contracts.evidence(contract.id)) is None
    await adds_up(contract)


@pytest.mark.parametrize("phase", [{"trial_days": 0}, {"trial_days": 5, "trial_minutes": 300}])
async def test_before_the_first_money_the_first_week_gets_another_rate_and_cap(
    phase: dict[str, int], run_jobs: RunJobs
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly(hours=2), **phase)
    with pytest.raises(IllegalStep):
        await amending.propose_cap(people.business, contract.id, CapDraft(minutes=300))
    await work.open_page(contract)
    contract = await both(people, contract, ChangeDraft(rate_minor=4000, weekly_cap_minutes=180))
    week = await work.unit(contract)
    due = 4000 * (phase.get("trial_minutes") or 180) // 60
    assert (week.price_minor, week.raised_minutes) == (due, None)
    await run_jobs()
    await amending.propose(people.assistant, contract.id, ChangeDraft(rate_minor=5000))
    told = await contracts.change_shown(await contracts.by_id(contract.id))
    assert told is not None
    assert told.more_now is None  # no difference: the first week is paid whole
    await work.consent(people.assistant, contract)
    assert await work.pay(contract) == "funded"
    with pytest.raises(PartHeld):  # at the rate of before
        await work.consent(people.business, contract)
    contract = await Contract.get(pk=contract.id)
    assert (contract.status, contract.version) == (ContractStatus.ACTIVE, 2)
    assert (await queries.balance(await work.unit(contract))).held.minor == due
    await adds_up(contract)


async def test_a_further_pack_lasts_as_long_as_its_period_when_the_contract_is_renewed() -> None:
    terms = {"rollover_units": 5, "rollover_periods": 1, "unused": "expire"}
    people, contract = await pack(1, 10000, 10, **terms)
    further = await service.order(people.business, contract.id)
    assert await work.pay(contract, further.position) == "funded"
    contract = await both(people, contract, ChangeDraft(periods=2))
    end = (await work.unit(contract, 2)).ends_on
    assert [(await lot(contract, n)).usable_until for n in (1, further.position)] == [end, end]


async def test_before_the_first_money_a_moved_start_takes_the_week_its_price_and_its_page_along(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    today = clock.today()
    monday = today + timedelta(days=28 - today.weekday())
    contract = await work.signed(
        people,
        work.hourly(hours=10).model_copy(update={"first_week": monday}),
        trial_days=0,
        starts_on=monday,
        ends_on=monday + timedelta(days=40),
    )
    page = await work.open_page(contract)
    later = monday + timedelta(days=28)
    contract = await both(
        people, contract,
        ChangeDraft(starts_on=later, ends_on=later + timedelta(days=40), rate_minor=4000,
                    from_week=later),
    )  # fmt: skip
    week = await work.unit(contract)
    assert (week.starts_on, week.price_minor) == (later, 40000)
    await run_jobs()
    assert str((await Funding.get(id=page)).status) == "cancelled"
    early = today + timedelta(days=7 - today.weekday())
    contract = await both(
        people, contract, ChangeDraft(starts_on=early, ends_on=early + timedelta(days=20))
    )
    week = await work.unit(contract)  # all of it lies before what was agreed first
    assert (week.starts_on, week.ends_on) == (early, early + timedelta(days=6))
    assert await work.pay(contract) == "funded"
    assert (await queries.balance(week)).held.minor == week.price_minor


async def test_a_start_agreed_on_before_the_money_does_not_move_once_work_runs() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000), trial_days=0)
    wish = ChangeDraft(starts_on=clock.today() + timedelta(days=2))
    await amending.propose(people.assistant, contract.id, wish)
    await work.consent(people.assistant, contract)
    page = await work.open_page(contract)
    assert await work.pay_page(page) == "funded"
    with pytest.raises(SignedTooLate):
        await work.consent(people.business, contract)
    assert (await Contract.get(pk=contract.id)).starts_on == clock.today()


async def test_a_page_of_a_part_whose_days_moved_is_closed(run_jobs: RunJobs) -> None:
    people, contract = await project(20000, 30000)
    page = await work.open_page(contract, 2)
    first, second = milestones(contract)
    later = second.model_copy(update={"due_on": second.due_on + timedelta(days=9)})
    await both(people, contract, ChangeDraft(milestones=(first, later)))
    await run_jobs()
    assert str((await Funding.get(id=page)).status) == "cancelled"
