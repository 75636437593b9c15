"""Owns what an assistant sees of the references they asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core.errors import NotFound
from marketplace.references.models import ClientReference

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


async def mine(viewer: Viewer) -> list[ClientReference]:
    """Those of the viewer's parties that are not forgotten, with their profile, newest first."""
    return (
        await ClientReference.filter(party_id__in=list(viewer.party_ids))
        .exclude(email="")
        .prefetch_related("profile")
        .order_by("-id")
    )


async def get(viewer: Viewer, reference_id: UUID) -> ClientReference:
    """One of the viewer's, with its profile. Raises NotFound."""
    row = await ClientReference.get_or_none(pk=reference_id).prefetch_related("profile")
    if row is None or not row.email:
        raise NotFound
    viewer.require(row.party_id)
    return row
