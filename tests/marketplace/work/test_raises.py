"""A higher weekly cap: proposed, signed by both, its difference held; then its hours are paid (F19)."""

from __future__ import annotations

from datetime import date, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.billing.service import funding
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract, ContractVersion
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
from marketplace.contracts.rules.offers import differences
from marketplace.contracts.rules.signing import SameSigner
from marketplace.contracts.rules.states import Actor, IllegalStep, StaleContract
from marketplace.contracts.rules.terms import Agreement, CapRaise, HourlyTerms
from marketplace.contracts.schemas import CapDraft, SignDraft
from marketplace.contracts.service import changes, documents, lifecycle, signing, taxes
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.parties.models import Party
from marketplace.web.sessions import Viewer
from marketplace.work import queries
from marketplace.work.models import Pause
from marketplace.work.rules import IllegalStep as WorkIllegalStep
from marketplace.work.rules import Status
from marketplace.work.schemas import EndingDraft, EntryDraft
from marketplace.work.service import endings, ticks, timesheets, units
from payments.models import Funding
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs
from tests.marketplace.billing.test_recorded import pair_outside
from tests.marketplace.contracts.test_terms import START, agreed

services = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MORE = CapDraft(minutes=240, weeks=Weeks.THIS, reason="The quarter's end")


async def running(card: str = "4242424242424242", **also: object) -> tuple[work.Pair, Contract]:
    """A contract of two hours a week whose first week is paid and holds three hours of work."""
    people = await work.pair()
    contract = await work.signed(people, work.hourly(hours=2), trial_days=0, **also)
    assert await work.pay(contract, card=card) == "funded"
    week = await work.unit(contract)
    entry = EntryDraft(worked_on=clock.today(), minutes=180, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, entry)
    return people, contract


async def sign(who: Viewer, contract: Contract) -> Contract:
    """This side's signature under what is on the table."""
    version = await contracts.on_table(await contracts.by_id(contract.id))
    assert version is not None
    code = await work.code(who, contract.id, version.file_sha256)
    draft = SignDraft(
        file_sha256=version.file_sha256, consent=True, typed_name=who.person.name, code=code
    )
    return await signing.sign(who, contract.id, draft, locale="fr")


@services
async def test_a_signed_raise_covers_hours_of_this_week_once_its_difference_is_held(
    run_jobs: RunJobs,
) -> None:
    people, contract = await running()
    week = await work.unit(contract)
    change = await changes.propose_cap(people.assistant, contract.id, MORE)
    before = await contracts.version(contract.id, 1)
    after = change.version
    found = differences(
        contracts.agreement(await contracts.by_id(contract.id)),
        Agreement.model_validate(after.agreement),
    )
    assert [each.field for each in found] == ["raises"]  # it changes the cap and nothing else
    assert before.file_sha256 != after.file_sha256
    await sign(people.assistant, contract)
    assert (await Contract.get(pk=contract.id)).version == 1
    assert (await queries.sheet(week.id))[1].uncovered == 60
    await sign(people.business, contract)
    contract = await Contract.get(pk=contract.id)
    assert (contract.version, contract.status) == (2, "active")
    week = await work.unit(contract)
    assert (week.price_minor, week.raised_minutes) == (6000, 240)
    assert (await queries.sheet(week.id))[1].uncovered == 60  # signed, and not held yet (F16)
    await run_jobs()  # the saved card pays the difference
    week = await work.unit(contract)
    assert (week.price_minor, week.raised_minutes, week.cap_minutes) == (12000, None, 240)
    assert (await queries.sheet(week.id))[1].uncovered == 0
    assert (await queries.balance(week)).price.minor == 12000
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    assert (await queries.balance(week)).released.minor == 9000
    following = await units.next_week(*await queries.agreed(contract.id))
    assert following is None or following.cap_minutes == 120
    chained = await contracts.evidence(contract.id)
    assert contracts.broken_at(chained) is None
    names = [each.event for each in chained]
    assert names.count("signed") == 4
    assert names.index("change_proposed") < len(names) - 1


