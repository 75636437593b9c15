"""Owns what others proved of a profile's owner: kept with its days, dropped at its end.

Nobody proves anything of themselves: callers speak for Stripe (identity), for a client that read a
paper (insurance) or for former clients that answered (references). What registers confirm is read
where it is shown and not kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import batches, clock, jobs
from marketplace.core.db import command, connection, lock
from marketplace.profiles.models import Profile, ProfileProof
from marketplace.profiles.service.changing import noted

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

ENDED = """
SELECT p.id FROM profile_proof proof JOIN profile p ON p.id = proof.profile_id
 WHERE proof.valid_until < wall_clock($1::timestamptz, p.time_zone)::date"""


@command
async def prove(party_id: UUID, proof: str, on: date, until: date | None = None) -> None:
    """Keep that a party's identity, insurance or references were proven on a day.

    It counts to the end of the day `until`, in the profile's time zone; None: until withdrawn.
    Nothing for parties without a profile.
    """
    profile = await _locked(party_id)
    if profile is None:
        return
    days = {"proven_on": on, "valid_until": until}
    row, new = await ProfileProof.get_or_create(days, profile_id=profile.id, proof=proof)
    if not new and (row.proven_on, row.valid_until) == (on, until):
        return
    await row.update_from_dict(days).save()
    await noted(profile)


@command
async def withdraw(party_id: UUID, proof: str) -> None:
    """Take back what was proven of a party, if anything was."""
    profile = await _locked(party_id)
    if profile and await ProfileProof.filter(profile_id=profile.id, proof=proof).delete():
        await noted(profile)


async def held(party_id: UUID) -> bool:
    """Lock a party's profile to the end of the command; False when there is none.

    For who reads its proof first and says it then: nobody else says anything in between.
    """
    return await _locked(party_id) is not None


async def _locked(party_id: UUID) -> Profile | None:
    found = await Profile.get_or_none(party_id=party_id)
    return await lock(Profile, found.id) if found else None


@jobs.periodic("*/15 * * * *", "profiles.end_proofs")
async def end_proofs(timestamp: int) -> None:
    """Drop proofs whose last day is over where their owner works; pages leave them out at once."""
    del timestamp
    rows = await connection().execute_query_dict(ENDED, [clock.now()])
    await batches.each("proofs that ended", {row["id"] for row in rows}, _end)


@command
async def _end(profile_id: UUID) -> None:
    profile = await lock(Profile, profile_id)
    over = ProfileProof.filter(
        profile_id=profile.id, valid_until__lt=clock.today(profile.time_zone)
    )
    if await over.delete():
        await noted(profile)
