"""Owns the operator's page of exposure: who is shown and kept, by region and tax status."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin.pages.router import pages, show
from marketplace.directory.queries import exposed, world
from marketplace.exposure import queries
from marketplace.exposure.rules import DAYS
from marketplace.exposure.schemas import ExposureDay
from marketplace.web.guards import operator


@pages.get("/operator/exposure", guard=operator)
async def exposure(request: Request) -> Response:
    """Four weeks of exposure, every group."""
    start = queries.since()
    counted = {one.day: one for one in await queries.by_day(start)}
    calendar = [start + timedelta(days=n) for n in range(DAYS)]
    days = [counted.get(day) or ExposureDay(day=day, shown=0, listed=0) for day in calendar]
    shown, kept = (max((getattr(one, name) for one in days), default=0) for name in TOPS)
    drawn = [
        (one.day, one.shown, one.listed, _high(one.shown, shown), _high(one.listed, kept))
        for one in days
    ]
    figures = await exposed.figures(request.state.locale, public=False)
    return show(
        request, "exposure", exposed=figures, days=drawn, tab="exposure", world=world,
        most=await queries.most_shown(start),
    )  # fmt: skip


TOPS = ("shown", "listed")


def _high(value: int, most: int) -> float:
    return round(value / most * 96, 1) if most else 0.0
