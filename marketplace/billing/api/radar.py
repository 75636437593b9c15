"""Owns the JSON operations of turnover against limits."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from marketplace.billing.queries import radar as queries
from marketplace.billing.schemas.radar import DeclaredDraft, RadarView
from marketplace.billing.service import radar as service
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Api

api = Api("billing")
READ, WRITE = "money:read", "money:write"


class YearQuery(BaseModel):
    """The calendar year; the present one by default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Annotated[int, Field(ge=2020, le=2200)] | None = None


@api.get("/radar/{party_id:uuid}", guard=signed_in, scope=READ, errors=(404, 422))
async def radar(request: Request, party_id: UUID, query: YearQuery) -> RadarView:
    """Read an assistant's turnover against each limit of its place."""
    return RadarView.of(await queries.radar(viewer(request), party_id, query.year))


@api.put("/radar/{party_id:uuid}/declared", guard=signed_in, scope=WRITE, errors=(404, 422))
async def declare(request: Request, party_id: UUID, body: DeclaredDraft) -> RadarView:
    """Say what was earned outside in a year; a later word replaces an earlier one."""
    return RadarView.of(await service.declare(viewer(request), party_id, body))
