"""The pages of work, over HTTP and in both languages, for both sides."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from marketplace.core import clock
from marketplace.core.i18n import format_date
from marketplace.parties.models import Membership
from marketplace.work import queries
from marketplace.work.models import TimeEntry, Unit
from marketplace.work.rules import Status
from marketplace.work.schemas import EntryDraft
from marketplace.work.service import ticks, timesheets, weeks
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs
from tests.marketplace.work.test_stale_answers import hidden

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


def plain(text: str) -> str:
    """The text with its no-break spaces as spaces."""
    return re.sub("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]", " ", text)


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
    seen = hidden(page, "timesheet")
    answer = await client.post(f"/fr/units/{week}/timesheet", data=seen | {cell: "2h x"})
    assert answer.status_code == 422
    assert 'value="2h x"' in answer.text
    new = f"h-new-{clock.today()}"
    both = seen | {cell: "1:30", new: "0,5"}
    answer = await client.post(f"/fr/units/{week}/timesheet", data=both)
    assert answer.status_code == 422  # the new row has no name yet
    named = both | {"task_new": "Task 0"}
    assert (await client.post(f"/fr/units/{week}/timesheet", data=named)).status_code == 422
    named = both | {"task_new": "Courrier"}
    answer = await client.post(f"/fr/units/{week}/timesheet", data=named)
    assert answer.status_code == 303
    page = (await client.get(f"/fr/units/{week}")).text
    assert "Courrier" in page
    assert 'value="1:30"' in page


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_an_old_grid_writes_only_what_was_changed_in_it(
    client: httpx.AsyncClient, lang: str
) -> None:
    people = await work.pair()
    week, lines = await entered(people, 90, 60, 30)
    at, today = f"/{lang}/units/{week}", clock.today()
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.assistant.person)

    def sent(page: str) -> dict[str, str]:
        return dict(re.findall(r'name="(h-[^"]+)" value="([^"]*)"', page)) | hidden(
            page, "timesheet"
        )

    async def minutes() -> dict[str, int]:
        return {line.task: line.minutes for line in await queries.entries(UUID(week))}

    old = sent((await client.get(at)).text)
    cell = {task: f"h-{name[2:]}-{today}" for name, task in old.items() if name.startswith("t-")}
    for line, changed in zip(lines[:2], (240, 120), strict=True):
        entry = await TimeEntry.get(pk=line)
        draft = EntryDraft(worked_on=today, minutes=changed, task=entry.task)
        await timesheets.change_entry(people.assistant, entry.id, draft)
    await timesheets.remove_entry(people.assistant, UUID(lines[2]))
    assert (await client.post(f"{at}/timesheet", data=old)).is_redirect
    assert await minutes() == {"Task 0": 240, "Task 1": 120}
    typed = old | {cell["Task 1"]: "3", cell["Task 2"]: "5"}
    told = await client.post(f"{at}/timesheet", data=typed)
    assert told.status_code == 422
    when = format_date(today, lang, "day")
    said = "modifié ailleurs entre-temps" if lang == "fr" else "changed elsewhere meanwhile"
    for task, time in (("Task 1", "2:00"), ("Task 2", "0:00")):
        assert re.search(rf"{task}, {when}.{{1,3}}{said}[^.]+{time}", told.text), task
    assert await minutes() == {"Task 0": 240, "Task 1": 120}
    again = sent(told.text)
    assert (again[cell["Task 0"]], again[cell["Task 1"]]) == ("4:00", "3")
    assert (await client.post(f"{at}/timesheet", data=again)).is_redirect
    assert await minutes() == {"Task 0": 240, "Task 1": 180, "Task 2": 300}
    body = {"cells": [{"task": "Task 0", "worked_on": f"{today}", "minutes": 5, "was": 90}]}
    refused = await client.put(f"/api/v1/units/{week}/timesheet", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "hours_changed")
    line = f"/{lang}/entries/{lines[0]}"
    seen = hidden((await client.get(line)).text, f"entries/{lines[0]}")
    typed = {"worked_on": f"{today}", "minutes": "1h30", "task": "Task 0", "note": "Typed"}
    elsewhere = EntryDraft(worked_on=today, minutes=250, task="Task 0")
    await timesheets.change_entry(people.assistant, UUID(lines[0]), elsewhere)
    answer = await client.post(line, data=typed | seen)
    assert answer.status_code == 422
    assert ("rien n’a été enregistré" if lang == "fr" else "nothing was saved") in answer.text
    assert 'value="1h30"' in answer.text
    again = typed | hidden(answer.text, f"entries/{lines[0]}")
    assert (await client.post(line, data=again)).is_redirect
    assert (await minutes())["Task 0"] == 90


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_grid_says_which_cell_cannot_be_and_moves_hours_within_a_day(
    client: httpx.AsyncClient, lang: str
) -> None:
    clock.advance((-clock.today().weekday() % 7) * 86_400)  # to a Monday: days are still to come
    people = await work.pair()
    week, _lines = await entered(people, 14 * 60, 60)
    today, at = clock.today(), f"/{lang}/units/{week}"
    tomorrow = today + timedelta(days=1)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.assistant.person)
    page = (await client.get(at)).text
    fields = dict(re.findall(rf'name="(h-[^"]+-{today})" value="([^"]*)"', page))
    first, second = (next(n for n, was in fields.items() if was == v) for v in ("14:00", "1:00"))
    ahead = first.replace(f"{today}", f"{tomorrow}")
    assert [f'name="{name}"' in page for name in (first, ahead)] == [True, True]
    locked = re.findall(r'<input id="f-(h-[^"]+)"[^>]* readonly>', page)
    assert (first in locked, ahead in locked) == (False, True)
    seen = hidden(page, "timesheet")
    wrong = seen | {first: "14:00", second: "12h", ahead: "2h"}
    answer = await client.post(f"{at}/timesheet", data=wrong)
    assert answer.status_code == 422
    full, early = {
        "fr": ("Une journée n’a que 24 heures.", "Ce jour n’est pas encore venu."),
        "en": ("A day has only 24 hours.", "This day has not come yet."),
    }[lang]
    colon = " :" if lang == "fr" else ":"
    for field, task, day, said in (
        (second, "Task 1", today, full), (ahead, "Task 0", tomorrow, early)
    ):  # fmt: skip
        told = f"{task}, {format_date(day, lang, 'day')}{colon} {said}"
        assert f'<a href="#f-{field}">{told}</a>' in plain(answer.text)
    moved = seen | {first: "0", second: "15h"}
    assert (await client.post(f"{at}/timesheet", data=moved)).is_redirect
    assert [line.minutes for line in await queries.entries(UUID(week))] == [900]


async def test_a_line_without_its_day_is_shown_again_as_it_was_typed(
    client: httpx.AsyncClient,
) -> None:
    people = await work.pair()
    _week, (line,) = await entered(people, 60)
    await accounts.log_in(client, people.assistant.person)
    typed = {"worked_on": "", "minutes": "1h45", "task": "Invoices", "note": "With the scans"}
    answer = await client.post(f"/en/entries/{line}", data=typed)
    assert answer.status_code == 422
    assert "Please fill this in." in answer.text
    for text in ("1h45", "Invoices", "With the scans"):
        assert f'value="{text}"' in answer.text


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


async def test_hours_and_reasons_that_come_too_late_are_shown_with_what_became_of_the_week(
    client: httpx.AsyncClient,
) -> None:
    people = await work.pair()
    at, lines = await entered(people, 60)
    week, day = f"/fr/units/{at}", f"{clock.today()}"
    await accounts.log_in(client, people.assistant.person)
    seen = hidden((await client.get(week)).text, "timesheet")
    assert (await client.post(f"{week}/submit")).is_redirect
    line = {"worked_on": day, "minutes": "2h", "task": "Rappels", "note": "Deux clients"}
    (row,) = [name[2:] for name in seen if name.startswith("t-")]
    for path, typed, kept in (
        (f"{week}/entries", line, "Deux clients"),
        (f"{week}/timesheet", seen | {f"h-{row}-{day}": "3"}, "Task 0 · 3:00"),
        (f"/fr/entries/{lines[0]}", line, "Rappels · 2:00"),
    ):
        late = await client.post(path, data=typed)
        assert (late.status_code, kept in late.text) == (409, True), path
        assert "Cette semaine est envoyée ou réglée" in late.text
    await timesheets.approve_week(people.business, UUID(at))
    await accounts.log_in(client, people.business.person)
    contest = {"reason": "Convenu gratuit", "minutes": "0"}
    late = await client.post(f"/fr/entries/{lines[0]}/contest", data=contest)
    assert (late.status_code, "Convenu gratuit" in late.text) == (409, True)


@pytest.mark.parametrize("left", [False, True])
async def test_a_timer_that_outlives_its_week_is_discarded_and_starts_anew(
    client: httpx.AsyncClient, left: bool
) -> None:
    people = await work.pair()
    at, _lines = await entered(people, 60)
    week = await queries.unit(people.assistant, UUID(at))
    await accounts.log_in(client, people.assistant.person)
    await client.post(f"/fr/units/{at}/timer", data={"task": "Appels"})
    refused = await client.post(f"/fr/units/{at}/submit")  # it would be lost
    assert (refused.status_code, "Arrêtez-le d’abord" in refused.text) == (409, True)
    assert "timer/stop" in refused.text
    clock.advance(((week.ends_on - clock.today()).days + 2) * 86_400)
    await ticks.run_due()
    assert (await queries.unit(people.assistant, week.id)).status is Status.SUBMITTED
    if left:
        await Membership.filter(party_id=people.assistant_id).delete()
    else:
        page = (await client.get(f"/fr/units/{at}")).text
        assert "Il a mesuré 24 h" in page
        assert ("timer/stop" in page, "timer/discard" in page) == (False, True)
    told = await client.post(f"/fr/units/{at}/timer/discard")
    assert told.headers["location"] == ("/fr/contracts" if left else f"/fr/units/{at}")
    if not left:
        following = await Unit.get(contract_id=week.contract_id, position=2)
        started = await client.post(f"/fr/units/{following.id}/timer", data={"task": "Appels"})
        assert started.is_redirect


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


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_no_page_or_mail_speaks_of_held_money_where_payments_are_only_recorded(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    people = await work.with_outsider(await work.pair())
    await client.get(f"/{lang}/")
    for terms in (work.hourly(), work.flat(), work.project(20000)):
        for days in (0, 10):
            contract = await work.signed(people, terms, trial_days=days)
            for who in (people.business, people.assistant):
                await accounts.log_in(client, who.person)
                room = (await client.get(f"/{lang}/contracts/{contract.id}/work")).text
                ending = room.split('id="ending"')[1].split("</details>")[0]
                start = " ".join(re.findall(r'class="note.*?</div>', room, re.DOTALL)[1:])
                said = ending + start
                assert not re.search("provisionn|repart|revien|held|goes back|comes back", said)
                assert re.search("dû|due", said)
    week = await work.signed(people, work.hourly(), trial_days=0)
    clock.advance(40 * 86_400)
    await weeks.pause(week.id)
    await run_jobs()
    for person in (people.business.person, people.assistant.person):
        mails = (" ".join(accounts.text_of(m).split()) for m in accounts.mailbox(person.email))
        told = [text for text in mails if "Aucune heure depuis" in text]
        assert told
        assert all("en pause jusqu’à sa reprise" in text for text in told)


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
