"""Writing to the index: settings once, changes at once, rebuilds without losing a write."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import pytest
from pytest import MonkeyPatch as Patch

from search import schema
from search.client import SearchClient
from search.errors import SearchUnavailable
from search.index_settings import shown
from search.keys import search_key
from search.query import SearchQuery
from search.schema import AssistantDocument
from search.sync import Administration, Drift
from tests.search.conftest import Directory, indexed
from tests.search.corpus import TODAY, people

if TYPE_CHECKING:
    from tests.fixtures.services import Server


async def no_drift(batch: list[AssistantDocument]) -> Drift:
    del batch
    return Drift([], [])


def batches(
    rows: list[AssistantDocument], size: int
) -> Callable[[str], AsyncIterator[list[AssistantDocument]]]:
    ordered = sorted(rows, key=lambda one: one.id)

    async def beyond(after: str) -> AsyncIterator[list[AssistantDocument]]:
        left = [one for one in ordered if one.id > after]
        for start in range(0, len(left), size):
            yield left[start : start + size]

    return beyond


async def test_settings_are_applied_only_when_they_changed(empty: Directory) -> None:
    assert await empty.admin.ensure() is False


@pytest.mark.parametrize("deleting", [False, True])
async def test_whoever_writes_first_finds_an_index_with_its_settings(
    empty: Directory, *, deleting: bool
) -> None:
    await empty.admin.drop()
    person = people()[0]
    if deleting:
        await empty.admin.delete([person.id], wait=True)
        assert (await empty.find(country=person.country)).total == 0
    await empty.admin.upsert([person], TODAY, wait=True)
    assert await empty.ids(country=person.country) == [person.id]
    assert await empty.admin.ensure() is False


async def test_upsert_and_delete_show_at_once(empty: Directory) -> None:
    person = people()[0]
    await empty.admin.upsert([person], TODAY, wait=True)
    assert await empty.ids() == [person.id]
    changed = dataclasses.replace(person, version=2, shown=("{}", '{"a": 1}'))
    await empty.admin.upsert([changed], TODAY, wait=True)
    asked = dataclasses.replace(SearchQuery(), locale="en")
    (found,) = (await empty.client.find(asked, TODAY)).hits
    assert found[shown("en")] == '{"a": 1}'
    assert shown("fr") not in found
    await empty.admin.delete([person.id], wait=True)
    assert await empty.ids() == []


async def test_a_rebuild_gives_the_same_index_as_single_writes(empty: Directory) -> None:
    rows = people()[:200]
    await empty.admin.upsert(rows, TODAY, wait=True)
    before = await empty.find(q="facturation", per_page="50")
    told: list[int] = []
    written = await empty.admin.rebuild(
        batches(rows, 80), TODAY, drift=no_drift, progress=told.append
    )
    after = await empty.find(q="facturation", per_page="50")
    assert (written, told) == (200, [80, 160, 200])
    assert [hit["id"] for hit in after.hits] == [hit["id"] for hit in before.hits]
    assert await indexed(empty.admin) == {
        one.id: (one.version, one.time_zone, stamp)
        for one in rows
        for stamp in [(await indexed(empty.admin))[one.id][2]]
    }


async def test_writes_during_a_rebuild_survive_the_swap(empty: Directory) -> None:
    rows = people()[:300]
    await empty.admin.upsert(rows, TODAY, wait=True)
    late = dataclasses.replace(rows[0], version=2, headline_fr="Changé pendant")
    new = dataclasses.replace(people()[400], id="new")

    async def source(_after: str) -> AsyncIterator[list[AssistantDocument]]:
        yield rows[:100]
        await empty.admin.upsert([late, new], TODAY)
        await empty.admin.delete([rows[1].id])
        yield rows[100:]

    failures = 0
    searching = True

    async def keep_searching() -> None:
        nonlocal failures
        while searching:
            failures += not (await empty.find(facets="0")).total
            await asyncio.sleep(0.01)

    asking = asyncio.create_task(keep_searching())
    await empty.admin.rebuild(source, TODAY, drift=no_drift)
    searching = False
    await asking
    assert failures == 0
    there = await indexed(empty.admin)
    assert there[late.id][0] == 2
    assert "new" in there
    assert rows[1].id not in there
    assert len(there) == 300


async def test_what_changed_while_a_batch_travelled_is_sent_again(empty: Directory) -> None:
    rows = people()[:50]
    newer = dataclasses.replace(rows[3], version=7)

    async def drift(batch: list[AssistantDocument]) -> Drift:
        return Drift([newer], [batch[0].id]) if rows[3] in batch else Drift([], [])

    await empty.admin.rebuild(batches(rows, 25), TODAY, drift=drift)
    there = await indexed(empty.admin)
    assert there[newer.id][0] == 7
    assert len(there) == len(rows) - 1


async def test_a_killed_rebuild_goes_on_where_it_was_unless_documents_look_different_now(
    empty: Directory, meilisearch_key: str, meilisearch_server: Server, monkeypatch: Patch
) -> None:
    rows = people()[:120]
    asked: list[str] = []
    told: list[int] = []

    async def killed(after: str) -> AsyncIterator[list[AssistantDocument]]:
        async for batch in batches(rows, 40)(after):
            if len(told) == 2:
                raise RuntimeError("killed")
            yield batch

    def again(after: str) -> AsyncIterator[list[AssistantDocument]]:
        asked.append(after)
        return batches(rows, 40)(after)

    ids = sorted(one.id for one in rows)
    with pytest.raises(RuntimeError):
        await empty.admin.rebuild(killed, TODAY, drift=no_drift, progress=told.append)
    late = dataclasses.replace(next(one for one in rows if one.id == ids[0]), version=2)
    await empty.admin.upsert([late], TODAY, wait=True)  # while nobody rebuilds
    other = Administration(meilisearch_server.url, meilisearch_key, empty.admin.index)
    assert await other.rebuild(again, TODAY, drift=no_drift, progress=told.append) == 120
    assert (asked, told) == ([ids[79]], [40, 80, 120])
    there = await indexed(other)
    assert (len(there), there[late.id][0]) == (120, 2)

    told.clear()
    with pytest.raises(RuntimeError):
        await empty.admin.rebuild(killed, TODAY, drift=no_drift, progress=told.append)
    monkeypatch.setattr(schema, "SHAPE", schema.SHAPE + 1)
    await other.rebuild(again, TODAY, drift=no_drift)
    assert asked[1:] == [""]


async def test_a_failed_rebuild_leaves_the_live_index_alone(empty: Directory) -> None:
    await empty.admin.upsert(people()[:20], TODAY, wait=True)

    async def broken(_after: str) -> AsyncIterator[list[AssistantDocument]]:
        yield people()[:5]
        raise RuntimeError("the source went away")

    with pytest.raises(RuntimeError):
        await empty.admin.rebuild(broken, TODAY, drift=no_drift)
    assert (await empty.find()).total == 20


async def test_the_search_key_cannot_write(
    empty: Directory, meilisearch_server: Server, meilisearch_key: str
) -> None:
    key = search_key(meilisearch_key, empty.admin.index)
    await empty.admin.ensure()  # again: the key is made once
    from meilisearch import Client
    from meilisearch.errors import MeilisearchApiError

    with pytest.raises(MeilisearchApiError):
        Client(meilisearch_server.url, key).index(empty.admin.index).add_documents([{"id": "x"}])


async def test_an_absent_server_is_reported_and_the_breaker_answers_at_once() -> None:
    admin = Administration("http://127.0.0.1:9", "key")
    with pytest.raises(SearchUnavailable):
        await admin.ensure()

    client = SearchClient("http://127.0.0.1:9", "key", "assistants")
    await client.open()
    try:
        for _ in range(5):
            with pytest.raises(SearchUnavailable):
                await client.ask([{}])
        assert client.breaker.open
    finally:
        await client.close()


def test_another_form_of_documents_has_another_number() -> None:
    form = " ".join(sorted(schema.to_index(people()[0], TODAY)))
    digest = hashlib.sha256(form.encode()).hexdigest()[:8]
    assert (schema.SHAPE, digest) == (16, "14a8d104"), "raise SHAPE, then write both down here"
