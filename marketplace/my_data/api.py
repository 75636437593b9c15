"""Owns the JSON operations on one's own data: parse, one call, a view."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from marketplace.my_data import queries, service
from marketplace.my_data.schemas import DeletionDraft, ExportView, FarewellView
from marketplace.web.guards import in_person, signed_in, viewer
from marketplace.web.routing import Api

api = Api("data")
# What an archive holds is all that other scopes may read, together.
READ = "my_data:read"


@api.get("/me/exports", guard=signed_in, scope=READ, errors=(401,))
async def exports(request: Request) -> list[ExportView]:
    """The archives of everything about you that are kept or being made."""
    return [ExportView.of(row) for row in await queries.exports(viewer(request).person_id)]


@api.post(
    "/me/exports",
    guard=signed_in,
    scope="account:write",
    status=202,
    idempotent=True,
    errors=(401, 409, 429),
)
async def ask(request: Request) -> ExportView:
    """Have an archive made of everything about you: readable JSON and your papers."""
    who = viewer(request)
    return ExportView.of(await service.ask(who.person_id, who.person.locale))


@api.get(
    "/me/exports/{export_id:uuid}/file", guard=signed_in, scope=READ, errors=(401, 404),
    media_type="application/zip",
)  # fmt: skip
async def archive(request: Request, export_id: UUID) -> Response:
    """The archive as a ZIP, for a week."""
    kept = await queries.file(viewer(request).person_id, export_id)
    length = {"content-length": str(kept.size)}
    return StreamingResponse(kept.content, media_type="application/zip", headers=length)


@api.get("/me/deletion", guard=signed_in, scope="account:read", errors=(401,))
async def farewell(request: Request) -> FarewellView:
    """What deleting your account would do now: what is to settle first, what goes, what stays."""
    return FarewellView.of(await service.farewell(viewer(request).person_id))


@api.post("/me/deletion", guard=in_person, scope="account:write", errors=(401, 409, 422, 429))
async def delete_me(request: Request, body: DeletionDraft) -> None:
    """Erase the account; papers that must be kept stay, without a way to you."""
    who = viewer(request)
    await service.leave(who.person, body, who.session_token)
