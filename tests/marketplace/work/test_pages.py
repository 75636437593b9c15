"""The pages of work, over HTTP and in both languages, for both sides."""

from __future__ import annotations

import re
from uuid import UUID

import httpx
import pytest

from marketplace.core import clock
from marketplace.work import queries
from marketplace.work.schemas import EntryDraft
from marketplace.work.service import timesheets
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


async def entered(people: work.Pair, *minutes: int) -> tuple[str, list[str]]:
    """A paid week with these lines; its id and theirs."""
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    week = await work.unit(contract)
    for number, each in enumerate(minutes):
        draft = EntryDraft(worked_on=clock.today(), minutes=each, task=f"Task {number}")
        await timesheets.add_entry(people.assistant, week.id, draft)
    return str(week.id), [str(line.id) for line in await queries.entries(week.id)]


async def test_the_grid_is_filled_in_the_browser_and_says_what_it_cannot_read(
    client: httpx.AsyncClient,
) -> None:
    people = await work.pair()
    week, _lines = await entered(people, 60)
    await accounts.log_in(client, people.assistant.person)
    page = (await client.get(f"/fr/units/{week}")).text
    assert "Versement prévu vendredi" in page
    (cell,) = re.findall(rf'name="(h-(?!new)\w+-{clock.today()})"', page)
    answer = await client.post(f"/fr/units/{week}/timesheet", data={cell: "2h x"})
    assert answer.status_code == 422
    assert 'value="2h x"' in answer.text
    new = f"h-new-{clock.today()}"
    answer = await client.post(f"/fr/units/{week}/timesheet", data={cell: "1:30", new: "0,5"})
    assert answer.status_code == 422  # the new row has no name yet
    data = {cell: "1:30", new: "0,5", "task_new": "Courrier"}
    answer = await client.post(f"/fr/units/{week}/timesheet", data=data)
    assert answer.status_code == 303
    page = (await client.get(f"/fr/units/{week}")).text
    assert "Courrier" in page
    assert 'value="1:30"' in page


async def test_the_timer_survives_a_closed_page(client: httpx.AsyncClient) -> None:
    people = await work.pair()
    week, _lines = await entered(people)
    await accounts.log_in(client, people.assistant.person)
    answer = await client.post(f"/en/units/{week}/timer", data={"task": "Calls"})
    assert answer.status_code == 303
    page = (await client.get(f"/en/units/{week}")).text
    assert "data-since" in page
    clock.advance(600)
    await client.post(f"/en/units/{week}/timer/stop")
    page = (await client.get(f"/en/units/{week}")).text
    assert re.search("0 h 1[01]", page)  # a begun minute counts


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_line_is_contested_and_answered_on_its_page(
    client: httpx.AsyncClient, lang: str
) -> None:
    people = await work.pair()
    week, lines = await entered(people, 60, 90)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.assistant.person)
    await client.post(f"/{lang}/units/{week}/submit")
    await accounts.log_in(client, people.business.person)
    page = (await client.get(f"/{lang}/units/{week}")).text
    assert page.count(f"/{lang}/entries/") == 2
    contest = f"/{lang}/entries/{lines[0]}/contest"
    assert (await client.post(contest, data={"reason": "", "minutes": "1h"})).status_code == 422
    refused = await client.post(contest, data={"reason": "Agreed as free.", "minutes": "3h"})
    assert refused.status_code == 422
    data = {"reason": "Agreed as free.", "minutes": "20min"}
    assert (await client.post(contest, data=data)).status_code == 303
    assert (await client.post(f"/{lang}/units/{week}/approve")).status_code == 303
    for who in (people.business, people.assistant):
        await accounts.log_in(client, who.person)
        for path in (f"units/{week}", f"entries/{lines[0]}"):
            assert (await client.get(f"/{lang}/{path}")).status_code == 200
    answered = await client.post(f"/{lang}/entries/{lines[0]}/answer", data={"minutes": "20min"})
    assert answered.status_code == 303
    assert (await client.get(f"/{lang}/units/{week}")).status_code == 200


async def test_programs_see_what_is_covered_and_when_it_is_paid(client: httpx.AsyncClient) -> None:
    people = await work.pair()
    week, _lines = await entered(people, 500, 200)
    await accounts.log_in(client, people.assistant.person)
    unit = (await client.get(f"/api/v1/units/{week}")).json()
    assert unit["paid_on"] > unit["ends_on"]
    entries = (await client.get(f"/api/v1/units/{week}/entries")).json()["items"]
    assert [each["covered_minutes"] for each in entries] == [500, 100]
    body = {"cells": [{"task": "Task 1", "worked_on": str(clock.today()), "minutes": 0}]}
    answer = await client.put(f"/api/v1/units/{week}/timesheet", json=body)
    assert [each["minutes"] for each in answer.json()["entries"]] == [500]


async def test_a_contest_is_told_to_the_other_side(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    week, lines = await entered(people, 60)
    await timesheets.submit_week(people.assistant, UUID(week))
    await accounts.log_in(client, people.business.person)
    await client.post(f"/fr/entries/{lines[0]}/contest", data={"reason": "Agreed as free."})
    await run_jobs()
    said = [str(m["Subject"]) for m in accounts.mailbox(people.assistant.person.email)]
    assert any("contest" in subject.lower() for subject in said)
