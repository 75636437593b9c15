"""Owns the JSON operations on references that were given."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.admin import service
from marketplace.admin.api.router import act, read
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.schemas.references import (
    JudgedReference,
    KeepReferenceDraft,
    ReferencesQuery,
    ReferencesView,
    TakeDownDraft,
)
from marketplace.references.queries import judged, reports
from marketplace.references.schemas import ReferenceReportView
from marketplace.web.guards import viewer

ONE = "/operator/references/{reference_id:uuid}"


@read("/operator/references")
async def references(request: Request, query: ReferencesQuery) -> ReferencesView:
    """Reports to decide, references taken down, and those answered last, of all or one profile."""
    locale = request.state.locale
    return ReferencesView(
        waiting=[ReferenceReportView.of(row) for row in await reports.waiting()],
        taken_down=[JudgedReference.of(row, locale) for row in await judged.taken_down()],
        newest=[JudgedReference.of(row, locale) for row in await judged.newest(query.assistant)],
    )


@read(ONE, errors=(404,))
async def reference(request: Request, reference_id: UUID) -> JudgedReference:
    """A reference that was given."""
    return JudgedReference.of(await judged.one(reference_id), request.state.locale)


async def _judge(
    request: Request, reference_id: UUID, kind: Act, body: ReasonDraft
) -> JudgedReference:
    await service.on_reference(viewer(request).person_id, reference_id, kind, body)
    return JudgedReference.of(await judged.one(reference_id), request.state.locale)


@act(ONE + "/take-down", errors=(404, 409))
async def take_down_reference(
    request: Request, reference_id: UUID, body: TakeDownDraft
) -> JudgedReference:
    """Take a reference down for a ground of the published list; giver and asker are told."""
    return await _judge(request, reference_id, Act.TAKE_DOWN_REFERENCE, body)


@act(ONE + "/keep", errors=(404, 409))
async def keep_reference(
    request: Request, reference_id: UUID, body: KeepReferenceDraft
) -> JudgedReference:
    """Let a reported reference stand; whoever reported it is told."""
    return await _judge(request, reference_id, Act.KEEP_REFERENCE, body)


@act(ONE + "/put-back", errors=(404, 409))
async def put_back_reference(
    request: Request, reference_id: UUID, body: ReasonDraft
) -> JudgedReference:
    """Put a reference back that was taken down by mistake; giver and asker are told."""
    return await _judge(request, reference_id, Act.PUT_BACK_REFERENCE, body)