@services
async def test_a_refused_card_asks_the_client_and_late_money_pays_a_settled_week(
    run_jobs: RunJobs,
) -> None:
    people, contract = await running(card=work.ASKS_ALWAYS)
    week = await work.unit(contract)
    await changes.propose_cap(people.business, contract.id, MORE)
    await sign(people.business, contract)
    await sign(people.assistant, contract)
    await run_jobs()
    mails = [accounts.text_of(m) for m in accounts.mailbox(people.business.person.email)]
    asked = [text for text in mails if f"/units/{week.id}/fund" in text and "banque" in text]
    assert len(asked) == 1
    assert (await work.unit(contract)).raised_minutes == 240
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    assert (await queries.balance(week)).released.minor == 6000
    assert await work.pay(contract, card=work.ASKS_ALWAYS) == "funded"
    balance = await queries.balance(week)
    assert balance.released.minor == 9000
    assert (await work.unit(contract)).paid_minor == 9000
    held = [await queries.balance(each) for each in (await work.unit(contract),)]
    assert not any(each.held for each in held)
    with pytest.raises(WorkIllegalStep):
        await units.request_funding(week.id, "fr")


@services
async def test_a_raise_signed_while_the_next_week_is_being_paid_is_charged_too(
    run_jobs: RunJobs,
) -> None:
    people, contract = await running()
    following = await units.next_week(*await queries.agreed(contract.id))
    assert following is not None
    await units.request_funding(following.id, "fr")  # its payment is under way
    more = CapDraft(minutes=240, weeks=Weeks.FROM_NEXT, reason="The quarter's end")
    await changes.propose_cap(people.business, contract.id, more)
    await sign(people.business, contract)
    await sign(people.assistant, contract)
    await run_jobs()
    if (await work.unit(contract, following.position)).status is not Status.FUNDED:
        # On a Sunday the saved card has paid by now.
        assert await work.pay(contract, following.position) == "funded"
    await run_jobs()
    week = await work.unit(contract, following.position)
    assert (week.cap_minutes, week.raised_minutes) == (240, None)
    assert (await queries.balance(week)).price.minor == 12000


@services
async def test_a_second_raise_replaces_the_open_page_of_the_first(run_jobs: RunJobs) -> None:
    people, contract = await running(card=work.ASKS_ALWAYS)
    week = await work.unit(contract)
    for minutes in (240, 300):
        more = CapDraft(minutes=minutes, weeks=Weeks.THIS, reason="The quarter's end")
        await changes.propose_cap(people.business, contract.id, more)
        await sign(people.business, contract)
        await sign(people.assistant, contract)
        await run_jobs()  # the card is refused
        page = await funding.start_funding(people.business, week.id, "fr")  # opened, not paid
        assert page
    assert await work.pay(contract, card=work.ASKS_ALWAYS) == "funded"
    week = await work.unit(contract)
    assert (week.cap_minutes, week.price_minor) == (300, 15000)
    assert (await queries.balance(week)).price.minor == 15000


@services
@pytest.mark.parametrize("approved", [False, True])
async def test_a_raise_of_a_week_paid_outside_charges_no_card(
    run_jobs: RunJobs, approved: bool
) -> None:
    people = await pair_outside()
    contract = await work.signed(people, work.hourly(hours=2), trial_days=0)
    week = await work.unit(contract)
    entry = EntryDraft(worked_on=clock.today(), minutes=180, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, entry)
    await timesheets.submit_week(people.assistant, week.id)
    if approved:
        await timesheets.approve_week(people.business, week.id)
    await changes.propose_cap(people.assistant, contract.id, MORE)
    await sign(people.assistant, contract)
    await sign(people.business, contract)
    await run_jobs()
    assert not await Funding.exists()
    if not approved:
        await timesheets.approve_week(people.business, week.id)
    week = await work.unit(contract)
    assert (week.status, week.cap_minutes, week.raised_minutes) == (Status.APPROVED, 240, None)
    assert week.paid_minor == 9000  # three hours are due


