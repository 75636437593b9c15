"""Owns the JSON operations on shortlists: parse, one call, a view."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.shortlists import queries, service
from marketplace.shortlists.rules.lists import named
from marketplace.shortlists.schemas import (
    BlindDraft,
    BlindSearchDraft,
    EntryDraft,
    KeepDraft,
    KeptView,
    LinkDraft,
    LinkView,
    ListDraft,
    OpenedLink,
    ScoresDraft,
    SharedView,
    ShortlistLine,
    ShortlistView,
    TeamDraft,
)
from marketplace.web.guards import public, signed_in, viewer
from marketplace.web.routing import Api

api = Api("shortlists")
READ, WRITE = "shortlists:read", "shortlists:write"


async def _shown(request: Request, shortlist_id: UUID) -> ShortlistView:
    found = await queries.get(viewer(request), shortlist_id)
    return await queries.shown(viewer(request), found, request.state.locale)


@api.get("/shortlists", guard=signed_in, scope=READ)
async def index(request: Request) -> list[ShortlistLine]:
    """Your shortlists and those of your businesses, the one used last first."""
    return await queries.lines(viewer(request))


@api.post(
    "/shortlists", guard=signed_in, scope=WRITE, status=201, idempotent=True, errors=(404, 409)
)
async def create(request: Request, body: ListDraft) -> ShortlistLine:
    """Make a shortlist."""
    return queries.line(viewer(request), await service.create(viewer(request), body))


@api.post(
    "/shortlists/entries", guard=signed_in, scope=WRITE, status=201, idempotent=True,
    errors=(404, 409),
)  # fmt: skip
async def keep(request: Request, body: KeepDraft) -> KeptView:
    """Put a published profile on a shortlist."""
    found, entry = await service.keep(viewer(request), body)
    return KeptView(shortlist=found.id, entry=entry.id, name=named(found.name))


@api.post(
    "/shortlists/blind", guard=signed_in, scope=WRITE, status=201, idempotent=True,
    errors=(409, 503),
)  # fmt: skip
async def open_from_search(request: Request, body: BlindSearchDraft) -> ShortlistView:
    """A blind review of the first matches of a search, whoever they are."""
    made = await service.open_from_search(viewer(request), body)
    return await _shown(request, made.id)


@api.get("/shortlists/{shortlist_id:uuid}", guard=signed_in, scope=READ, errors=(404,))
async def show(request: Request, shortlist_id: UUID) -> ShortlistView:
    """A shortlist; under blind review without any name until you have scored."""
    return await _shown(request, shortlist_id)


@api.put("/shortlists/{shortlist_id:uuid}", guard=signed_in, scope=WRITE, errors=(404,))
async def rename(request: Request, shortlist_id: UUID, body: ListDraft) -> ShortlistView:
    """Give a shortlist another name; `party` does not change."""
    await service.rename(viewer(request), shortlist_id, body.name)
    return await _shown(request, shortlist_id)


@api.put("/shortlists/{shortlist_id:uuid}/team", guard=signed_in, scope=WRITE, errors=(404, 409))
async def share(request: Request, shortlist_id: UUID, body: TeamDraft) -> ShortlistView:
    """Let the team of one of your businesses see a shortlist of your own, with its notes."""
    await service.share(viewer(request), shortlist_id, body)
    return await _shown(request, shortlist_id)


@api.delete("/shortlists/{shortlist_id:uuid}", guard=signed_in, scope=WRITE, errors=(404,))
async def delete(request: Request, shortlist_id: UUID) -> None:
    """Delete a shortlist with its notes and scores, for good."""
    await service.delete(viewer(request), shortlist_id)


@api.patch(
    "/shortlists/{shortlist_id:uuid}/entries/{entry_id:uuid}",
    guard=signed_in,
    scope=WRITE,
    errors=(404, 409),
)
async def change(
    request: Request, shortlist_id: UUID, entry_id: UUID, body: EntryDraft
) -> ShortlistView:
    """Write the private note of an entry, or move it up (step -1) or down (step 1)."""
    if body.note is not None:
        await service.note(viewer(request), shortlist_id, entry_id, body.note, body.seen)
    if body.step:
        await service.move(viewer(request), shortlist_id, entry_id, body.step)
    return await _shown(request, shortlist_id)


@api.delete(
    "/shortlists/{shortlist_id:uuid}/entries/{entry_id:uuid}",
    guard=signed_in,
    scope=WRITE,
    errors=(404, 409),
)
async def remove(request: Request, shortlist_id: UUID, entry_id: UUID) -> None:
    """Take a profile off a shortlist, with its note."""
    await service.remove(viewer(request), shortlist_id, entry_id)


@api.put("/shortlists/{shortlist_id:uuid}/link", guard=signed_in, scope=WRITE, errors=(404, 409))
async def make_link(request: Request, shortlist_id: UUID, body: LinkDraft) -> LinkView:
    """A new read-only link, shown once; the one before stops working."""
    token = await service.make_link(viewer(request), shortlist_id, body)
    return LinkView(url=queries.link_address(request.state.locale, token), notes=body.notes)


@api.delete("/shortlists/{shortlist_id:uuid}/link", guard=signed_in, scope=WRITE, errors=(404,))
async def revoke_link(request: Request, shortlist_id: UUID) -> None:
    """Make the read-only link useless at once."""
    await service.revoke_link(viewer(request), shortlist_id)


@api.post("/shared/shortlist", guard=public, errors=(404,))
async def shared(request: Request, body: OpenedLink) -> SharedView:
    """A shortlist as its read-only link shows it."""
    return await queries.shown_by_link(await queries.shared(body.token), request.state.locale)


@api.post(
    "/shortlists/{shortlist_id:uuid}/blind",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(404, 409),
)
async def open_blind(request: Request, shortlist_id: UUID, body: BlindDraft) -> ShortlistView:
    """Put a shortlist under blind review on these criteria."""
    await service.open_blind(viewer(request), shortlist_id, body)
    return await _shown(request, shortlist_id)


@api.post(
    "/shortlists/{shortlist_id:uuid}/scores",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(404, 409),
)
async def score(request: Request, shortlist_id: UUID, body: ScoresDraft) -> ShortlistView:
    """Save your scores, once: the answer shows who is who."""
    await service.score(viewer(request), shortlist_id, body)
    return await _shown(request, shortlist_id)
