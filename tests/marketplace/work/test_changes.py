"""Changes of a running contract: what is not held follows, what is held keeps its terms."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest

from marketplace.billing.service import recorded
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.changes import NothingChanged
from marketplace.contracts.rules.terms import Milestone, ProjectTerms
from marketplace.contracts.rules.wishes import ChangeRefused
from marketplace.contracts.schemas import ChangeDraft
from marketplace.contracts.service import amending
from marketplace.core import clock
from marketplace.core.models import OutgoingMail
from marketplace.work import queries
from marketplace.work.rules import PartHeld, Status
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries, opening, timesheets
from tests.factories import work
from tests.fixtures.application import RunJobs
from tests.marketplace.billing.test_recorded import draft, pair_outside

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400


async def test_whoever_signs_second_is_told_of_the_change_and_until_when() -> None:
    people, contract = await project(20000, 30000)
    draft = ChangeDraft(notice_days=12)
    await amending.propose(people.assistant, contract.id, draft)
    await work.consent(people.assistant, contract)
    mail = await OutgoingMail.filter(recipient=people.business.person.email).order_by("-id").first()
    assert mail is not None
    assert "a signé l’avenant" in mail.subject + mail.text
    assert re.search(r"signé jusqu’au \d+ \S+ 20\d\d", mail.text), mail.text


async def both(people: work.Pair, contract: Contract, draft: ChangeDraft) -> Contract:
    """The change, proposed by the assistant and signed by both."""
    await amending.propose(people.assistant, contract.id, draft)
    await work.consent(people.assistant, contract)
    await work.consent(people.business, contract)
    return await Contract.get(pk=contract.id)


async def adds_up(contract: Contract) -> None:
    """Funded is released, refunded, held and disputed, for every part (the statement's sum)."""
    for unit in await queries.of_contract(contract.id):
        money = await queries.balance(unit)
        came = money.funded + money.carried
        assert came == money.released + money.refunded + money.held + money.disputed


def milestones(contract: Contract) -> list[Milestone]:
    """As they stand, by their parts."""
    terms = contracts.agreement(contract).terms
    assert isinstance(terms, ProjectTerms)
    return [each.model_copy(update={"part": n}) for n, each in terms.numbered.items()]


async def project(*prices: int) -> tuple[work.Pair, Contract]:
    """A project whose first milestone is held."""
    people = await work.pair()
    contract = await work.signed(people, work.project(*prices), trial_days=0)
    assert await work.pay(contract) == "funded"
    return people, await Contract.get(pk=contract.id)


async def test_milestones_are_changed_dropped_and_added_while_held_ones_stay() -> None:
    people, contract = await project(20000, 30000, 40000)
    first, second, _third = milestones(contract)
    new = Milestone(
        title="A report", price_minor=15000, due_on=second.due_on, criteria=("Ten pages",)
    )
    dearer = second.model_copy(update={"price_minor": 35000, "criteria": ("Checked twice",)})
    later = first.model_copy(update={"due_on": first.due_on + timedelta(days=2)})
    wish = ChangeDraft(milestones=(later, dearer, new), reason="More to do")
    contract = await both(people, contract, wish)
    found = {each.position: each for each in await queries.of_contract(contract.id)}
    assert sorted(found) == [1, 2, 4]  # nobody had asked for the money of the third
    assert (found[1].status, found[1].ends_on) == (Status.FUNDED, later.due_on)
    assert (found[2].price_minor, found[2].criteria) == (35000, ["Checked twice"])
    assert (found[4].title, found[4].price_minor, found[4].status) == ("A report", 15000, "planned")
    for refused in (
        (first.model_copy(update={"price_minor": 10000}), dearer),  # held: its price stays
        (dearer,),  # held: it cannot be dropped
    ):
        with pytest.raises(PartHeld):
            await amending.propose(people.business, contract.id, ChangeDraft(milestones=refused))
    assert await work.pay(contract, 2) == "funded"
    for position in (1, 2):
        unit = await work.unit(contract, position)
        draft = DeliveryDraft(note="Here it is")
        await deliveries.submit(people.assistant, unit.id, draft)
        await deliveries.approve(people.business, unit.id)
    assert (await queries.balance(found[2])).released.minor == 35000
    await adds_up(contract)
    chained = await contracts.evidence(contract.id)
    assert contracts.broken_at(chained) is None
    assert [each.event for each in chained].count("completed_signing") == 2


async def test_a_part_paid_before_the_second_signature_keeps_its_terms() -> None:
    people, contract = await project(20000, 30000)
    first, second = milestones(contract)
    cheaper = second.model_copy(update={"price_minor": 12000})
    draft = ChangeDraft(milestones=(first, cheaper))
    await amending.propose(people.assistant, contract.id, draft)
    await work.consent(people.assistant, contract)
    assert await work.pay(contract, 2) == "funded"
    with pytest.raises(PartHeld):
        await work.consent(people.business, contract)
    contract = await Contract.get(pk=contract.id)
    assert (contract.version, (await work.unit(contract, 2)).price_minor) == (1, 30000)
    await adds_up(contract)


async def test_an_old_page_paid_after_a_lower_price_gives_the_surplus_back() -> None:
    people, contract = await project(20000, 30000)
    first, second = milestones(contract)
    page = await work.open_page(contract, 2)
    cheaper = second.model_copy(update={"price_minor": 12000})
    contract = await both(people, contract, ChangeDraft(milestones=(first, cheaper)))
    assert await work.pay_page(page) == "funded"  # before the job could close it
    unit = await work.unit(contract, 2)
    money = await queries.balance(unit)
    assert (unit.status, money.held.minor, money.refunded.minor) == (Status.FUNDED, 12000, 18000)
    await adds_up(contract)


async def test_the_old_page_is_closed_and_the_new_price_asked(run_jobs: RunJobs) -> None:
    people, contract = await project(20000, 30000)
    first, second = milestones(contract)
    await work.open_page(contract, 2)
    dearer = second.model_copy(update={"price_minor": 33000})
    contract = await both(people, contract, ChangeDraft(milestones=(first, dearer)))
    await run_jobs()
    assert await work.pay(contract, 2) == "funded"
    assert (await queries.balance(await work.unit(contract, 2))).held.minor == 33000


async def test_another_rate_counts_from_a_week_that_is_not_paid(run_jobs: RunJobs) -> None:
    people, contract = await work.running_week()
    week = await work.unit(contract)
    await timesheets.submit_week(people.assistant, week.id)
    clock.advance((9 - clock.today().weekday()) * DAY)  # next week's Wednesday
    draft = ChangeDraft(rate_minor=4000, weekly_cap_minutes=60, notice_days=30)
    contract = await both(people, contract, draft)
    assert contract.notice_days == 30
    assert (await work.unit(contract)).price_minor == 6000
    present = await opening.next_week(*await queries.agreed(contract.id))
    assert present is not None
    assert (present.price_minor, present.cap_minutes) == (6000, 120)
    following = await opening.next_week(*await queries.agreed(contract.id))
    assert following is not None
    assert (following.price_minor, following.cap_minutes) == (4000, 60)
    await timesheets.approve_week(people.business, week.id)  # two hours at the old rate
    assert (await queries.balance(week)).released.minor == 6000
    assert await work.pay(contract, following.position) == "funded"
    await adds_up(contract)


async def test_a_lower_cap_takes_back_a_raise_that_is_not_held_yet(run_jobs: RunJobs) -> None:
    people, contract = await work.running_week()
    clock.advance((9 - clock.today().weekday()) * DAY)  # next week's Wednesday
    week = await opening.next_week(*await queries.agreed(contract.id))
    if week is not None and week.starts_on <= clock.today():
        week = await opening.next_week(*await queries.agreed(contract.id))
    assert week is not None
    await work.open_page(contract, week.position)
    contract = await both(people, contract, ChangeDraft(weekly_cap_minutes=240))
    assert (await work.unit(contract, week.position)).raised_minutes == 240
    contract = await both(people, contract, ChangeDraft(weekly_cap_minutes=60))
    await run_jobs()
    assert await work.pay(contract, week.position) == "funded"
    await run_jobs()
    week = await work.unit(contract, week.position)
    assert (week.cap_minutes, week.raised_minutes, week.price_minor) == (60, None, 3000)
    assert (await queries.balance(week)).held.minor == 3000
    await adds_up(contract)


async def test_the_end_is_moved_and_a_flat_fee_renewed_at_another_price() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.flat(40000, periods=2), trial_days=0)
    assert await work.pay(contract) == "funded"
    contract = await both(
        people, contract, ChangeDraft(periods=4, price_minor=45000, from_period=3)
    )
    prices = [each.price_minor for each in await queries.of_contract(contract.id)]
    assert prices == [40000, 40000, 45000, 45000]
    end = (await work.unit(contract, 2)).ends_on
    contract = await both(people, contract, ChangeDraft(ends_on=end))
    assert [each.position for each in await queries.of_contract(contract.id)] == [1, 2]
    contract = await both(people, contract, ChangeDraft(open_ended=True))
    assert len(await queries.of_contract(contract.id)) == 4
    with pytest.raises(PartHeld):
        await amending.propose(
            people.business, contract.id, ChangeDraft(price_minor=45000, from_period=1)
        )
    with pytest.raises(ChangeRefused):
        yesterday = clock.today() - timedelta(days=1)
        await amending.propose(people.business, contract.id, ChangeDraft(ends_on=yesterday))
    with pytest.raises(NothingChanged):
        await amending.propose(people.business, contract.id, ChangeDraft(periods=4))


