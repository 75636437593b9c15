"""Owns the reading of exposure, by region and tax status; never of a visitor, never writes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.settings import settings
from marketplace.exposure import rules
from marketplace.exposure.rules import DAYS, TOLD_SECONDS, Group, Share
from marketplace.exposure.schemas import ExposureDay, ExposureProfile

GROUPED: Final = """
WITH now AS (
    SELECT {now} AS code, count(*) AS profiles
    FROM profile p JOIN party ON party.id = p.party_id WHERE p.status = 'published' GROUP BY 1
), seen AS (
    SELECT {then} AS code, sum(shown) AS shown, sum(listed) AS listed
    FROM exposure_day WHERE day >= $1 GROUP BY 1
)
SELECT coalesce(now.code, seen.code) AS code, coalesce(profiles, 0) AS profiles,
       coalesce(shown, 0) AS shown, coalesce(listed, 0) AS listed
FROM now FULL JOIN seen ON seen.code = now.code"""
BY_REGION: Final = GROUPED.format(now="p.region", then="region")
BY_STATUS: Final = GROUPED.format(now="party.tax_status", then="tax_status")
BY_DAY: Final = """
SELECT day, sum(shown) AS shown, sum(listed) AS listed FROM exposure_day
WHERE day >= $1 GROUP BY day ORDER BY day"""
MOST_SHOWN: Final = """
SELECT p.slug, party.display_name AS name, p.region, party.tax_status,
       sum(e.shown) AS shown, sum(e.listed) AS listed
FROM exposure_day e JOIN profile p ON p.id = e.profile_id JOIN party ON party.id = p.party_id
WHERE e.day >= $1 GROUP BY p.id, party.id ORDER BY sum(e.shown) DESC, p.id LIMIT $2"""

# By statement: of which database and from which day, when it was added up, and what came out.
_told: dict[str, tuple[tuple[str, date], datetime, list[Share]]] = {}


def since(days: int = DAYS) -> date:
    """The first day of the last so many days."""
    return clock.today() - timedelta(days=days - 1)


async def by_region(start: date, *, public: bool) -> list[Share]:
    """Regions (ISO 3166-2, "" where none is given) from `start` on; in public TOLD_SECONDS old."""
    return await _grouped(BY_REGION, start, public)


async def by_status(start: date, *, public: bool) -> list[Share]:
    """Tax statuses from `start` on; in public TOLD_SECONDS old."""
    return await _grouped(BY_STATUS, start, public)


async def _grouped(statement: str, start: date, public: bool) -> list[Share]:
    if not public:
        return await _added_up(statement, start, public=False)
    asked, now = (settings().database_url, start), clock.now()
    told = _told.get(statement)
    if told is None or told[0] != asked or abs((now - told[1]).total_seconds()) >= TOLD_SECONDS:
        told = _told[statement] = asked, now, await _added_up(statement, start, public=True)
    return told[2]


async def _added_up(statement: str, start: date, *, public: bool) -> list[Share]:
    rows = await connection().execute_query_dict(statement, [start])
    found = [
        Group(row["code"], int(row["profiles"]), int(row["shown"]), int(row["listed"]))
        for row in rows
    ]
    return rules.shares(found, public=public)


async def by_day(start: date) -> list[ExposureDay]:
    """Each day's sums from `start` on; a day without any is left out."""
    rows = await connection().execute_query_dict(BY_DAY, [start])
    return [ExposureDay.model_validate(row) for row in rows]


async def most_shown(start: date, limit: int = 20) -> list[ExposureProfile]:
    """The profiles shown most often from `start` on."""
    rows = await connection().execute_query_dict(MOST_SHOWN, [start, limit])
    return [ExposureProfile.model_validate(row) for row in rows]
