"""Owns the operator's figures of exposure."""

from __future__ import annotations

from starlette.requests import Request

from marketplace.admin.api.router import read
from marketplace.exposure import queries
from marketplace.exposure.schemas import ExposureAudit, ExposureShare


@read("/operator/exposure")
async def exposure(_request: Request) -> ExposureAudit:
    """Four weeks: every region and tax status, every day, and who is shown most."""
    start = queries.since()
    regions = await queries.by_region(start, public=False)
    statuses = await queries.by_status(start, public=False)
    return ExposureAudit(
        since=start,
        regions=[ExposureShare.model_validate(one) for one in regions],
        tax_statuses=[ExposureShare.model_validate(one) for one in statuses],
        days=await queries.by_day(start),
        most_shown=await queries.most_shown(start),
    )
