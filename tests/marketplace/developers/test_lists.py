"""Lists that grow are handed out in pages that neither repeat nor lose anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.web.paging import PageQuery, cut
from marketplace.work.models import TimeEntry, Unit

if TYPE_CHECKING:
    from tests.marketplace.developers.world import World


async def walk(client: httpx.AsyncClient, path: str, key: str, limit: int) -> list[Any]:
    """Every item of a list, page by page."""
    found, cursor = [], ""
    for _ in range(200):
        given_ = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        answer = await client.get(path, params=given_)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page[key]) <= limit
        found += page[key]
        cursor = page["next"]
        if cursor is None:
            return found
    pytest.fail("the list never ends")


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
async def test_every_list_is_the_same_in_pages_of_any_size(world: World, limit: int) -> None:
    project = world.values["contract_id"][4]
    milestone = await Unit.filter(contract_id=project, position=1).get()
    week = (await TimeEntry.all())[0].unit_id
    lists = {
        "/api/v1/contracts": "items",
        f"/api/v1/contracts/{project}/statement": "lines",
        f"/api/v1/units/{week}/entries": "items",
        f"/api/v1/units/{milestone.id}/deliveries": "items",
        f"/api/v1/payouts/{world.values['party_id'][0]}": "lines",
    }
    for path, key in lists.items():
        who = "assistant" if "payouts" in path else "business"
        async with world.client(who) as client:
            whole = (await client.get(path, params={"limit": "100"})).json()[key]
            assert await walk(client, path, key, limit) == whole, path
            if "payouts" not in path:
                assert whole, path


async def test_what_is_added_meanwhile_neither_repeats_nor_hides_a_row(world: World) -> None:
    first = (await TimeEntry.all().order_by("created_at"))[0]
    path = f"/api/v1/units/{first.unit_id}/entries"
    async with world.client("business") as client:
        before = (await client.get(path)).json()["items"]
        page = (await client.get(path, params={"limit": "1"})).json()
        await TimeEntry.create(
            unit_id=first.unit_id, person_id=first.person_id, worked_on=first.worked_on,
            minutes=5, task="Late", note="", created_at=clock.now(), updated_at=clock.now(),
        )  # fmt: skip
        rest = (await client.get(path, params={"cursor": page["next"]})).json()["items"]
    assert [*page["items"], *rest][: len(before)] == before
    assert [each["task"] for each in rest].count("Late") == 1


@pytest.mark.parametrize("cursor", ["x", "é", "%", "_____"])
async def test_a_cursor_that_is_none_of_ours_is_refused(world: World, cursor: str) -> None:
    week = (await TimeEntry.all())[0].unit_id
    async with world.client("business") as client:
        answer = await client.get(f"/api/v1/units/{week}/entries", params={"cursor": cursor})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "cursor"


@given(
    st.lists(st.integers(0, 10**9), unique=True).map(sorted),
    st.integers(1, 7),
    st.data(),
)
def test_cutting_keeps_what_stays_whatever_comes_and_goes(
    numbers: list[int], limit: int, data: st.DataObject
) -> None:
    def key(number: int) -> str:
        return f"{number:010}"

    rows, seen, cursor, went = list(numbers), list[int](), "", set[int]()
    while True:
        page, after = cut(rows, PageQuery(cursor=cursor, limit=limit), key)
        seen += page
        if after is None:
            break
        cursor = after
        gone = data.draw(st.sampled_from(rows))
        went.add(gone)  # it may come back behind the page that was read
        rows = sorted({*rows, data.draw(st.integers(0, 10**9))} - {gone})
    assert seen == sorted(set(seen))
    assert set(seen) >= set(numbers) - went


def test_a_cursor_survives_no_change() -> None:
    with pytest.raises(Invalid):
        cut([1, 2], PageQuery(cursor="!", limit=1), str)
