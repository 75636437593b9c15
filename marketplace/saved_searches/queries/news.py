"""Owns finding what is new or changed among a search's matches; never writes.

The database says what changed, the index what matches, the database again what may be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from tortoise.expressions import Q

from marketplace.core.db import connection
from marketplace.core.i18n import gettext
from marketplace.directory import queries as directory
from marketplace.directory.queries.written import parsed
from marketplace.directory.schemas import RateView
from marketplace.saved_searches.models import ProfileMark, Told
from marketplace.saved_searches.rules import (
    ASPECTS,
    BATCH,
    SETTLE,
    changed_since,
    is_news,
    price_at,
)
from search.conditions import SOON_DAYS
from search.index_settings import MAX_HITS as MATCHES

if TYPE_CHECKING:
    from datetime import datetime

    from tortoise.queryset import QuerySet

    from marketplace.directory.schemas import Hit
    from marketplace.saved_searches.models import SavedSearch
    from search.query import SearchQuery

DUE: Final = """
SELECT s.id FROM saved_search s JOIN person p ON p.id = s.person_id AND p.suspended_at IS NULL
WHERE paused_at IS NULL AND next_at <= $1 AND s.id > $3
  AND (rhythm <> 'at_once' OR EXISTS (
    SELECT FROM profile_mark m WHERE m.changed_at > s.looked_until AND m.changed_at <= $2)
    OR (s.looked_until < date_trunc('day', $2::timestamptz, 'UTC')
      AND '&' || s.query || '&' LIKE '%&available=1&%'))
ORDER BY s.id LIMIT $4"""
"""At once: where something changed, or a day began on which somebody is soon free."""


SOON: Final = timedelta(days=SOON_DAYS)


@dataclass(frozen=True, slots=True)
class News:
    """Somebody to tell of: `is_new` in the directory, or `is_back` in it, since the last look.

    Else changed: `changed` says what; empty where that was not noted yet. `before`: what an hour
    cost at the last look, where that was noted and was another price.
    """

    profile_id: UUID
    mark: str
    is_new: bool
    is_back: bool
    hit: Hit
    changed: str
    before: RateView | None


async def due(now: datetime, beyond: UUID, limit: int) -> list[UUID]:
    """Searches whose time has come; those that tell at once only when something may be news."""
    rows = await connection().execute_query_dict(DUE, [now, now - SETTLE, beyond, limit])
    return [UUID(str(row["id"])) for row in rows]


async def fresh(search: SavedSearch, locale: str, since: datetime, until: datetime) -> list[News]:
    """What the search has to tell in `locale`, the best match first.

    Whoever asks for people who are soon available hears of those whose first free day came near.
    Raises SearchUnavailable (nothing is guessed then), Invalid (a filter no longer exists).
    """
    asked = parsed(search.query)
    concerned = Q(changed_at__gt=since, changed_at__lte=until)
    if asked.available:
        days = [moment.astimezone(UTC).date() + SOON for moment in (since, until)]
        concerned |= Q(profile__available_from__gt=days[0], profile__available_from__lte=days[1])
    changed = ProfileMark.filter(concerned).exclude(mark="")
    found = await _matches(asked, changed)
    ids = [raw["id"] for raw in found]
    told = dict(
        await Told.filter(saved_search=search, profile_id__in=ids).values_list("profile_id", "mark")
    )
    marks = {
        str(row.profile_id): row
        for row in await changed.filter(profile_id__in=ids)
        if is_news(row.mark, row.changed_at, told.get(row.profile_id), search.looked_until)
    }
    people = await directory.several([row.profile_id for row in marks.values()], locale)
    return [
        News(
            row.profile_id,
            row.mark,
            row.profile_id not in told and float(raw["published_at"]) > since.timestamp(),
            row.profile_id not in told and _is_back(row, raw, since),
            people[raw["id"]],
            ", ".join(gettext(words, locale) for words in _changed(row, search, since)),
            _before(row, search, people[raw["id"]]),
        )
        for raw in found
        if raw["id"] in people and (row := marks.get(raw["id"]))
    ]


async def _matches(query: SearchQuery, changed: QuerySet[ProfileMark]) -> list[dict[str, Any]]:
    """Those of the changed profiles who match; all who match, where those are fewer.

    After a busy week a search of few matches must not have the index go through all that changed.
    """
    asked = await _ids(changed.limit(BATCH + 1))
    if len(asked) <= BATCH:
        return await directory.among(query, asked) if asked else []
    found = await directory.among(query)
    if len(found) < MATCHES:
        return found
    asked = await _ids(changed)
    batches = [asked[start : start + BATCH] for start in range(0, len(asked), BATCH)]
    return [raw for batch in batches for raw in await directory.among(query, batch)]


async def _ids(changed: QuerySet[ProfileMark]) -> list[str]:
    return [str(one) for one in await changed.values_list("profile_id", flat=True)]


def _is_back(row: ProfileMark, raw: dict[str, Any], since: datetime) -> bool:
    """Whether somebody published before has come back from a pause since then."""
    known = float(raw["published_at"]) <= since.timestamp()
    return known and row.back_at is not None and row.back_at > since


def _changed(row: ProfileMark, search: SavedSearch, since: datetime) -> list[str]:
    """What has, since the last look; since before it where the index was late.

    Of whoever changed nothing the first free day came near.
    """
    if row.changed_at <= since:
        return [ASPECTS["availability"][0]]
    return changed_since(row.facts, search.looked_until) or changed_since(row.facts, since)


def _before(row: ProfileMark, search: SavedSearch, hit: Hit) -> RateView | None:
    found = price_at(row.prices, search.looked_until)
    rate = found and RateView(*found)
    return rate if rate and hit.rate and rate != hit.rate else None
