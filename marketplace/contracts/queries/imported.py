"""Owns finding imported contracts by their file, and since when a pair could meet or did here.

Never writes. A side is the people who own it: a party made yesterday for a person who has long been
here is no newcomer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from marketplace.contracts.models import Contract, ContractSeal, ContractVersion
from marketplace.core.db import connection

# As the index contract_imported_file has it.
HOLDER = """
SELECT id FROM contract
 WHERE imported ->> 'file_sha256' = $1 AND version > 0
   AND (signed_at IS NOT NULL OR status NOT IN ('cancelled', 'declined', 'expired'))
"""

# A side is any party that an owner of it owns: $1 the business, $2 the assistant.
_MET = """
WITH alike AS (
  SELECT own.party_id AS side, other.party_id FROM membership own
    JOIN membership other ON other.person_id = own.person_id AND other.role = 'owner'
   WHERE own.party_id IN ($1, $2) AND own.role = 'owner'
  UNION VALUES ($1::uuid, $1::uuid), ($2::uuid, $2::uuid)
)
SELECT 1 FROM contract WHERE version > 0 AND imported IS NULL
   AND business_id IN (SELECT party_id FROM alike WHERE side = $1)
   AND assistant_id IN (SELECT party_id FROM alike WHERE side = $2) LIMIT 1
"""
_BOTH_SINCE = """
SELECT max(here.since) AS since FROM (
  SELECT min(least(party.created_at, person.created_at)) AS since FROM party
    LEFT JOIN membership ON membership.party_id = party.id AND membership.role = 'owner'
    LEFT JOIN person ON person.id = membership.person_id
   WHERE party.id IN ($1, $2) GROUP BY party.id) here
"""


async def holder(sha256: str) -> UUID | None:
    """The contract that an imported file belongs to, signed or still on the table."""
    rows = await connection().execute_query_dict(HOLDER, [sha256])
    return rows[0]["id"] if rows else None


async def confirmed(sha256: str) -> Contract | None:
    """The contract as which both sides confirmed this file."""
    found = await holder(sha256)
    return await Contract.get_or_none(pk=found, signed_at__isnull=False) if found else None


async def made_here(hashes: Iterable[str]) -> bool:
    """Whether one of these is the hash of a version or a sealed file of ours."""
    listed = list(hashes)
    return await ContractVersion.exists(file_sha256__in=listed) or await ContractSeal.exists(
        file_sha256__in=listed
    )


async def met_here(business_id: UUID, assistant_id: UUID) -> bool:
    """Whether owners of the two ever had an offer between them that was made here."""
    return bool(await connection().execute_query_dict(_MET, [business_id, assistant_id]))


async def both_here_since(business_id: UUID, assistant_id: UUID) -> datetime:
    """When the later of two sides came here: the party, or an owner of it before."""
    rows = await connection().execute_query_dict(_BOTH_SINCE, [business_id, assistant_id])
    since: datetime = rows[0]["since"]
    return since
