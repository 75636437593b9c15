"""Page and API tell the same: of an index that is filled, of ratings, of days, of hours past midnight."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest

from marketplace.core import clock
from marketplace.directory.queries import reviewed
from tests.marketplace.directory import people
from tests.marketplace.directory.test_pages import directory

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

__all__ = ["directory"]
pytestmark = pytest.mark.usefixtures("search_engine")


async def test_while_the_first_index_is_empty_page_and_answer_list_who_is_published(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    gone = await people.publish("gone")
    await run_jobs()
    await people.pause(gone)
    await run_jobs()
    nobody = (await client.get("/api/v1/assistants")).json()
    assert (nobody["total"], nobody["plain"]) == (0, False)
    await people.publish("lea-roussel", skills=["invoicing"])
    for asked in ("", "?skill=invoicing"):
        body = (await client.get(f"/api/v1/assistants{asked}")).json()
        assert (body["total"], body["plain"]) == (1, True)
        page = (await client.get(f"/fr/assistants{asked}")).text
        assert "/fr/assistants/lea-roussel" in page
        assert "La recherche se rétablit" in page
    await run_jobs()
    body = (await client.get("/api/v1/assistants")).json()
    assert (body["total"], body["plain"]) == (1, False)


async def test_the_order_by_rating_is_offered_once_somebody_is_rated(
    directory: httpx.AsyncClient,
) -> None:
    reviewed.forget()
    offered = '<option value="rating"'
    assert offered not in (await directory.get("/fr/assistants")).text
    assert offered in (await directory.get("/fr/assistants?sort=rating")).text
    rated = await people.publish("rita-note")
    await people.change(rated, reviews=1, review_marks=12)
    reviewed.forget()
    assert offered in (await directory.get("/fr/assistants")).text


async def test_the_published_order_answers_for_a_day_and_refuses_what_it_does_not_know(
    client: httpx.AsyncClient,
) -> None:
    today = clock.today("UTC")
    before = (today - timedelta(days=3)).isoformat()
    then = (await client.get(f"/api/v1/ranking?day={before}&lang=en")).json()
    assert then["day"] == before
    assert then["seed"] in (await client.get(f"/en/ranking?day={before}")).text
    assert (await client.get("/api/v1/ranking")).json()["day"] == today.isoformat()
    later = (today + timedelta(days=1)).isoformat()
    for asked, field in (("day=soon", "day"), (f"day={later}", "day"), ("seed=1", "seed")):
        refused = await client.get(f"/api/v1/ranking?{asked}")
        assert refused.status_code == 400
        assert [one["field"] for one in refused.json()["errors"]] == [field]


async def test_a_place_nobody_knows_is_named_by_the_answer_and_beside_the_field(
    directory: httpx.AsyncClient,
) -> None:
    refused = await directory.get("/api/v1/assistants?near=qwxz")
    assert refused.status_code == 400
    assert [one["field"] for one in refused.json()["errors"]] == ["near"]
    page = (await directory.get("/fr/assistants?near=qwxz")).text
    assert re.search(r'id="place"[^>]*value="qwxz"[^>]*aria-describedby="place-error"', page)
    assert re.search(r'id="place-error".*?Nous ne connaissons pas ce lieu', page, re.DOTALL)


async def test_hours_past_midnight_say_so(directory: httpx.AsyncClient) -> None:
    asked = "/fr/assistants?covers=mon-fri@22:00-06:00@Europe/Paris"
    assert "22:00–06:00 le lendemain (Paris)" in unescape((await directory.get(asked)).text)
    asked = "/en/assistants?covers=mon-fri@09:00-24:00@Europe/Paris"
    assert "next morning" not in (await directory.get(asked)).text
