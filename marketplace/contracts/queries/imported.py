"""Owns finding imported contracts by their file, and whether a pair met here; never writes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from marketplace.contracts.models import Contract, ContractSeal, ContractVersion
from marketplace.core.db import connection

# As the index contract_imported_file has it.
HOLDER = """
SELECT id FROM contract
 WHERE imported ->> 'file_sha256' = $1 AND version > 0
   AND (signed_at IS NOT NULL OR status NOT IN ('cancelled', 'declined', 'expired'))
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
    """Whether the two ever had an offer between them that was made here."""
    return await Contract.exists(
        business_id=business_id, assistant_id=assistant_id, version__gt=0, imported__isnull=True
    )
