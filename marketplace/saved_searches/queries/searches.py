"""Owns whose searches are whose; never writes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core.errors import NotFound
from marketplace.core.settings import settings
from marketplace.directory.queries import written
from marketplace.saved_searches.models import SavedSearch
from marketplace.saved_searches.rules import StopLinkUnknown, stopped_by
from marketplace.saved_searches.schemas import SavedSearchView

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


async def all_of(viewer: Viewer) -> list[SavedSearch]:
    """The viewer's searches, the newest first."""
    return await SavedSearch.filter(person_id=viewer.person_id).order_by("-created_at", "id")


async def get(viewer: Viewer, search_id: UUID) -> SavedSearch:
    """One of them. Raises NotFound."""
    found = await SavedSearch.get_or_none(pk=search_id, person_id=viewer.person_id)
    if found is None:
        raise NotFound
    return found


async def same(viewer: Viewer, query: str) -> SavedSearch | None:
    """The viewer's search that finds the same people, in whatever order, if any."""
    wish = written.wished(query)
    return next((row for row in await all_of(viewer) if written.wished(row.query) == wish), None)


async def by_stop_token(token: str) -> SavedSearch:
    """The search whose mails a link stops, whoever asks. Raises StopLinkUnknown."""
    found = await SavedSearch.get_or_none(pk=stopped_by(token, settings().secret_key))
    if found is None:
        raise StopLinkUnknown
    return found


def view(row: SavedSearch) -> SavedSearchView:
    """The search as shown to its person."""
    return SavedSearchView(
        id=row.id,
        name=row.name,
        query=row.query,
        url=f"/{row.locale}/assistants" + (f"?{row.query}" if row.query else ""),
        rhythm=row.rhythm,
        time_zone=row.time_zone,
        paused=row.paused_at is not None,
        next_at=row.next_at,
        last_sent_at=row.last_sent_at,
        created_at=row.created_at,
    )