@services
async def test_a_raise_charges_nothing_for_a_finished_week_or_while_the_contract_rests(
    run_jobs: RunJobs,
) -> None:
    for paused in (False, True):
        people, contract = await running()
        week = await work.unit(contract)
        line = (await queries.entries(week.id))[0]
        if not paused:  # two hours, all covered, and approved
            entry = EntryDraft(worked_on=clock.today(), minutes=120, task="Calls")
            await timesheets.change_entry(people.assistant, line.id, entry)
            await timesheets.submit_week(people.assistant, week.id)
            await timesheets.approve_week(people.business, week.id)
        await changes.propose_cap(people.assistant, contract.id, MORE)
        await sign(people.assistant, contract)
        await sign(people.business, contract)
        if paused:
            await Pause.create(contract_id=contract.id, began_at=clock.now())
        await run_jobs()
        assert await Funding.filter(holding_id=str(week.id)).count() == 1
        assert ((await work.unit(contract)).raised_minutes is None) != paused


@services
async def test_attacks_on_a_change() -> None:
    people, contract = await running()
    other, _foreign = await running()
    with pytest.raises(NotFound):
        await changes.propose_cap(other.business, contract.id, MORE)
    with pytest.raises(CapNotRaised):
        await changes.propose_cap(people.business, contract.id, CapDraft(minutes=120))
    first = await changes.propose_cap(people.business, contract.id, MORE)
    with pytest.raises(ChangeOpen):
        await changes.propose_cap(people.assistant, contract.id, MORE)
    await sign(people.business, contract)
    with pytest.raises(SameSigner):
        await sign(people.business, contract)
    with pytest.raises(NotFound):
        await changes.answer(other.assistant, contract.id)
    declined = await changes.answer(people.assistant, contract.id)
    assert declined.status is ChangeStatus.DECLINED
    with pytest.raises(NoChange):
        await changes.answer(people.assistant, contract.id)
    with pytest.raises((StaleContract, IllegalStep)):  # the declined file is off the table
        await signing.request_code(people.assistant, contract.id, first.version.file_sha256)
    second = await changes.propose_cap(people.assistant, contract.id, CapDraft(minutes=180))
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
    people, contract = await running()
    clock.advance((2 - clock.today().weekday()) % 7 * DAY)  # a Wednesday: nothing is charged ahead
    await Party.filter(pk=people.assistant_id).update(
        tax_status="vat_registered", vat_number="FR40303265045"
    )
    with pytest.raises(CapNotRaised):
        await changes.propose_cap(people.business, contract.id, MORE)
    later = CapDraft(minutes=240, weeks=Weeks.FROM_NEXT)
    change = await changes.propose_cap(people.business, contract.id, later)
    await sign(people.business, contract)
    clock.advance(5 * DAY)
    with pytest.raises(SignedTooLate):
        await sign(people.assistant, contract)
    assert (await Contract.get(pk=contract.id)).fees["supplier_vat_bps"] == 0
    await changes.answer(people.business, contract.id)
    clock.advance(DAY)
    change = await changes.propose_cap(people.business, contract.id, later)
    await sign(people.business, contract)
    await sign(people.assistant, contract)
    contract = await Contract.get(pk=contract.id)
    assert contract.version == change.version.number
    assert contract.fees == change.version.agreement["fees"]
    assert contract.fees["supplier_vat_bps"] == 2000


@services
async def test_a_paper_whose_number_was_taken_meanwhile_is_not_put_on_the_table() -> None:
    people, contract = await running()
    seen = await contracts.get(people.assistant, contract.id)
    agreed = with_cap(contracts.agreement(seen), 240, Weeks.THIS, clock.today())
    decided = await taxes.of_contract(seen)
    paper = await documents.freeze(
        seen, agreed, 2, decided
    )  # while it renders, another comes and goes
    await changes.propose_cap(people.assistant, contract.id, MORE)
    await changes.answer(people.assistant, contract.id)
    with pytest.raises(StaleContract):
        await changes._put(
            people.assistant, seen, agreed, paper, number=2, reason="", trace=NO_TRACE
        )
    await changes.propose_cap(people.assistant, contract.id, MORE)  # the next number is free
    await lifecycle.cancel(contract.id, Actor.BUSINESS, "It ends")
    [newest, _] = await contracts.changes(contract.id)
    assert newest.status is ChangeStatus.VOID
    chained = await contracts.evidence(contract.id)
    assert contracts.broken_at(chained) is None
    assert [each.event for each in chained][-2:] == ["change_void", "cancelled"]


