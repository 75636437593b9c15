"""Owns finding people: Meilisearch first, the plain listing while it is away; never writes."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core import clock
from marketplace.core.errors import Unavailable
from marketplace.core.i18n import _
from marketplace.directory.queries import listing
from marketplace.directory.rules import FALLBACK_CANNOT, FALLBACK_SECONDS
from search.errors import SearchRefused, SearchUnavailable

if TYPE_CHECKING:
    from search.client import SearchClient
    from search.plan import Answer
    from search.query import SearchQuery

log = logging.getLogger("relais.directory")
_client: list[SearchClient] = []


class DirectoryAway(Unavailable):
    """Neither the index nor the database answered in time."""

    message = _("The directory is away for a moment. Nothing was lost; please try again.")


@dataclass(frozen=True, slots=True)
class Found:
    """An answer. `plain` while Meilisearch is away; `left_out` names what was not applied then."""

    query: SearchQuery
    answer: Answer
    plain: bool = False
    left_out: tuple[str, ...] = ()


def connect(client: SearchClient | None) -> None:
    """Set the process's search client; None when there is none (any more)."""
    _client[:] = [client] if client else []


def connected() -> SearchClient | None:
    """The process's search client, if search is configured."""
    return _client[0] if _client else None


async def find(query: SearchQuery) -> Found:
    """The people a search finds. Raises DirectoryAway when nothing answers in time."""
    client = connected()
    if client:
        try:
            return Found(query, await client.find(query, clock.today("UTC")))
        except SearchUnavailable as away:
            log.warning("search is away, listing from the database: %s", away)
        except SearchRefused:
            log.exception("Meilisearch refused a search, listing from the database")
    try:
        answer = await asyncio.wait_for(listing.find(query), FALLBACK_SECONDS)
    except TimeoutError as late:
        raise DirectoryAway from late
    given = {name for name, _value in query.filters}
    left_out = tuple(name for name in FALLBACK_CANNOT if name in given)
    return Found(query, answer, plain=True, left_out=left_out)
