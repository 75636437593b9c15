"""Owns the reading of sealed files, pages shown and public heads; never writes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from marketplace.contracts.models import (
    ContractSeal,
    ContractVersion,
    EvidenceEvent,
    EvidenceHead,
    PageShown,
)
from marketplace.contracts.queries.agreements import version
from marketplace.core import jobs
from marketplace.core.db import connection
from marketplace.core.errors import NotFound

UNSEALED = """
SELECT version.contract_id, version.number FROM contract_version version
  JOIN contract_signature signature ON signature.version_id = version.id
  LEFT JOIN contract_seal seal ON seal.version_id = version.id
 WHERE seal.id IS NULL
 GROUP BY version.contract_id, version.number
HAVING count(*) = 2 AND max(signature.signed_at) < $1
 ORDER BY 1, 2 LIMIT 200
"""


async def seal(version_id: UUID) -> ContractSeal | None:
    """The final file of a version, once it is made."""
    return await ContractSeal.get_or_none(version_id=version_id)


async def seals(contract_id: UUID) -> list[ContractSeal]:
    """Every final file of a contract, newest first, with its version."""
    return (
        await ContractSeal.filter(contract_id=contract_id)
        .order_by("-sealed_at")
        .prefetch_related("version")
    )


async def seal_of(contract_id: UUID, number: int) -> ContractSeal:
    """The final file of a version by its number. Raises NotFound."""
    found = await seal((await version(contract_id, number)).id)
    if found is None:
        raise NotFound
    return found


async def unsealed(before: datetime) -> list[tuple[UUID, int]]:
    """Versions both sides had signed by then without a final file, nor a job that will make it.

    One that was parked waits for an operator.
    """
    under_way = {
        (args["contract"], args["version"]) for args in await jobs.unfinished("contracts.finalise")
    }
    rows = await connection().execute_query_dict(UNSEALED, [before])
    found = [(row["contract_id"], int(row["number"])) for row in rows]
    return [each for each in found if (str(each[0]), each[1]) not in under_way]


async def pages_shown(version: ContractVersion, person_id: UUID) -> list[PageShown]:
    """The pages of a version that this person was shown, in the order of the paper."""
    return await PageShown.filter(version_id=version.id, person_id=person_id).order_by("page")


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start, start + timedelta(days=1)


async def first_day() -> date | None:
    """The day (UTC) of the first evidence of all."""
    first = await EvidenceEvent.all().order_by("at").first()
    return first.at.astimezone(UTC).date() if first else None


async def hashes_of(day: date) -> list[str]:
    """The hashes of a day's events (UTC), in ascending order: they tell nothing of anybody."""
    start, end = _bounds(day)
    found = EvidenceEvent.filter(at__gte=start, at__lt=end).order_by("hash")
    return [str(each) for each in await found.values_list("hash", flat=True)]


async def heads(cursor: date | None, limit: int) -> tuple[list[EvidenceHead], date | None]:
    """Public heads, newest first, before `cursor`, and the cursor of the next page."""
    found = EvidenceHead.all() if cursor is None else EvidenceHead.filter(day__lt=cursor)
    rows = await found.order_by("-day").limit(limit + 1)
    return rows[:limit], rows[limit - 1].day if len(rows) > limit else None


async def head(day: date) -> EvidenceHead:
    """The head of a day. Raises NotFound."""
    found = await EvidenceHead.get_or_none(day=day)
    if found is None:
        raise NotFound
    return found
