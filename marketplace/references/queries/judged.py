"""Owns what operators read of references: those that were given, shown, hidden or taken down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.core.errors import NotFound
from marketplace.references.models import ClientReference
from marketplace.references.rules.states import Status

if TYPE_CHECKING:
    from tortoise.queryset import QuerySet

LIMIT: Final = 100


async def taken_down() -> list[ClientReference]:
    """Those that were taken down, the last first, with party and profile."""
    rows = _given().filter(taken_down_at__isnull=False)
    return await rows.order_by("-taken_down_at", "-id").limit(LIMIT)


async def newest(slug: str = "") -> list[ClientReference]:
    """Those answered last, of everybody or of one profile, with party and profile."""
    rows = _given().filter(profile__slug=slug) if slug else _given()
    return await rows.order_by("-closed_at", "-id").limit(LIMIT)


async def one(reference_id: UUID) -> ClientReference:
    """One that was given, with party and profile. Raises NotFound."""
    row = await _given().get_or_none(pk=reference_id)
    if row is None:
        raise NotFound
    return row


def _given() -> QuerySet[ClientReference]:
    return ClientReference.filter(status=Status.CONFIRMED).prefetch_related("party", "profile")
