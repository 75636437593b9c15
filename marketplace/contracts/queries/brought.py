"""Owns reading what assistants bring: for them, and for who has the client's address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tortoise.expressions import Q

from marketplace.accounts import queries as accounts
from marketplace.contracts.models import BroughtPaper
from marketplace.contracts.rules.states import Actor
from marketplace.core import clock
from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from marketplace.contracts.rules.access import Acting


async def brought(viewer: Acting, brought_id: UUID) -> tuple[BroughtPaper, Actor]:
    """What was brought, and the viewer's side of it. Raises NotFound for everybody else."""
    row = await BroughtPaper.get_or_none(pk=brought_id).prefetch_related("party", "profile")
    if row is None:
        raise NotFound
    if row.party_id in viewer.party_ids:
        return row, Actor.ASSISTANT
    if row.email == await _proven(viewer):
        return row, Actor.BUSINESS
    raise NotFound


async def brought_waiting(viewer: Acting) -> list[tuple[BroughtPaper, Actor]]:
    """What waits for an answer, on both of the viewer's sides, the newest first."""
    mine = Q(party_id__in=list(viewer.party_ids))
    if address := await _proven(viewer):
        mine |= Q(email=address)
    rows = await (
        BroughtPaper.filter(mine, outcome="", expires_at__gt=clock.now())
        .prefetch_related("party")
        .order_by("-id")
    )
    assistant = viewer.party_ids
    return [(r, Actor.ASSISTANT if r.party_id in assistant else Actor.BUSINESS) for r in rows]


async def _proven(viewer: Acting) -> str:
    """The viewer's address, once it is confirmed."""
    person = await accounts.person(viewer.person_id)
    return person.email if person.email_verified_at else ""
