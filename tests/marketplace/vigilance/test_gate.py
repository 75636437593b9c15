"""A missing paper keeps new money from being held, both sides know in time, and done work is paid."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import httpx
import pytest

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import command, connection, lock, transaction
from marketplace.parties.models import Party
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.states import Status as Published
from marketplace.profiles.service import end_proofs
from marketplace.vigilance import queries, service
from marketplace.vigilance.models import ComplianceDocument
from marketplace.vigilance.rules import CannotWaive, DocumentMissing, State, Verdict
from marketplace.vigilance.schemas import CheckDraft, WaiverDraft
from marketplace.vigilance.service import insurance, reminders
from marketplace.web.sessions import Viewer
from marketplace.work.rules import Status
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries, ticks, units
from payments import statements
from payments.money import Money
from tests.factories import accounts, papers, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
WAITING = """SELECT count(*) AS waiting FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'"""
DONE = DeliveryDraft.model_validate({"note": "All filed and proofread."})


async def state(contract: Contract, code: str = "urssaf_vigilance") -> State:
    fresh = await Contract.get(pk=contract.id).select_related("business", "assistant")
    return next(p.state for p in await queries.papers(fresh) if p.rule.document.code == code)


def subjects(who: Viewer) -> list[str]:
    return [str(each["Subject"]) for each in accounts.mailbox(who.person.email)]


async def test_a_large_contract_waits_for_the_certificate_and_done_work_is_paid_without_one(
    run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(300_000, 200_000))
    await run_jobs()
    for side in (people.business, people.assistant):
        assert any("document" in each for each in subjects(side))
    with pytest.raises(DocumentMissing):
        await work.pay(contract)
    first = await work.unit(contract)
    assert first.status is Status.PLANNED
    await accounts.log_in(client, people.business.person)
    page = await client.get(f"/fr/units/{first.id}/fund")
    assert f"/fr/contracts/{contract.id}/documents" in page.text
    refused = await client.post(f"/fr/units/{first.id}/fund")
    assert refused.headers["location"].endswith(f"/fr/units/{first.id}/fund")
    answer = await client.post(f"/api/v1/units/{first.id}/funding", json={"locale": "fr"})
    assert (answer.status_code, answer.json()["code"]) == (409, "document_missing")

    # Another address, saved for a moment, ends nothing: both signed the French one.
    business = Party.filter(pk=people.business_id)
    await business.update(jurisdiction="BE", country="BE")
    with pytest.raises(DocumentMissing):
        await work.pay(contract)
    await business.update(jurisdiction="FR", country="FR")

    handed = await papers.hand_in(people.assistant, contract)
    assert await state(contract) is State.VALID
    assert await work.pay(contract) == "funded"
    await deliveries.submit(people.assistant, first.id, DONE)

    # The client finds that the code is not known: the next part waits, the first is paid.
    draft = CheckDraft(verdict=Verdict.FAILED, note="Code inconnu de l’Urssaf")
    await service.check(people.business, contract.id, handed.id, draft)
    assert await state(contract) is State.REFUSED
    with pytest.raises(DocumentMissing):
        await work.pay(contract, 2)
    await deliveries.approve(people.business, first.id, "")
    await run_jobs()
    assert (await work.unit(contract)).status is Status.APPROVED
    book = await statements.contract_statement(str(contract.id))
    assert book.released == Money(300_000, "EUR")
    assert any("Code inconnu" in accounts.text_of(m)
               for m in accounts.mailbox(people.assistant.person.email))  # fmt: skip


async def test_below_the_amount_and_across_the_border_nothing_waits() -> None:
    people = await work.pair()
    small = await work.signed(people, work.project(300_000, 199_999))
    assert await state(small) is State.LATER
    assert await work.pay(small) == "funded"
    another = await work.signed(people, work.project(100))  # what is split counts together
    with pytest.raises(DocumentMissing):
        await work.pay(another)
    assert await state(small) is State.MISSING
    await Party.filter(pk=people.business_id).update(jurisdiction="BE", country="BE")
    abroad = await work.signed(people, work.project(600_000, 100))
    assert await work.pay(abroad) == "funded"
    await Party.filter(pk=people.business_id).update(jurisdiction="FR", country="FR")
    assert await state(abroad) is State.MISSING  # as they are today counts too


