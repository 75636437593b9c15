"""Owns telling a profile that its owner is insured; never checks a paper."""

from __future__ import annotations

from uuid import UUID

from marketplace.profiles import service as profiles
from marketplace.vigilance import queries


async def tell(party_id: UUID) -> None:
    """Let an assistant's profile say what clients found of the certificate of insurance.

    The profile is locked before the checks are read: of two clients, the later knows both words.
    """
    if not await profiles.held(party_id):
        return  # nothing to say it on
    found = await queries.insured(party_id)
    if found is None:
        await profiles.withdraw(party_id, "insurance")
    else:
        await profiles.prove(party_id, "insurance", *found)
