"""Owns the JSON operations on people's accounts."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.admin import service
from marketplace.admin.api.router import act, api
from marketplace.admin.queries import people
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.people import PeopleQuery, PersonRow, PersonStanding
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.web.guards import operator, viewer


@api.post("/operator/people/search", guard=operator, scope="operator:read")
async def find_people(_request: Request, body: PeopleQuery) -> list[PersonRow]:
    """People whose e-mail address or name holds these words, newest first, 50 at most."""
    return [PersonRow.of(row) for row in await people.find(body.words)]


@api.get("/operator/people/{person_id:uuid}", guard=operator, scope="operator:read")
async def person(_request: Request, person_id: UUID) -> PersonStanding:
    """How a person stands: confirmed, suspended, second factor, parties."""
    return PersonStanding.shown(await people.one(person_id))


async def _done(request: Request, person_id: UUID, what: Act, body: ReasonDraft) -> PersonStanding:
    await service.on_person(viewer(request).person_id, person_id, what, body)
    return PersonStanding.shown(await people.one(person_id))


@act("/operator/people/{person_id:uuid}/suspend")
async def suspend(request: Request, person_id: UUID, body: ReasonDraft) -> PersonStanding:
    """Suspend a person, who is told the reason; running contracts go on."""
    return await _done(request, person_id, Act.SUSPEND, body)


@act("/operator/people/{person_id:uuid}/lift")
async def lift_suspension(request: Request, person_id: UUID, body: ReasonDraft) -> PersonStanding:
    """Let a suspended person in again, who is told the reason."""
    return await _done(request, person_id, Act.LIFT, body)


@act("/operator/people/{person_id:uuid}/reset-factor")
async def reset_factor(request: Request, person_id: UUID, body: ReasonDraft) -> PersonStanding:
    """Remove a second factor that its person has lost; they are told by mail."""
    return await _done(request, person_id, Act.RESET_FACTOR, body)