async def test_what_is_asked_for_counts_before_it_is_paid() -> None:
    people = await work.pair()
    first, second = [await work.signed(people, work.hourly(26_000)) for _each in range(2)]
    pages = [(await work.unit(each)).id for each in (first, second)]
    asked = await asyncio.gather(
        *(units.request_funding(each, "fr") for each in pages), return_exceptions=True
    )
    assert sorted(type(each) is DocumentMissing for each in asked) == [False, True]


async def test_a_dear_start_up_phase_is_told_of_before_it_is_refused() -> None:
    people = await work.pair()
    terms = work.hourly(rate_minor=60_000, hours=2)
    contract = await work.signed(people, terms, trial_days=10, trial_minutes=600)
    assert await state(contract) is State.MISSING
    with pytest.raises(DocumentMissing):
        await work.pay(contract)


async def test_a_weekly_hold_says_so_in_time_waits_and_follows_by_itself(run_jobs: RunJobs) -> None:
    middle = (2 - clock.today().weekday()) % 7  # on a Sunday the next week is held at once
    clock.advance(middle * 86_400)
    people = await work.pair()
    contract = await work.signed(people, work.hourly(rate_minor=25_000, hours=10))
    assert await state(contract) is State.MISSING  # two holds reach 5,000
    assert await work.pay(contract) == "funded"  # 2,500: the next hold reaches 5,000
    await reminders.run_due()
    await reminders.run_due()
    await run_jobs()
    asked = [each for each in subjects(people.assistant) if "document" in each]
    assert len(asked) == 1

    first = await work.unit(contract)
    for day in (first.ends_on - timedelta(days=2), first.ends_on):  # Friday, Sunday
        at = datetime.combine(day, time(12), ZoneInfo("Europe/Paris"))
        clock.advance((at - clock.now()).total_seconds())
        for _again in range(2):
            await ticks.run_due()
    assert (await work.unit(contract, 2)).status is Status.PLANNED
    await run_jobs()
    for side in (people.business, people.assistant):
        told = [
            m for m in accounts.mailbox(side.person.email) if "sans un document" in m["Subject"]
        ]
        assert len(told) == 1
    handed = await papers.hand_in(people.assistant, contract)
    second = await work.unit(contract, 2)
    await units.request_funding(second.id, "fr")  # a charge that was asked for and cut short
    refused = CheckDraft(verdict=Verdict.FAILED, note="Code inconnu")
    await service.check(people.business, contract.id, handed.id, refused)
    await ticks.run_due()
    assert (await work.unit(contract, 2)).status is Status.FUNDING
    await papers.hand_in(people.assistant, contract, on=clock.today())
    await ticks.run_due()
    assert (await work.unit(contract, 2)).status is Status.FUNDED


async def test_reminders_leave_once_before_and_after_a_certificate_is_too_old(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(600_000))
    first = await papers.hand_in(people.assistant, contract)
    assert first.valid_until is not None
    stages = {}
    for days in (31, 29, 28, 13, 2, -1, -20):
        clock.advance(
            (datetime.combine(first.valid_until - timedelta(days=days), time(9),
                              ZoneInfo("Europe/Paris")) - clock.now()).total_seconds()
        )  # fmt: skip
        await reminders.run_due()
        await run_jobs()
        stages[days] = len(accounts.mailbox(people.assistant.person.email))
    at = list(stages.values())
    assert [b - a for a, b in pairwise(at)] == [1, 0, 1, 1, 1, 0]
    assert await state(contract) is State.EXPIRED
    with pytest.raises(DocumentMissing):
        await work.pay(contract)
    await papers.hand_in(people.assistant, contract)
    assert await state(contract) is State.VALID


async def test_every_client_is_asked_once_to_check_what_counts_for_it(run_jobs: RunJobs) -> None:
    people, other = await work.pair(), await work.pair()
    mixed = work.Pair(other.business, people.assistant, other.business_id, people.assistant_id)
    here = await work.signed(people, work.project(600_000))
    await work.signed(mixed, work.project(480_000))

    async def asked(who: Viewer) -> int:
        for _again in range(2):
            await reminders.run_due()
            await run_jobs()
        return len([each for each in subjects(who) if "à vérifier" in each])

    await papers.hand_in(people.assistant, here)
    assert [await asked(who) for who in (people.business, other.business)] == [1, 0]
    await work.signed(mixed, work.project(20_000))  # now the other's contracts call for it, too
    assert [await asked(who) for who in (people.business, other.business)] == [1, 2]
    row = await papers.hand_in(people.assistant, here, on=clock.today())
    await service.check(people.business, here.id, row.id, CheckDraft(verdict=Verdict.PASSED))
    assert [await asked(who) for who in (people.business, other.business)] == [1, 4]