@pytest.mark.parametrize("seed", [7, 28])
async def test_statements_stay_right_over_any_order_of_changes_and_payments(seed: int) -> None:
    """A random walk: every part adds up after each step, and nothing held is ever re-priced."""
    chance = random.Random(seed)
    people, contract = await project(20000, 30000, 40000)
    promised = {1: 20000}  # what was held, by part
    for _step in range(8):
        clock.advance(3700)  # so many signing codes an hour
        contract = await Contract.get(pk=contract.id)
        found = {each.position: each for each in await queries.of_contract(contract.id)}
        open_parts = [n for n, each in found.items() if each.status in {"planned", "funding"}]
        funded = [n for n, each in found.items() if each.status == Status.FUNDED]
        step = chance.choice(("reprice", "add", "drop", "pay", "approve"))
        listed = milestones(contract)
        if step in {"reprice", "drop"} and open_parts and len(listed) > 1:
            part = chance.choice(open_parts)
            price = chance.randrange(5000, 60000)
            wanted = [
                each.model_copy(update={"price_minor": price}) if each.part == part else each
                for each in listed
                if step == "reprice" or each.part != part
            ]
            await both(people, contract, ChangeDraft(milestones=tuple(wanted)))
        elif step == "add":
            new = listed[-1].model_copy(update={"part": None, "price_minor": 7000 + len(listed)})
            await both(people, contract, ChangeDraft(milestones=(*listed, new)))
        elif step == "pay" and open_parts:
            part = chance.choice(open_parts)
            promised[part] = found[part].price_minor
            assert await work.pay(contract, part) == "funded"
        elif step == "approve" and len(funded) > 1:
            unit = await work.unit(contract, chance.choice(funded))
            await deliveries.submit(people.assistant, unit.id, DeliveryDraft(note="Done"))
            await deliveries.approve(people.business, unit.id)
        await adds_up(contract)
        for part, price in promised.items():
            unit = await work.unit(contract, part)
            money = await queries.balance(unit)
            assert unit.price_minor == price == money.held.minor + money.released.minor
    assert contracts.broken_at(await contracts.evidence(contract.id)) is None


async def test_a_part_paid_outside_in_advance_keeps_its_terms() -> None:
    people = await pair_outside()
    contract = await work.signed(people, work.project(20000, 30000), trial_days=0)
    second = await work.unit(contract, 2)
    paid = await recorded.record(people.business, second.id, draft(30000))
    dropped = ChangeDraft(milestones=tuple(milestones(contract)[:1]))
    with pytest.raises(PartHeld):
        await amending.propose(people.business, contract.id, dropped)
    await recorded.withdraw(people.business, paid.id)
    await both(people, contract, dropped)
    assert (await work.unit(contract, 2)).status == Status.CANCELLED
