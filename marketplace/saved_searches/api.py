"""Owns the JSON operations on saved searches: parse, one call, a view."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.saved_searches import queries, service
from marketplace.saved_searches.schemas import (
    ChangeDraft,
    MailsDraft,
    SavedSearchView,
    SearchDraft,
    StopDraft,
    StoppedView,
)
from marketplace.web.guards import public, signed_in, viewer
from marketplace.web.routing import Api

api = Api("searches")
READ, WRITE = "searches:read", "searches:write"


@api.get("/saved-searches", guard=signed_in, scope=READ)
async def index(request: Request) -> list[SavedSearchView]:
    """Your saved searches, the newest first."""
    return [queries.view(row) for row in await queries.all_of(viewer(request))]


@api.post(
    "/saved-searches", guard=signed_in, scope=WRITE, status=201, idempotent=True, errors=(409,)
)
async def save(request: Request, body: SearchDraft) -> SavedSearchView:
    """Save a search: what is new or changed among its matches from now on comes by mail."""
    return queries.view(await service.save(viewer(request), body))


@api.get("/saved-searches/{search_id:uuid}", guard=signed_in, scope=READ, errors=(404,))
async def show(request: Request, search_id: UUID) -> SavedSearchView:
    """One of your saved searches."""
    return queries.view(await queries.get(viewer(request), search_id))


@api.put("/saved-searches/{search_id:uuid}", guard=signed_in, scope=WRITE, errors=(404,))
async def change(request: Request, search_id: UUID, body: ChangeDraft) -> SavedSearchView:
    """Rename a search, change how often its mails may come; pause or resume it if you say so."""
    return queries.view(await service.change(viewer(request), search_id, body))


@api.put("/saved-searches/{search_id:uuid}/mails", guard=signed_in, scope=WRITE, errors=(404,))
async def pause(request: Request, search_id: UUID, body: MailsDraft) -> SavedSearchView:
    """Pause the mails of a search, or resume them: then only later changes are told."""
    return queries.view(await service.pause(viewer(request), search_id, body))


@api.delete("/saved-searches/{search_id:uuid}", guard=signed_in, scope=WRITE, errors=(404,))
async def delete(request: Request, search_id: UUID) -> None:
    """Delete a saved search, for good."""
    await service.delete(viewer(request), search_id)


@api.post("/saved-searches/stop", guard=public, idempotent=True, errors=(404,))
async def stop(request: Request, body: StopDraft) -> StoppedView:
    """Stop the mails of a search with the token of one of them."""
    del request
    return StoppedView(name=(await service.stop(body.token)).name)