async def test_where_the_law_leaves_it_to_the_client_the_client_may_go_on() -> None:
    people = await work.pair()
    ids = [people.business_id, people.assistant_id]
    await Party.filter(pk__in=ids).update(
        jurisdiction="CH", country="CH", tax_status="unregistered"
    )
    contract = await work.signed(people, work.project(50_000))
    await Party.filter(pk=people.assistant_id).update(legal_form="sarl")  # signed as a sole trader
    with pytest.raises(DocumentMissing):
        await work.pay(contract)
    await service.waive(people.business, contract.id, "avs", WaiverDraft(agree=True))
    assert await state(contract, "avs") is State.WAIVED
    assert await work.pay(contract) == "funded"
    # It says so of that day: a certificate that comes later and is not right is missing again.
    handed = await papers.hand_in(people.assistant, contract, "avs")
    assert await state(contract, "avs") is State.VALID
    draft = CheckDraft(verdict=Verdict.FAILED, note="Not for this mandate")
    await service.check(people.business, contract.id, handed.id, draft)
    assert await state(contract, "avs") is State.REFUSED
    await service.waive(people.business, contract.id, "avs", WaiverDraft(agree=True))
    assert await state(contract, "avs") is State.WAIVED
    french = await work.pair()
    other = await work.signed(french, work.project(600_000))
    with pytest.raises(CannotWaive):
        await service.waive(french.business, other.id, "urssaf_vigilance", WaiverDraft(agree=True))


async def test_an_accepted_insurance_stands_on_the_profile_until_it_is_refused_or_over(
    client: httpx.AsyncClient,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(60_000))
    now = clock.now()
    await Profile.filter(party_id=people.assistant_id).delete()
    profile = await Profile.create(
        party_id=people.assistant_id, slug="lea-assuree", status=Published.PUBLISHED,
        created_at=now, updated_at=now, published_at=now,
    )  # fmt: skip

    async def proofs() -> list[dict[str, str | None]]:
        found = (await client.get("/api/v1/assistants/lea-assuree?lang=en")).json()["verified"]
        assert isinstance(found, list)
        return found

    async def says(paper: ComplianceDocument, verdict: Verdict) -> None:
        draft = CheckDraft(verdict=verdict, note="The policy is not in force")
        await service.check(people.business, contract.id, paper.id, draft)

    year_end = clock.today() + timedelta(days=40)
    first = await papers.hand_in(people.assistant, contract, "rc_pro", until=year_end)
    assert not await proofs()  # nobody has looked at it
    await says(first, Verdict.PASSED)
    proof = {
        "proof": "insurance",
        "on": clock.today("UTC").isoformat(),
        "until": year_end.isoformat(),
    }
    assert await proofs() == [proof]
    page = await client.get("/fr/assistants/lea-assuree")
    assert "attestation acceptée par un client le" in page.text
    await says(first, Verdict.FAILED)
    assert not await proofs()
    await says(first, Verdict.PASSED)
    await profile.refresh_from_db()
    assert (profile.version, profile.updated_at) == (4, now)  # no rank is bought

    refused = asyncio.Event()

    async def tells() -> None:  # at the same moment, of another client's word
        await refused.wait()
        await command(insurance.tell)(people.assistant_id)

    telling = asyncio.create_task(tells())
    async with transaction():
        await lock(Profile, profile.id)
        refused.set()
        async with asyncio.timeout(120):
            while not (await connection().execute_query_dict(WAITING))[0]["waiting"]:
                await asyncio.sleep(0.02)
        await says(first, Verdict.FAILED)
    await telling
    assert not await proofs()
    await says(first, Verdict.PASSED)

    over = datetime.combine(year_end + timedelta(days=1), time(), ZoneInfo("Europe/Paris"))
    clock.advance((over - clock.now()).total_seconds() - 1)
    assert len(await proofs()) == 1
    clock.advance(1)
    assert not await proofs()
    await end_proofs(0)
    await end_proofs(0)
    await profile.refresh_from_db()
    assert profile.version == 7
    await says(first, Verdict.PASSED)  # too late
    assert not await proofs()
