"""Saved searches over time: people pause and come back, free days come near, filters disappear."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.states import Status
from marketplace.saved_searches import service
from marketplace.saved_searches.models import ProfileMark, SavedSearch
from tests.factories import accounts
from tests.marketplace.directory import people
from tests.marketplace.saved_searches.test_alerts import (
    DAY,
    INVOICING,
    letters,
    saved,
    seconds_to,
)

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs
    from tests.fixtures.services import Server


async def looked(row: SavedSearch, run_jobs: RunJobs) -> list[str]:
    """The texts of the mails that the next look sends."""
    before = len(letters(row))
    clock.advance(max(60, seconds_to((await SavedSearch.get(pk=row.id)).next_at)))
    await service.tick(0)
    await run_jobs()
    return [accounts.text_of(one) for one in letters(row)[before:]]


async def test_who_comes_back_from_a_pause_is_new_to_whom_never_heard_of_them(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    away = await people.publish("away-one", **INVOICING)
    told = await people.publish("told-one", **INVOICING)
    await run_jobs()
    await people.pause(away)
    clock.advance(DAY)
    row = await saved(client, "daily")
    await people.change(told, hourly_rate_minor=4200)
    await run_jobs()
    (first,) = await looked(row, run_jobs)
    assert "Told One" in first
    assert "Away One" not in first
    await people.pause(told)
    await run_jobs()
    assert {one.mark for one in await ProfileMark.all()} == {""}
    clock.advance(DAY)
    for profile in (away, told):
        await Profile.filter(pk=profile.id).update(status=Status.PUBLISHED)
        await people.change(await Profile.get(pk=profile.id))
    await run_jobs()
    (second,) = await looked(row, run_jobs)
    assert "Away One (de retour)" in second
    assert "Told One" not in second  # told before, and as they were
    await people.change(await Profile.get(pk=told.id), hourly_rate_minor=4300)
    await run_jobs()
    (third,) = await looked(row, run_jobs)
    assert "Told One (a changé\xa0: prix)" in third
    assert "Away One" not in third


async def test_who_is_free_soon_is_told_when_the_day_comes_near(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    far = clock.today("UTC") + timedelta(days=20)
    await people.publish("free-later", **INVOICING, available_from=far)
    await run_jobs()
    row = await saved(client, "daily", "skill=invoicing&available=1")
    told: list[str] = []
    for _day in range(18):
        told += await looked(row, run_jobs)
    (text,) = told
    assert "Free Later (a changé\xa0: disponibilité)" in text


async def test_who_is_free_soon_is_told_at_once_though_nobody_changes_anything(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    far = clock.today("UTC") + timedelta(days=20)
    await people.publish("free-later", **INVOICING, available_from=far)
    await run_jobs()
    row = await saved(client, "at_once", "skill=invoicing&available=1")
    for _day in range(18):
        clock.advance(DAY)
        await service.tick(0)
    await run_jobs()
    (mail,) = letters(row)
    assert "Free Later" in accounts.text_of(mail)


async def test_mails_that_were_stopped_stay_stopped_whatever_an_older_page_sends(
    client: httpx.AsyncClient,
) -> None:
    row = await saved(client)
    page = (await client.get("/fr/saved-searches")).text
    change = page[page.index(f'action="/fr/saved-searches/{row.id}"') :]
    assert "paused" not in change[: change.index("</form>")]
    await SavedSearch.all().update(paused_at=clock.now())  # by the link of a mail
    renamed = {"name": "Factures et devis", "rhythm": "daily"}
    await client.post(f"/fr/saved-searches/{row.id}", data=renamed)
    await client.put(f"/api/v1/saved-searches/{row.id}", json=renamed)
    now = await SavedSearch.get()
    assert (now.name, now.paused_at is not None) == ("Factures et devis", True)
    mails = f"/fr/saved-searches/{row.id}/mails"
    assert f'action="{mails}"' in page
    for rests in ("0", "1"):
        await client.post(mails, data={"paused": rests})
        now = await SavedSearch.get()
        assert (now.name, now.paused_at is not None) == ("Factures et devis", rests == "1")
    answer = await client.put(f"/api/v1/saved-searches/{row.id}/mails", json={"paused": False})
    assert answer.json()["paused"] is False
    await accounts.log_in(client, await accounts.person())
    assert (await client.post(mails, data={"paused": "1"})).status_code == 404


async def test_a_search_whose_filter_is_gone_says_so_once_and_rests(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    row = await saved(client, "daily")
    await SavedSearch.all().update(query="skill=gone")
    (text,) = await looked(row, run_jobs)
    assert "/fr/saved-searches" in text
    assert "existe plus" in text
    assert (await SavedSearch.get()).paused_at is not None
    clock.advance(3 * DAY)
    await service.tick(0)
    await run_jobs()
    assert len(letters(row)) == 1


@pytest.mark.parametrize("suspended", [True, False])
async def test_mails_follow_the_account_its_language_and_its_suspension(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs, suspended: bool
) -> None:
    row = await saved(client, "daily")
    clock.advance(60)
    await people.publish("new-match", **INVOICING)
    await run_jobs()
    await Person.filter(pk=row.person_id).update(
        locale="en", suspended_at=clock.now() if suspended else None
    )
    told = await looked(row, run_jobs)
    if suspended:
        assert told == []
        await Person.filter(pk=row.person_id).update(suspended_at=None, suspended_for="")
        await service.tick(0)
        await run_jobs()
        told = [accounts.text_of(one) for one in letters(row)]
    (text,) = told
    assert "New Match (new)" in text
    assert "/en/saved-searches" in text
