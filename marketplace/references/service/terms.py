"""Owns what time does to references: two reminders, the end of waiting, of standing, of keeping."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.core import batches, clock, jobs
from marketplace.core.db import command, connection, lock
from marketplace.core.errors import NotFound
from marketplace.profiles import queries as profiles
from marketplace.references import queries
from marketplace.references.models import ClientReference
from marketplace.references.rules.states import (
    ADDRESS_KEPT,
    Status,
    following,
)
from marketplace.references.service import letters
from marketplace.references.service.moving import erase, move_to
from marketplace.references.service.proving import recount

if TYPE_CHECKING:
    from marketplace.core.mail import MailRefused

DUE: Final = """
SELECT id FROM client_reference WHERE status = 'asked' AND next_at <= $1 AND id > $2
 ORDER BY id LIMIT $3"""
OVER: Final = """
SELECT r.id FROM client_reference r JOIN profile p ON p.id = r.profile_id
 WHERE r.status = 'confirmed' AND r.counts_until < wall_clock($1::timestamptz, p.time_zone)::date
   AND r.id > $2 ORDER BY r.id LIMIT $3"""
KEPT: Final = """
SELECT id FROM client_reference
 WHERE status NOT IN ('asked', 'confirmed') AND email <> '' AND closed_at < $1 AND id > $2
 ORDER BY id LIMIT $3"""


@command
async def on_mail_refused(event: MailRefused) -> None:
    """Reaction: who asked is told that there is no such address, and no reminder is sent to it."""
    kind, _colon, reference_id = event.about.partition(":")
    row = await _locked(UUID(reference_id)) if kind == "reference" else None
    if row is not None and row.status is Status.ASKED:
        await move_to(row, Status.UNREACHED)
        await letters.send_answered(row)


@jobs.periodic("*/15 * * * *", "references.tick")
async def tick(timestamp: int) -> None:
    """Remind, give up waiting, and end what has stood its term."""
    del timestamp
    await batches.work_off("references.due", _found(DUE), _step)
    await batches.work_off("references.over", _found(OVER), _end)


@jobs.periodic("41 3 * * *", "references.forget")
async def forget(timestamp: int) -> None:
    """Every night: forget whom was asked, a while after it is over."""
    del timestamp
    await batches.work_off("references.forget", _found(KEPT, ADDRESS_KEPT.days), _forget)


def _found(statement: str, days: int = 0) -> batches.Find:
    async def find(beyond: UUID, limit: int) -> list[UUID]:
        before = clock.now() - timedelta(days=days)
        rows = await connection().execute_query_dict(statement, [before, beyond, limit])
        return [row["id"] for row in rows]

    return find


@command
async def _step(reference_id: UUID) -> None:
    """The step that is due: after a pause of ours one reminder at most, never two at once."""
    row = await _locked(reference_id)
    now = clock.now()
    if row is None or row.status is not Status.ASKED or row.next_at is None or row.next_at > now:
        return
    if row.expires_at <= now:
        await move_to(row, Status.EXPIRED)
        return
    if await queries.stopped(queries.marks(row.email)):
        # By the link of another mail, made under a secret that the server had at the time.
        await move_to(row, Status.DECLINED)
        await letters.send_answered(row)
        return
    row.next_at = following(row.created_at, now)
    profile = await profiles.whole(row.profile_id)
    reminds = profile.status is profiles.Status.PUBLISHED  # who reads it wants to see who asks
    row.reminded += reminds
    await row.save(update_fields=["next_at", "reminded"])
    if reminds:
        await letters.send_request(row, reminder=True)


@command
async def _end(reference_id: UUID) -> None:
    row = await _locked(reference_id)
    if row is None or row.status is not Status.CONFIRMED or row.counts_until is None:
        return
    profile = await profiles.whole(row.profile_id)
    if row.counts_until < clock.today(profile.time_zone):
        await move_to(row, Status.ENDED)
        await recount(row.party_id)


@command
async def _forget(reference_id: UUID) -> None:
    row = await _locked(reference_id)
    if row is not None and row.status not in {Status.ASKED, Status.CONFIRMED}:
        await erase(row)


async def _locked(reference_id: UUID) -> ClientReference | None:
    try:
        return await lock(ClientReference, reference_id)
    except NotFound:  # gone with its profile meanwhile
        return None
