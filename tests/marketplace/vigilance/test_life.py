"""Signs of disguised employment in a contract's life: seen, told once, to whom they may be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.i18n import format_date
from marketplace.parties.models import Party
from marketplace.vigilance.models import LifeSign
from marketplace.vigilance.rules import SIGNS, Life, later, signs
from marketplace.work.models import TimeEntry
from marketplace.work.rules import Status
from marketplace.work.service import deliveries, lives
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

TODAY = date(2026, 11, 28)
DAY = 86_400
FREE = (90, 0, 240, 0, 60, 0, 0)
FULL = (430, 440, 500, 400, 450, 0, 0)
EVEN = (240, 240, 245, 240, 0, 0, 0)


def life(*weeks: tuple[int, ...], days: int = 60, **income: tuple[int, int]) -> Life:
    begun = TODAY - timedelta(days=days)
    windows = {int(name[1:]): sums for name, sums in income.items()}
    return Life(TODAY, begun, begun, weeks, windows)


def codes(shown: Life) -> list[str]:
    return [found.code for found in signs(shown)]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (life(FREE, FREE, FREE, FREE, FREE), []),
        (life(FREE, FULL, FULL, FULL, FULL), ["long_weeks"]),
        (life(FREE, FREE, FULL, FULL, FULL), []),
        (life((420, 420, 420, 420, 420, 0, 0), EVEN, EVEN, EVEN, EVEN), ["same_hours"]),
        (life(EVEN, EVEN, EVEN, EVEN, FREE), []),
        (life(days=364), []),
        (life(days=365), ["long_unchanged"]),
        (life(m3=(75, 100)), ["dominant_client"]),
        (life(m3=(74, 100)), []),
        (life(m3=(0, 0)), []),
    ],
)
def test_a_life_shows_its_signs(shown: Life, expected: list[str]) -> None:
    assert codes(shown) == expected


@given(
    st.dictionaries(st.sampled_from([3, 6, 12]), st.tuples(st.integers(0, 10**9),
                                                          st.integers(0, 10**9))),
    st.lists(st.tuples(*[st.integers(0, 1440)] * 7), max_size=5),
    st.integers(0, 4000),
)  # fmt: skip
def test_every_life_is_read_and_its_words_have_their_numbers(
    income: dict[int, tuple[int, int]], weeks: list[tuple[int, ...]], days: int
) -> None:
    begun = TODAY - timedelta(days=days)
    shares = {months: (mine, mine + others) for months, (mine, others) in income.items()}
    for found in signs(Life(TODAY, begun, begun, tuple(weeks), shares)):
        assert SIGNS[found.code].said % found.facts
        if found.code == "dominant_client":
            mine, everybody = shares[found.facts["months"]]
            assert 75 <= found.facts["percent"] <= 100
            assert mine * 4 >= everybody * 3
        if found.code == "long_unchanged":
            assert later(begun, found.facts["months"]) <= TODAY


@pytest.mark.usefixtures("stripe_sandbox", "application")
async def test_a_share_of_income_is_told_to_the_assistant_alone_and_once(
    run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    people, contract, part = await work.handed_in(20_000, 30_000)
    await deliveries.approve(people.business, part.id, "")
    assert (await work.unit(contract)).status is Status.APPROVED
    await run_jobs()
    await lives.run_due()
    assert not await LifeSign.exists()  # a newcomer's first client
    clock.advance(63 * DAY)

    hourly = await work.signed(people, work.hourly())
    await work.pay(hourly)
    week = await work.unit(hourly)
    monday = contracts.monday_of(clock.today())
    for day in range(1, 36):
        if day % 7 in {1, 2, 3, 4, 5}:
            await TimeEntry.create(
                unit_id=week.id, person_id=people.assistant.person_id, task="Calls",
                worked_on=monday - timedelta(days=day), minutes=450 + 10 * day,
                created_at=clock.now(), updated_at=clock.now(),
            )  # fmt: skip
    for _twice in range(2):
        await lives.run_due()
        await run_jobs()
    told = [
        sum("Indépendance" in each["Subject"] for each in accounts.mailbox(who.person.email))
        for who in (people.business, people.assistant)
    ]
    assert told == [1, 2]  # both read of the hours; of the income the assistant, in each contract

    seen = {}
    for name, who in (("business", people.business), ("assistant", people.assistant)):
        await accounts.log_in(client, who.person)
        answer = await client.get(f"/api/v1/contracts/{hourly.id}/independence")
        seen[name] = {each["code"]: each["said"] for each in answer.json()["items"]}
        page = (await client.get(f"/fr/contracts/{hourly.id}/work")).text
        assert "35 heures" in page
        assert ("100 pour cent" in page) == (name == "assistant")
    assert set(seen["business"]) == {"long_weeks"}
    assert set(seen["assistant"]) == {"long_weeks", "dominant_client"}
    await accounts.log_in(client, await accounts.person())
    answer = await client.get(f"/api/v1/contracts/{hourly.id}/independence")
    assert answer.status_code == 404

    await TimeEntry.all().delete()
    await lives.run_due()
    gone = await LifeSign.get(contract_id=hourly.id, code="long_weeks")
    assert gone.gone_at is not None


@pytest.mark.usefixtures("stripe_sandbox", "application")
async def test_french_law_is_told_only_where_a_side_is_in_france(
    run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20_000, 30_000))
    await work.pay(contract)
    await Party.filter(pk=people.assistant_id).update(jurisdiction="PH", country="PH")
    await Party.filter(pk=people.business_id).update(jurisdiction="US-CA", country="US")
    clock.advance(366 * DAY)
    await lives.run_due()
    assert not await LifeSign.exists()
    await Party.filter(pk=people.business_id).update(jurisdiction="FR", country="FR")
    await lives.run_due()
    assert (await LifeSign.get()).code == "long_unchanged"
    await run_jobs()
    assert any(
        "Indépendance" in mail["Subject"]
        for mail in accounts.mailbox(people.assistant.person.email)
    )
    # Its day is that of the contract's place: in Montréal it is still the evening before.
    await Contract.filter(pk=contract.id).update(time_zone="America/Montreal")
    day = clock.today() - timedelta(days=100)
    await LifeSign.all().update(found_at=datetime.combine(day, time(2), UTC))
    await accounts.log_in(client, people.assistant.person)
    page = (await client.get(f"/fr/contracts/{contract.id}/work")).text
    assert f"Constaté depuis le {format_date(day - timedelta(days=1), 'fr', 'medium')}" in page
