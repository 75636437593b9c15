"""Owns the JSON operation that says whose seal it is."""

from __future__ import annotations

from starlette.requests import Request

from marketplace.sealing.schemas import SealView
from marketplace.sealing.service.facts import facts
from marketplace.web.guards import public
from marketplace.web.routing import Api

api = Api("sealing")


@api.get("/seal", guard=public, errors=(503,))
async def seal(_request: Request) -> SealView:
    """The authority and certificates of the marketplace's seal."""
    return facts()
