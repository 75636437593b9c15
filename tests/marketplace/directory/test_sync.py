"""The index follows the profiles: publish, change, pause, rebuild, accidents."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

from meilisearch import Client

from marketplace.core import clock, jobs
from marketplace.core.settings import settings
from marketplace.directory import service
from marketplace.directory.queries import projection
from marketplace.directory.queries.index import Index, reading_key, state
from marketplace.directory.schemas import CodeLabel, Hit, RateView, SpokenView
from marketplace.profiles.models import Profile
from search import index_settings, schema
from search.index_settings import shown
from search.query import SearchQuery
from tests.marketplace.directory import people
from tests.marketplace.directory.conftest import different, jobs_of, slugs, until
from tests.search.conftest import indexed

if TYPE_CHECKING:
    from datetime import date

    import httpx
    import pytest

    from search.schema import AssistantDocument
    from search.sync import Administration
    from tests.fixtures.application import RunJobs
    from tests.fixtures.services import Server


async def test_published_changed_and_paused_profiles_show_as_such_within_five_seconds(
    index: Administration, run_jobs: RunJobs
) -> None:
    del index
    profile = await people.publish("lea", headline="Standardiste")

    async def found() -> bool:
        return await slugs(SearchQuery(q="standardiste")) == ["lea"]

    async def renamed() -> bool:
        return await slugs(SearchQuery(q="comptable")) == ["lea"]

    async def gone() -> bool:
        return await slugs(SearchQuery()) == []

    await run_jobs()
    await until(found)
    await people.change(profile, headline_fr="Comptable", hourly_rate_minor=4100)
    await run_jobs()
    await until(renamed)
    await people.pause(profile)
    await run_jobs()
    await until(gone)


async def test_a_late_job_cannot_bring_back_an_old_version(index: Administration) -> None:
    profile = await people.publish("lea", headline="Ancien titre")
    old, _gone = await projection.current([profile.id])
    await people.change(profile, headline_fr="Nouveau titre")
    await service.send(index, [profile.id])
    await index.upsert(old, clock.today("UTC"), wait=True)  # a worker that slept through it all
    await service.send(index, [profile.id])  # ... looks again before it is done
    versions = await indexed(index)
    assert versions[str(profile.id)][0] == 2


async def test_jobs_wait_while_search_is_away(
    index: Administration, monkeypatch: pytest.MonkeyPatch, run_jobs: RunJobs
) -> None:
    await people.publish("lea")
    right = settings().meili_url
    monkeypatch.setenv("MEILI_URL", "http://127.0.0.1:9")
    settings.cache_clear()
    await run_jobs()
    assert await jobs_of("directory.sync") == 1
    monkeypatch.setenv("MEILI_URL", right)
    settings.cache_clear()
    clock.advance(20)
    await run_jobs()
    assert len(await indexed(index)) == 1


async def test_what_waits_travels_together_and_a_broken_profile_keeps_nobody_back(
    index: Administration, run_jobs: RunJobs
) -> None:
    before = await written(index)
    for number in range(15):
        await people.publish(f"p-{number}")
    assert await jobs_of("directory.sync") == 15
    await run_jobs()
    # A job that a worker takes up just as a load leaves travels with the next.
    assert await written(index) - before <= 2
    await people.publish("broken", time_zone="Nowhere/Town")  # no clock for it
    await people.publish("fine")
    await run_jobs()
    assert await slugs(SearchQuery(q="fine")) == ["fine"]
    assert len(await indexed(index)) == 16
    assert await jobs_of("directory.sync") == 1  # tried again later, and told to operators then


async def test_what_is_refused_after_it_was_accepted_keeps_nobody_back(
    index: Administration,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = await people.publish("broken")
    for number in range(3):
        await people.publish(f"p-{number}")
    whole = schema.to_index

    def spoilt(document: AssistantDocument, monday: date) -> dict[str, object]:
        row = whole(document, monday)
        return {**row, "id": "no id !"} if document.id == str(broken.id) else row

    monkeypatch.setattr("search.sync.to_index", spoilt)
    await run_jobs()
    assert len(await indexed(index)) == 3
    assert [f"the index refuses {broken.id}" in each for each in caplog.messages].count(True) == 1
    monkeypatch.setattr("search.sync.to_index", whole)
    await service.reconcile(0)
    assert len(await indexed(index)) == 4


async def test_a_job_of_the_version_before_is_still_done(
    index: Administration, run_jobs: RunJobs
) -> None:
    profile = await people.publish("lea")
    await run_jobs()
    await index.delete([str(profile.id)], wait=True)
    await jobs.defer("directory.sync", profile_ids=[str(profile.id)], ahead=True)
    await run_jobs()
    assert len(await indexed(index)) == 1


async def written(index: Administration) -> int:
    """How many writes of documents Meilisearch was asked for."""
    chosen = settings()
    client = Client(chosen.meili_url, chosen.meili_master_key)
    asked = {"indexUids": [index.index], "types": ["documentAdditionOrUpdate"]}
    return int((await asyncio.to_thread(client.get_tasks, asked)).total)


async def test_a_rebuild_equals_single_writes_and_loses_no_change_made_meanwhile(
    index: Administration, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [await people.publish(f"p-{n}", rate_minor=2000 + n) for n in range(24)]
    await run_jobs()
    before = await indexed(index)
    monkeypatch.setattr(service, "BATCH", 4)
    told: list[tuple[int, int, str]] = []

    async def meanwhile() -> None:
        for n, profile in enumerate(made[:8]):
            if n % 2:
                await people.pause(profile)
            else:
                await people.change(profile, hourly_rate_minor=9900)
            await service.send(index, [profile.id])

    changing = asyncio.create_task(meanwhile())
    await service.reindex(lambda done, total, label: told.append((done, total, label)))
    await changing
    after = await indexed(index)
    wanted = {str(one.id): one.version for one in await Profile.filter(status="published")}
    assert {id_: version for id_, (version, *_rest) in after.items()} == wanted
    assert len(before) == 24
    counted = [(total, label) for _done, total, label in told]
    opening, reading, sent, indexing, swapping = dict.fromkeys(counted)  # each wait has its name
    assert sent == (24, "Search index")
    assert [one[0] for one in (opening, reading, indexing, swapping)] == [0] * 4


async def test_who_can_only_search_and_count_knows_how_the_index_is(
    index: Administration, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.send(index, [(await people.publish("lea")).id])

    async def asked(**named: str) -> Index:
        for name, value in named.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        return await state()

    found = await asked(MEILI_SEARCH_KEY=reading_key(), MEILI_MASTER_KEY="")
    assert (found.state, found.documents, found.rebuilt) == ("ok", 1, None)
    assert found.version == index_settings.version()
    assert await asked(MEILI_SEARCH_KEY="of another server") == Index("unknown")
    assert await asked(MEILI_URL="http://127.0.0.1:9") == Index("away")
    assert await asked(MEILI_URL="") == Index("off")


async def test_reconciling_mends_what_an_accident_left(index: Administration) -> None:
    kept = await people.publish("kept")
    lost = await people.publish("lost")
    await service.send(index, [kept.id, lost.id])
    await index.delete([str(lost.id)], wait=True)
    ghost, _ = await projection.current([kept.id])
    import dataclasses

    strange = dataclasses.replace(ghost[0], id="00000000-0000-0000-0000-00000000dead")
    await index.upsert([strange], clock.today("UTC"), wait=True)
    assert set(await different(index)) == {str(lost.id), strange.id}
    async with service._alone():  # a rebuild mends all of it, and both would wait for each other
        await service.reconcile(0)
        assert set(await different(index)) == {str(lost.id), strange.id}
    await service.reconcile(0)
    assert set(await indexed(index)) == {str(kept.id), str(lost.id)}


async def test_profiles_are_projected_anew_when_their_clock_changes(
    index: Administration,
) -> None:
    profile = await people.publish("lea", city="paris")
    steady = await people.publish("awa", city="paris", time_zone="Africa/Dakar")
    await service.send(index, [profile.id, steady.id])
    assert await different(index) == []
    changed: list[UUID] = []
    for _week in range(40):  # until it lies beyond the last Sunday of October or March
        clock.advance(7 * 86_400)
        changed = [UUID(one) for one in await different(index)]
        if changed:
            break
    assert changed == [profile.id]
    await service.reconcile(0)
    assert await different(index) == []


def names(shape: type) -> list[str]:
    return list(shape.__annotations__)


def test_another_shape_of_what_is_shown_has_another_field() -> None:
    """Else an update meets documents that hold the old one, and fails at them."""
    fields = " ".join(name for one in (Hit, CodeLabel, SpokenView, RateView) for name in names(one))
    digest = hashlib.sha256(fields.encode()).hexdigest()[:8]
    assert (shown(""), digest) == ("shown3_", "94bba5cf"), (
        "rename the field, then write both down here"
    )


async def test_documents_of_an_older_form_are_told_of_by_the_database(
    client: httpx.AsyncClient, run_jobs: RunJobs, search_engine: Server
) -> None:
    """An update of the program must not break searches until everyone is written anew."""
    del search_engine
    for name in ("lea-aubry", "tom-aubry"):
        await people.publish(name, headline=f"Standardiste {name}")
    await run_jobs()
    admin = service.administration()
    assert admin is not None
    kept = Client(settings().meili_url, settings().meili_master_key).index(admin.index)
    old = [dict(row) for row in kept.get_documents({"limit": 9}).results]
    bare = [{k: v for k, v in row.items() if not k.startswith(shown(""))} for row in old]
    kept.wait_for_task(kept.add_documents(bare).task_uid)
    page = await client.get("/fr/assistants?q=standardiste")
    assert page.text.count('class="card"') == 2
    answer = (await client.get("/api/v1/assistants?q=standardiste&lang=en")).json()
    assert {row["headline"] for row in answer["hits"]} == {
        "Standardiste lea-aubry", "Standardiste tom-aubry"
    }  # fmt: skip
    assert (await client.get("/fr/assistants/suggest?q=aubry")).status_code == 200
