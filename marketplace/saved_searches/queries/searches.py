"""Owns whose searches are whose, and what one asks in words; never writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from marketplace.core.errors import Invalid, NotFound
from marketplace.core.settings import settings
from marketplace.directory import queries as directory
from marketplace.directory.queries import world
from marketplace.saved_searches.models import SavedSearch
from marketplace.saved_searches.rules import NAME_MAX, StopLinkUnknown, stopped_by
from marketplace.saved_searches.schemas import SavedSearchView
from search.query import SearchQuery, canonical, parse

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer

# How a result is shown is not part of what is looked for.
SHOWING: Final = frozenset({"page", "per_page", "facets", "explain", "lang"})


async def all_of(viewer: Viewer) -> list[SavedSearch]:
    """The viewer's searches, the newest first."""
    return await SavedSearch.filter(person_id=viewer.person_id).order_by("-created_at", "id")


async def get(viewer: Viewer, search_id: UUID) -> SavedSearch:
    """One of them. Raises NotFound."""
    found = await SavedSearch.get_or_none(pk=search_id, person_id=viewer.person_id)
    if found is None:
        raise NotFound
    return found


async def by_stop_token(token: str) -> SavedSearch:
    """The search whose mails a link stops, whoever asks. Raises StopLinkUnknown."""
    found = await SavedSearch.get_or_none(pk=stopped_by(token, settings().secret_key))
    if found is None:
        raise StopLinkUnknown
    return found


def parsed(query: str) -> SearchQuery:
    """A search from its written form. Raises Invalid when part of it is not understood.

    A filter that no longer exists must not be left out: the search would tell of strangers.
    """
    pairs = [pair for pair in parse_qsl(query) if pair[0] not in SHOWING]
    found, problems = parse(pairs, directory.PLACES)
    if problems:
        raise Invalid({"query": problems[0].message})
    return found


def as_written(query: SearchQuery) -> str:
    """The search as its address has it."""
    pairs = [pair for pair in canonical(query) if pair[0] not in SHOWING]
    return urlencode(pairs, safe=":@,/")


def named(query: SearchQuery, locale: str) -> str:
    """What a search may be called: its words and filters."""
    parts = [query.q, world.city_name(query.near, locale) if query.near else ""]
    left_out = {"q", "near", "covers", "rate_min", "rate_max", "available_hours"}
    for name, value in query.filters:
        if name not in left_out:
            parts.append(world.label(name, value, locale))
    return ", ".join(part for part in parts if part)[:NAME_MAX]


def view(row: SavedSearch) -> SavedSearchView:
    """The search as shown to its person."""
    return SavedSearchView(
        id=row.id,
        name=row.name,
        query=row.query,
        url=f"/{row.locale}/assistants" + (f"?{row.query}" if row.query else ""),
        rhythm=row.rhythm,
        paused=row.paused_at is not None,
        next_at=row.next_at,
        last_sent_at=row.last_sent_at,
        created_at=row.created_at,
    )
