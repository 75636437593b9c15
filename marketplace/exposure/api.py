"""Owns the public figures of exposure; the operator's are under /operator."""

from __future__ import annotations

from starlette.requests import Request

from marketplace.exposure import queries
from marketplace.exposure.schemas import ExposureShare, ExposureSummary
from marketplace.web.guards import public
from marketplace.web.routing import Api

api = Api("exposure")


@api.get("/ranking/exposure", guard=public, summary="Who is shown and kept how often")
async def summary(request: Request) -> ExposureSummary:
    """Shares by region and tax status over the last four weeks; small groups together."""
    del request
    start = queries.since()
    regions = await queries.by_region(start, public=True)
    statuses = await queries.by_status(start, public=True)
    return ExposureSummary(
        since=start,
        regions=[ExposureShare.model_validate(one) for one in regions],
        tax_statuses=[ExposureShare.model_validate(one) for one in statuses],
    )
