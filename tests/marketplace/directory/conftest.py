"""Shorthands for tests of the directory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from marketplace.core import db
from marketplace.directory import service
from marketplace.directory.queries import finding, views
from search.sync import Administration
from tests.fixtures.services import Server

Found = Callable[..., Awaitable[list[str]]]


@pytest.fixture
async def index(search_engine: Server, database: str) -> Any:
    """The connected search side without HTTP: client open, index ready, dropped afterwards."""
    del search_engine, database
    admin = service.administration()
    assert admin is not None
    await admin.ensure()
    async with service.opened():
        yield admin
    await admin.drop()


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until a check holds; how long it may take says how busy the machine is."""
    limit = time.monotonic() + 60
    while not await check():
        assert time.monotonic() < limit, "waited in vain"
        await asyncio.sleep(0.02)


async def slugs(query: Any) -> list[str]:
    """The slugs a search finds now."""
    return [views.facts(hit, "fr")["slug"] for hit in (await finding.find(query)).answer.hits]


async def different(admin: Administration) -> list[str]:
    """The ids of the documents that reconciling would send."""
    return sorted([one async for page in service.differences(admin) for one in page])


async def jobs_of(name: str) -> int:
    """How many jobs of a name wait."""
    rows = await db.connection().execute_query_dict(
        "SELECT count(*) AS n FROM procrastinate_jobs WHERE task_name = $1 AND status = 'todo'",
        [name],
    )
    return int(rows[0]["n"])
