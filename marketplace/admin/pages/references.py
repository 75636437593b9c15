"""Owns the operator's pages of references: reported or found, taken down for a ground, put back."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.pages.router import Form, asked, blank, pages, show, with_draft
from marketplace.admin.queries import records
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.schemas.references import (
    JudgedReference,
    KeepReferenceDraft,
    ReferencesQuery,
    TakeDownDraft,
)
from marketplace.core.i18n import _
from marketplace.references.queries import judged, reports
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to

DONE: Final = {
    Act.TAKE_DOWN_REFERENCE: _("The reference is taken down, and its giver and asker told."),
    Act.KEEP_REFERENCE: _("The reference stays, and whoever reported it is told."),
    Act.PUT_BACK_REFERENCE: _("The reference is shown again, and its giver and asker told."),
}


@pages.get("/operator/references", guard=operator)
async def references(request: Request) -> Response:
    """Those reported, those taken down, and those answered last, of all or of one profile."""
    query, form = asked(request, ReferencesQuery)
    return show(
        request, "references", form=form, taken_down=await judged.taken_down(),
        newest=await judged.newest(query.assistant if query else ""), tab="references",
        waiting=await reports.waiting(),
    )  # fmt: skip


async def _one(
    request: Request, status: int = 200, forms: dict[Act, Form] | None = None
) -> Response:
    row = await judged.one(request.path_params["id"])
    return show(
        request, "reference", status=status, row=JudgedReference.of(row, request.state.locale),
        form=lambda act: (forms or {}).get(Act(act), blank()), tab="references",
        acts=await records.acts_on(f"reference:{row.id}"), reports=await reports.of(row.id),
    )  # fmt: skip


@pages.get("/operator/references/{id:uuid}", guard=operator)
async def reference(request: Request) -> Response:
    """One reference, and the form to take it down or put it back."""
    return await _one(request)


async def _act(request: Request, act: Act, shape: type[ReasonDraft]) -> Response:
    reference_id: UUID = request.path_params["id"]
    return await with_draft(
        request,
        shape,
        lambda draft: service.on_reference(viewer(request).person_id, reference_id, act, draft),
        lambda form, status: _one(request, status, {act: form}),
        lambda: to(request, f"/operator/references/{reference_id}", DONE[act]),
    )


@pages.post("/operator/references/{id:uuid}/take-down", guard=operator)
async def take_down_reference(request: Request) -> Response:
    """Take the reference down."""
    return await _act(request, Act.TAKE_DOWN_REFERENCE, TakeDownDraft)


@pages.post("/operator/references/{id:uuid}/keep", guard=operator)
async def keep_reference(request: Request) -> Response:
    """Let the reference stand."""
    return await _act(request, Act.KEEP_REFERENCE, KeepReferenceDraft)


@pages.post("/operator/references/{id:uuid}/put-back", guard=operator)
async def put_back_reference(request: Request) -> Response:
    """Put it back."""
    return await _act(request, Act.PUT_BACK_REFERENCE, ReasonDraft)
