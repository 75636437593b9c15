"""Owns what a party stands in, whoever asks; never writes."""

from __future__ import annotations

from uuid import UUID

from tortoise.expressions import Q

from marketplace.contracts.models import Contract


async def of_party(party_id: UUID) -> list[Contract]:
    """Every contract a party stands on a side of and the other side may know, oldest first."""
    side = Q(business_id=party_id) | Q(assistant_id=party_id)
    return await Contract.filter(side, version__gt=0).order_by("id")


async def ever_signed(party_id: UUID) -> bool:
    """Whether a party signed any contract with somebody."""
    side = Q(business_id=party_id) | Q(assistant_id=party_id)
    return await Contract.filter(side, signed_at__isnull=False).exists()
