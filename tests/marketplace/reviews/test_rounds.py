"""Who may review whom and when; that nobody sees one before its time; what it adds up to."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest

from marketplace.billing.schemas.giving import GiveBackDraft
from marketplace.billing.schemas.recorded import RecordedDraft
from marketplace.billing.service import giving, recorded
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Actor
from marketplace.core import clock
from marketplace.core.db import command, connection
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.grounds import Ground
from marketplace.core.i18n import format_date
from marketplace.core.models import OutgoingMail
from marketplace.directory.queries import projection
from marketplace.my_data.queries.sections import everything
from marketplace.parties.models import Membership
from marketplace.parties.rules import Role
from marketplace.profiles.models import Profile
from marketplace.reviews import queries, rules, service
from marketplace.reviews.models import ContractReview, ReviewRound
from marketplace.reviews.rules import Occasion
from marketplace.reviews.schemas import ReportDraft
from marketplace.web.sessions import Viewer
from marketplace.work.schemas import EndingDraft
from marketplace.work.service import deliveries, endings
from search.rating import rating
from tests.factories import accounts, reviews, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400


def told(people: work.Pair, subject: str) -> list[Viewer]:
    """Who of the two got mails with these words in the subject, once for each."""
    return [
        who
        for who in (people.business, people.assistant)
        for mail in accounts.mailbox(who.person.email)
        if subject in mail["Subject"]
    ]


async def test_both_reviews_are_readable_at_once_and_reach_the_profile(run_jobs: RunJobs) -> None:
    people = await work.pair()
    profile = await reviews.with_profile(people)
    contract = await reviews.paid(people)
    await run_jobs()
    (row,) = await ReviewRound.all()
    assert (row.occasion, row.contract_id) == (Occasion.ENDED, contract.id)
    mails = await OutgoingMail.filter(template="review_news")
    assert {mail.recipient for mail in mails} == {
        people.business.person.email, people.assistant.person.email,
    }  # fmt: skip
    await reviews.by_business(people, contract, 5, 4, 3)
    assert (await projection.current([profile.id]))[0][0].reviews == 0
    await reviews.by_assistant(people, contract)
    (document,), _gone = await projection.current([profile.id])
    assert (document.rating, document.reviews) == (4.0, 1)
    (event,) = await connection().execute_query_dict(
        "SELECT body FROM domain_event WHERE name = 'ReviewsRevealed'"
    )
    assert str(row.id) in str(event["body"])
    await run_jobs()
    assert told(people, "Avis à lire") == [people.business, people.assistant]


async def test_nothing_of_a_review_is_seen_before_its_time(client: httpx.AsyncClient) -> None:
    people = await work.pair()
    profile = await reviews.with_profile(people)
    contract = await reviews.paid(people)
    draft = reviews.of_assistant(1, 2, 1, text="Unmistakable words")
    row = await service.write(people.business, contract.id, Actor.BUSINESS, draft)
    before = await Profile.get(pk=profile.id)
    assert (before.reviews, before.review_marks, before.version) == (0, 0, profile.version)
    await accounts.log_in(client, people.assistant.person)
    at = f"/api/v1/contracts/{contract.id}/reviews"
    told = (await client.get(at)).json()["rounds"][0]
    assert (told["theirs"], told["mine"], told["revealed_at"]) == (None, None, None)
    public = (await client.get(f"/api/v1/assistants/{profile.slug}/reviews")).json()
    assert public["score"] | {"formula": ""} == {
        "rating": None, "marks": 0, "reviews": 0, "marks_each": 3, "formula": "", "version": 1,
    }  # fmt: skip
    other = (await client.get(f"{at}/other-side")).json()
    assert other["items"] == []
    for page in (f"/en/contracts/{contract.id}/reviews", f"/en/assistants/{profile.slug}/reviews"):
        answer = await client.get(page)
        assert answer.status_code == 200
        assert "Unmistakable" not in answer.text
        assert str(row.id) not in answer.text
    assert (await client.get(f"/en/reviews/{row.id}/report")).status_code == 404
    assert (await client.post(f"/api/v1/reviews/{row.id}/reply", json={
        "text": "No", "language": "en",
    })).status_code == 404  # fmt: skip
    archive = json.dumps(await everything(people.assistant.person_id), default=str)
    assert "Unmistakable" not in archive
    assert str(row.id) not in archive
    assert "Unmistakable" in json.dumps(await everything(people.business.person_id), default=str)


async def test_after_fourteen_days_what_was_sent_is_readable_and_drafts_are_gone(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    await reviews.with_profile(people)
    contract = await reviews.paid(people)
    await reviews.by_business(people, contract, 2, 2, 2)
    await reviews.by_assistant(people, contract, send=False)
    await run_jobs()
    clock.advance(11 * DAY)
    await service.run_due()
    await service.run_due()
    await run_jobs()
    assert told(people, "quelques jours") == [people.assistant]
    assert (await ReviewRound.get()).revealed_at is None
    clock.advance(4 * DAY)
    with pytest.raises(rules.TooLate):  # also while the clockwork is behind
        await reviews.by_assistant(people, contract)
    await service.run_due()
    (left,) = await ContractReview.all()
    assert left.side is Actor.BUSINESS
    profile = await Profile.get(party_id=people.assistant_id)
    assert (profile.reviews, profile.review_marks) == (1, 6)
    with pytest.raises(rules.TooLate):
        await reviews.by_assistant(people, contract)
    await service.run_due()
    assert await ReviewRound.all().count() == 1


async def test_without_released_money_nobody_reviews(run_jobs: RunJobs) -> None:
    people = await work.pair()
    # In the start-up phase a day of work would be paid.
    contract = await work.signed(people, work.project(20000), trial_days=0)
    await work.pay(contract)
    await endings.propose(people.assistant, contract.id, EndingDraft(reason="Ill"))
    await run_jobs()
    await service.run_due()
    assert (await Contract.get(pk=contract.id)).ended_at is not None
    assert await ReviewRound.all().count() == 0
    with pytest.raises(rules.NotOpen):
        await reviews.by_business(people, contract)


async def give_back(people: work.Pair, contract: Contract, run_jobs: RunJobs) -> None:
    """The assistant returns all that was released."""
    part = await work.unit(contract)
    all_of_it = GiveBackDraft(request_id=uuid4(), price_minor=20_000)
    await giving.give_back(people.assistant, part.id, all_of_it)
    await run_jobs()


async def test_money_that_was_all_given_back_buys_no_review(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    profile = await reviews.with_profile(people)
    contract = await reviews.paid(people)
    await run_jobs()
    await reviews.by_business(people, contract, 5, 5, 5)
    await give_back(people, contract, run_jobs)
    with pytest.raises(rules.AllGivenBack):
        await reviews.by_assistant(people, contract)
    clock.advance(15 * DAY)
    await service.run_due()
    row = await ReviewRound.get()
    assert row.void
    assert (await Profile.get(pk=profile.id)).reviews == 0
    assert (await queries.listed(people.assistant_id, Actor.BUSINESS)).rows == []
    await accounts.log_in(client, people.assistant.person)
    room = f"contracts/{contract.id}/reviews"
    assert "none counts" in (await client.get(f"/en/{room}")).text
    assert (await client.get(f"/api/v1/{room}")).json()["rounds"][0]["theirs"] is None
    archive = json.dumps(await everything(people.assistant.person_id), default=str)
    assert "Neat work." not in archive
    await run_jobs()
    assert not told(people, "Avis à lire")


async def test_money_given_back_later_removes_no_review_and_is_said_with_it(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    profile = await reviews.with_profile(people)
    contract = await reviews.paid(people)
    await run_jobs()
    await reviews.by_business(people, contract, 1, 1, 1)
    await reviews.by_assistant(people, contract)
    [shown] = await queries.newest(people.assistant_id)
    assert shown.verified_by == "released"
    await give_back(people, contract, run_jobs)
    [shown] = await queries.newest(people.assistant_id)
    assert shown.verified_by == "given_back"
    assert (await Profile.get(pk=profile.id)).reviews == 1
    page = (await client.get(f"/fr/assistants/{profile.slug}/reviews")).text
    assert "tout a été rendu au client après la parution" in page


async def test_strangers_and_wrong_sides_are_refused() -> None:
    people, others = await work.pair(), await work.pair()
    contract = await reviews.paid(people)
    with pytest.raises(NotFound):
        await reviews.by_business(others, contract)
    with pytest.raises(Forbidden):
        await service.write(people.assistant, contract.id, Actor.BUSINESS, reviews.of_assistant())
    with pytest.raises(NotFound):
        await queries.room(others.business, contract.id)
    # Whoever came to act for both sides would review themselves.
    mine = people.assistant
    both = replace(mine, parties=(*mine.parties, *people.business.parties))
    for side, said in (
        (Actor.BUSINESS, reviews.of_assistant()), (Actor.ASSISTANT, reviews.of_business()),
    ):  # fmt: skip
        with pytest.raises((rules.OnBothSides, Forbidden)):
            await service.write(both, contract.id, side, said)
    assert not await ContractReview.exists()
    assert await queries.to_write(mine)
    assert not await queries.to_write(both)
    for who, may in ((mine, True), (both, False)):
        _contract, _side, [turn] = await queries.room(who, contract.id)
        assert turn.may_write is may


async def test_whoever_acts_for_both_sides_is_not_asked_to_review(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    both = people.assistant.person
    await Membership.create(
        person_id=both.id, party_id=people.business_id, role=Role.MEMBER, created_at=clock.now()
    )
    contract = await reviews.paid(people)
    await run_jobs()
    assert told(people, "donner votre avis") == [people.business]
    await accounts.log_in(client, both)
    room = (await client.get(f"/en/contracts/{contract.id}/reviews")).text
    assert "You act for both sides" in room
    assert 'name="send"' not in room


async def test_a_draft_changes_and_what_was_sent_never_does(database: str) -> None:
    people = await work.pair()
    contract = await reviews.paid(people)
    await reviews.by_business(people, contract, 1, 1, 1, send=False)
    row = await reviews.by_business(people, contract, 4, 4, 4)
    with pytest.raises(rules.AlreadySent):
        await reviews.by_business(people, contract, 5, 5, 5)
    owner = await asyncpg.connect(database)
    try:
        for change in (
            "UPDATE contract_review SET quality = 5",
            "UPDATE contract_review SET text = ''",
            "UPDATE contract_review SET reply = 'x', reply_language = 'fr', replied_at = now()",
            "DELETE FROM contract_review",
            "UPDATE review_round SET revealed_at = opened_at",
            "UPDATE review_round SET closes_at = closes_at + interval '1 day'",
            "DELETE FROM review_round",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await owner.execute(change)
        with pytest.raises(asyncpg.UniqueViolationError):
            await owner.execute(
                "INSERT INTO contract_review SELECT (jsonb_populate_record(r, jsonb_build_object("
                "'id', gen_random_uuid()))).* FROM contract_review r"
            )
    finally:
        await owner.close()
    assert (await ContractReview.get(pk=row.id)).marks == {
        "quality": 4, "communication": 4, "deadlines": 4,
    }  # fmt: skip


async def test_both_sent_at_the_same_moment_are_revealed_once(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await reviews.paid(people)
    await asyncio.gather(
        reviews.by_business(people, contract), reviews.by_assistant(people, contract)
    )
    assert (await ReviewRound.get()).revealed_at is not None
    await run_jobs()
    assert told(people, "Avis à lire") == [people.business, people.assistant]


async def test_a_long_contract_is_reviewed_under_way_and_again_at_its_end() -> None:
    people = await work.pair()
    profile = await reviews.with_profile(people)
    contract = await work.signed(people, work.project(20000, 30000))
    await work.pay(contract)
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, reviews.DONE)
    await deliveries.approve(people.business, first.id)
    await service.run_due()
    assert await ReviewRound.all().count() == 0
    clock.advance((rules.UNDER_WAY_DAYS + 1) * DAY)
    await service.run_due()
    assert (await ReviewRound.get()).occasion is Occasion.UNDER_WAY
    await reviews.by_business(people, contract, 1, 1, 1)
    await reviews.by_assistant(people, contract)
    assert (await Profile.get(pk=profile.id)).review_marks == 3
    await endings.propose(people.assistant, contract.id, EndingDraft(reason="Ill"))
    await service.run_due()
    assert await ReviewRound.filter(occasion=Occasion.ENDED).count() == 1
    last = await reviews.by_business(people, contract, 5, 5, 5)
    await reviews.by_assistant(people, contract)

    async def counted() -> tuple[int, int]:
        now = await Profile.get(pk=profile.id)
        return now.reviews, now.review_marks

    assert await counted() == (1, 15)  # one contract counts once
    # Hidden, the last one still has the place of the first: nobody's replaced words come back.
    report = await service.report(
        last.id, ReportDraft(ground=Ground.INSULT, said="An insult, really"), "fr", "test"
    )
    await service.judge(last.id, Ground.INSULT, "An insult", report.id)
    assert await counted() == (0, 0)
    assert (await queries.listed(people.assistant_id, Actor.BUSINESS)).rows == []
    await service.show_again(last.id, "A quotation")
    assert await counted() == (1, 15)


async def test_anybody_can_compute_the_score_again(client: httpx.AsyncClient) -> None:
    people = await work.pair()
    profile = await reviews.with_profile(people)
    prices = (1000, 200_000, 20_000)
    for price, marks in zip(prices, ((5, 5, 5), (1, 2, 1), (4, 3, 5)), strict=True):
        contract = await reviews.paid(people, price)
        await reviews.by_business(people, contract, *marks)
        await reviews.by_assistant(people, contract)
    found, cursor = [], ""
    while True:
        answer = await client.get(
            f"/api/v1/assistants/{profile.slug}/reviews", params={"limit": 2, "cursor": cursor}
        )
        page = answer.json()
        found += page["items"]
        cursor = page["next"]
        if not cursor:
            break
    assert len(found) == page["score"]["reviews"] == 3
    marks_sum = sum(sum(one["marks"].values()) for one in found)
    assert page["score"]["marks"] == marks_sum
    assert page["score"]["rating"] == rating(marks_sum, 3) == 3.44
    assert {one["verified_by"] for one in found} == {"released"}
    assert (await client.get(f"/api/v1/assistants/{profile.slug}")).json()["rating"] == 3.44
    (document,), _gone = await projection.current([profile.id])
    assert document.rating == 3.44
    text = (await client.get(f"/fr/assistants/{profile.slug}/reviews")).text
    assert "31 points au total" in text
    assert "= 3,44" in text
    for path in ("", "/reviews"):  # told as it is computed and sorted by
        page = await client.get(f"/fr/assistants/{profile.slug}{path}")
        assert "<b>3,44</b>" in page.text


async def test_the_day_that_is_shown_is_the_one_that_lists_are_ordered_by(
    client: httpx.AsyncClient,
) -> None:
    people = await work.pair()
    profile = await reviews.with_profile(people)
    early, late = await reviews.paid(people), await reviews.paid(people)
    await reviews.by_business(people, early)  # sent first, and readable last
    sent = clock.today("Europe/Paris")
    clock.advance(2 * DAY)
    await reviews.by_business(people, late)
    await reviews.by_assistant(people, late)
    clock.advance(13 * DAY)
    await service.run_due()
    shown = (await client.get(f"/api/v1/assistants/{profile.slug}/reviews")).json()["items"]
    assert [date.fromisoformat(each["published_on"]) - sent for each in shown] == [
        timedelta(days=15), timedelta(days=2),
    ]  # fmt: skip
    assert [date.fromisoformat(each["reviewed_on"]) - sent for each in shown] == [
        timedelta(days=0), timedelta(days=2),
    ]  # fmt: skip
    page = (await client.get(f"/fr/assistants/{profile.slug}/reviews")).text
    days = [format_date(sent + timedelta(days=each), "fr") for each in (15, 2)]
    assert [page.index(f"publié le {day}") for day in days] == sorted(
        page.index(f"publié le {day}") for day in days
    )


async def test_a_closed_account_leaves_its_review_without_its_name() -> None:
    people = await work.pair()
    contract = await reviews.paid(people)
    row = await reviews.by_business(people, contract)
    await reviews.by_assistant(people, contract)
    from marketplace.parties.events import PartyClosed

    await command(service.on_party_closed)(PartyClosed(people.business_id))
    shown = queries.view(await queries.visible(row.id))
    assert (shown.author, shown.text) == ("", "Neat work.")


async def test_where_payments_are_recorded_a_confirmed_one_opens_the_round() -> None:
    people = await work.with_outsider(await work.pair())
    contract = await work.signed(people, work.project(20000))
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, reviews.DONE)
    await deliveries.approve(people.business, first.id)
    await service.open_round(contract.id)
    assert await ReviewRound.all().count() == 0  # one side's word proves nothing
    said = RecordedDraft.model_validate(
        {"amount_minor": 20000, "paid_on": clock.today(), "method": "mobile_money",
         "reference": "MVola 123"}
    )  # fmt: skip
    payment = await recorded.record(people.business, first.id, said)
    await service.open_round(contract.id)
    assert await ReviewRound.all().count() == 0
    await recorded.confirm(people.assistant, payment.id)
    await service.open_round(contract.id)
    row = await reviews.by_business(people, contract)
    await reviews.by_assistant(people, contract)
    assert queries.view(await queries.visible(row.id)).verified_by == "recorded"
