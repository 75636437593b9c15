"""Owns which references count, and how an address is known again; for commands and jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import vault
from marketplace.references.models import ClientReference, ReferenceStop
from marketplace.references.rules import addresses
from marketplace.references.rules.counting import Counted
from marketplace.references.rules.states import Status

if TYPE_CHECKING:
    from datetime import date

    from tortoise.queryset import QuerySet


def marks(email: str) -> list[str]:
    """The marks of a mailbox: that to keep, then those under the server's former secrets."""
    return [addresses.mark(email, secret) for secret in vault.secrets()]


async def stopped(marks: list[str]) -> bool:
    """Whether a mailbox of these marks wants no request from anybody."""
    return await ReferenceStop.filter(mark__in=marks).exists()


def standing(profile_id: UUID, today: date) -> QuerySet[ClientReference]:
    """A profile's references that are shown and count on this day."""
    return ClientReference.filter(
        profile_id=profile_id,
        status=Status.CONFIRMED,
        hidden_at=None,
        taken_down_at=None,
        counts_until__gte=today,
    )


async def counted(profile_id: UUID, today: date) -> list[Counted]:
    """What counts of a profile's references: confirmed, shown, and not over on this day."""
    rows = await standing(profile_id, today)
    return [
        Counted(row.mark, row.at_company, row.answered_on, row.counts_until)
        for row in rows
        if row.answered_on and row.counts_until
    ]
