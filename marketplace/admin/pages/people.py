"""Owns the operator's pages of people: found, looked at, suspended, let in again."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.pages.router import Form, blank, pages, show, with_reason
from marketplace.admin.queries import people as queries
from marketplace.admin.queries import records
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.people import PeopleQuery
from marketplace.core.i18n import _
from marketplace.web.forms import read_form, validate
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to

DONE: Final = {
    Act.SUSPEND: _("The account is suspended, and its person told."),
    Act.LIFT: _("The account is open again, and its person told."),
    Act.RESET_FACTOR: _("The second factor is removed, and its person told."),
}


@pages.get("/operator/people", guard=operator)
async def people(request: Request) -> Response:
    """Ask whom to look for."""
    return show(request, "people", form=blank(), rows=None, tab="people")


@pages.post("/operator/people", guard=operator)
async def find_people(request: Request) -> Response:
    """Who fits; by POST, so that no address keeps an e-mail address."""
    draft, form = validate(PeopleQuery, await read_form(request))
    if draft is None:
        return show(request, "people", status=422, form=form, rows=None, tab="people")
    rows = await queries.find(draft.words)
    return show(request, "people", form=form, rows=rows, tab="people")


async def _one(
    request: Request, status: int = 200, forms: dict[Act, Form] | None = None
) -> Response:
    person_id: UUID = request.path_params["id"]
    return show(
        request, "person", status=status, row=await queries.one(person_id), tab="people",
        form=lambda act: (forms or {}).get(Act(act), blank()),
        acts=await records.acts_on(f"person:{person_id}"),
    )  # fmt: skip


@pages.get("/operator/people/{id:uuid}", guard=operator)
async def person(request: Request) -> Response:
    """How one stands, and what can be done."""
    return await _one(request)


async def _act(request: Request, act: Act) -> Response:
    person_id: UUID = request.path_params["id"]
    return await with_reason(
        request,
        lambda draft: service.on_person(viewer(request).person_id, person_id, act, draft),
        lambda form, status: _one(request, status, {act: form}),
        lambda: to(request, f"/operator/people/{person_id}", DONE[act]),
    )


@pages.post("/operator/people/{id:uuid}/suspend", guard=operator)
async def suspend(request: Request) -> Response:
    """Suspend the person."""
    return await _act(request, Act.SUSPEND)


@pages.post("/operator/people/{id:uuid}/lift", guard=operator)
async def lift_suspension(request: Request) -> Response:
    """Let the person in again."""
    return await _act(request, Act.LIFT)


@pages.post("/operator/people/{id:uuid}/reset-factor", guard=operator)
async def reset_factor(request: Request) -> Response:
    """Remove a factor that the person has lost."""
    return await _act(request, Act.RESET_FACTOR)
