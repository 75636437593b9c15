"""A real index of tests' own, filled with a small made-up directory."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from search.client import SearchClient
from search.geo import distance_km
from search.keys import search_key
from search.parameters import Places, Point, Towns
from search.query import parse
from search.sync import Administration
from tests.search.corpus import PLACES, TODAY, people

if TYPE_CHECKING:
    from pathlib import Path

    from search.answers import Answer
    from tests.fixtures.services import Server


def around(point: Point, within_km: int) -> Towns:
    """The towns of tests/search/corpus.py so near."""
    away = ((slug, distance_km(point, town[2])) for slug, town in PLACES.items())
    return tuple(sorted((one for one in away if one[1] <= within_km), key=lambda one: one[1]))


WORLD = Places(
    point=lambda slug: PLACES[slug][2] if slug in PLACES else None,
    around=around,
    country=lambda code: len(code) == 2,
    region=lambda code: code[2:3] == "-",
    jurisdiction=lambda code: code in {"FR", "BE", "GB", "CA-QC"},
    legal_form=lambda code: code in {"sole_trader", "company", "umbrella"},
    tax_status=lambda code: code in {"franchise", "vat_registered"},
)


class Directory:
    """An index and both its sides, with a shorthand to ask it."""

    def __init__(self, admin: Administration, client: SearchClient) -> None:
        self.admin, self.client = admin, client

    async def find(self, **params: str | list[str]) -> Answer:
        """The answer to parameters, a list for a repeated one."""
        pairs = [
            (name, one)
            for name, value in params.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        query, problems = parse(pairs, WORLD)
        assert not problems, problems
        return await self.client.find(query, TODAY)

    async def ids(self, **params: str | list[str]) -> list[str]:
        """The ids of the first page."""
        return [hit["id"] for hit in (await self.find(**params)).hits]


async def indexed(admin: Administration) -> dict[str, tuple[int, str, int]]:
    """Every document's version."""
    return {id_: one async for page in admin.versions() for id_, one in page.items()}


@pytest.fixture(scope="session")
def meilisearch_key(meilisearch_server: Server, data_dir: Path) -> str:
    """The master key of the test server."""
    return (data_dir / "keys/meilisearch").read_text().strip()


@pytest.fixture
async def empty(meilisearch_server: Server, meilisearch_key: str) -> AsyncIterator[Directory]:
    """An index with nobody in it."""
    async with _opened(meilisearch_server.url, meilisearch_key) as directory:
        yield directory


@pytest.fixture(scope="module")
async def filled(meilisearch_server: Server, meilisearch_key: str) -> AsyncIterator[Directory]:
    """The index of tests/search/corpus.py; tests must not write to it."""
    async with _opened(meilisearch_server.url, meilisearch_key) as directory:
        await directory.admin.upsert(people(), TODAY)
        while len(await indexed(directory.admin)) < len(people()):
            await asyncio.sleep(0.05)
        yield directory


class _opened:  # noqa: N801 - used as a function
    def __init__(self, url: str, key: str) -> None:
        self.admin = Administration(url, key, f"test_{uuid.uuid4().hex}")
        self.client = SearchClient(url, search_key(key, self.admin.index), self.admin.index)

    async def __aenter__(self) -> Directory:
        await self.admin.ensure()
        await self.client.open()
        return Directory(self.admin, self.client)

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()
        await self.admin.drop()