@services
async def test_a_change_runs_out_and_one_for_later_weeks_waits_for_them() -> None:
    people, contract = await running()
    await changes.propose_cap(people.business, contract.id, MORE)
    clock.advance(15 * DAY)
    await changes.expire_due(0)
    await changes.expire_due(0)
    assert [each.status for each in await contracts.changes(contract.id)] == ["expired"]
    clock.advance(-15 * DAY)
    later = CapDraft(minutes=300, weeks=Weeks.FROM_NEXT)
    await changes.propose_cap(people.business, contract.id, later)
    await sign(people.assistant, contract)
    await sign(people.business, contract)
    week = await work.unit(contract)
    assert (week.cap_minutes, week.raised_minutes) == (120, None)
    clock.advance(max((week.ends_on - clock.today()).days - 3, 0) * DAY)
    await ticks.run_due()
    following = await work.unit(contract, 2)
    assert (following.cap_minutes, following.price_minor) == (300, 15000)
    assert following.status in {Status.PLANNED, Status.FUNDED}
    assert await ContractVersion.filter(contract_id=contract.id).count() == 3


@services
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_pages_of_a_raise(client: httpx.AsyncClient, lang: str) -> None:
    people, contract = await running()
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
    assert (await client.post(f"{at}/cap/close")).status_code == 303
    assert (await client.get(at)).status_code == 200
    assert (await client.post(f"{api}/close")).status_code == 409
    fixed = await work.signed(people, work.project(20000))
    for data in ({}, {"minutes": "4"}):
        answer = await client.post(f"/{lang}/contracts/{fixed.id}/cap", data=data)
        assert answer.status_code == 409  # a price, not hours: there is no cap to raise


RAISES = st.lists(st.tuples(st.integers(0, 8), st.integers(30, 3600), st.booleans()), max_size=6)


@UNTIMED
@given(RAISES, st.integers(0, 10))
def test_the_cap_of_a_week_is_the_last_lasting_one_or_its_own(
    found: list[tuple[int, int, bool]], week: int
) -> None:
    monday = START + timedelta(days=7 * week)
    terms = HourlyTerms(
        rate_minor=3000,
        weekly_cap_minutes=600,
        first_week=START,
        raises=tuple(
            CapRaise(from_week=START + timedelta(days=7 * n), minutes=minutes, only=only)
            for n, minutes, only in found
        ),
    )
    lasting = [minutes for n, minutes, only in found if not only and n <= week]
    own = [minutes for n, minutes, only in found if only and n == week]
    assert terms.cap_of(monday) == max(lasting[-1] if lasting else 600, own[-1] if own else 0)


@UNTIMED
@given(st.dates(date(2027, 1, 4), date(2028, 6, 30)), st.integers(30, 3600), st.sampled_from(Weeks))
def test_a_change_of_the_cap_changes_the_cap_of_later_weeks_only(
    today: date, minutes: int, weeks: Weeks
) -> None:
    before = agreed(
        {"kind": "hourly", "rate_minor": 3000, "weekly_cap_minutes": 600, "first_week": START}
    )
    if minutes <= 600:
        with pytest.raises(CapNotRaised):
            with_cap(before, minutes, weeks, today)
        return
    after = with_cap(before, minutes, weeks, today)
    assert [each.field for each in differences(before, after)] == ["raises"]
    terms = after.terms
    assert isinstance(terms, HourlyTerms)
    monday = today - timedelta(days=today.weekday())
    caps = [terms.cap_of(monday + timedelta(days=7 * n)) for n in (-1, 0, 1, 2)]
    assert (
        caps
        == {
            Weeks.THIS: [600, minutes, 600, 600],
            Weeks.FROM_THIS: [600, minutes, minutes, minutes],
            Weeks.FROM_NEXT: [600, 600, minutes, minutes],
        }[weeks]
    )
