"""Owns finding what is new or changed among a search's matches; never writes.

The database says what changed, the index what matches, the database again what may be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from marketplace.core.db import connection
from marketplace.core.i18n import gettext
from marketplace.directory import queries as directory
from marketplace.directory.queries.written import parsed
from marketplace.saved_searches.models import ProfileMark, Told
from marketplace.saved_searches.rules import BATCH, SETTLE, changed_since, is_news

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.directory.schemas import Hit
    from marketplace.saved_searches.models import SavedSearch

DUE: Final = """
SELECT id FROM saved_search s
WHERE paused_at IS NULL AND next_at <= $1 AND id > $3
  AND (rhythm <> 'at_once' OR EXISTS (
    SELECT FROM profile_mark m WHERE m.changed_at > s.looked_until AND m.changed_at <= $2))
ORDER BY id LIMIT $4"""


@dataclass(frozen=True, slots=True)
class News:
    """Somebody to tell of: `is_new` in the directory since the last look, else changed.

    `changed` says in the search's language what; empty where that was not noted yet.
    """

    profile_id: UUID
    mark: str
    is_new: bool
    hit: Hit
    changed: str


async def due(now: datetime, beyond: UUID, limit: int) -> list[UUID]:
    """Searches whose time has come; those that tell at once only when something changed."""
    rows = await connection().execute_query_dict(DUE, [now, now - SETTLE, beyond, limit])
    return [UUID(str(row["id"])) for row in rows]


async def changed(since: datetime, until: datetime) -> list[ProfileMark]:
    """Of the profiles whose last change that matters lies after `since`, to `until`."""
    rows = ProfileMark.filter(changed_at__gt=since, changed_at__lte=until)
    return await rows.order_by("changed_at")


async def fresh(search: SavedSearch, since: datetime, until: datetime) -> list[News]:
    """What the search has to tell, the best match first.

    Raises SearchUnavailable (nothing is guessed then), Invalid (a filter no longer exists).
    """
    told = {row.profile_id: row.mark for row in await Told.filter(saved_search=search)}
    marks = {
        row.profile_id: row
        for row in await changed(since, until)
        if is_news(row.mark, row.changed_at, told.get(row.profile_id), search.looked_until)
    }
    asked = [*marks]
    query = parsed(search.query)
    found: list[dict[str, Any]] = []
    for start in range(0, len(asked), BATCH):
        found += await directory.among(query, [str(one) for one in asked[start : start + BATCH]])
    people = await directory.several([UUID(raw["id"]) for raw in found], search.locale)
    return [
        News(
            UUID(raw["id"]),
            marks[UUID(raw["id"])].mark,
            raw["published_at"] > since.timestamp() and UUID(raw["id"]) not in told,
            people[raw["id"]],
            _changed(marks[UUID(raw["id"])], search, since),
        )
        for raw in found
        if raw["id"] in people
    ]


def _changed(row: ProfileMark, search: SavedSearch, since: datetime) -> str:
    """What has, since the last look; since before it where the index was late."""
    news = changed_since(row.facts, search.looked_until) or changed_since(row.facts, since)
    return ", ".join(gettext(words, search.locale) for words in news)
