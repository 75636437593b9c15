"""Owns the JSON operations about references: parse, one call, a view."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.references import queries, service
from marketplace.references.rules.links import Purpose
from marketplace.references.schemas import (
    AnswerDraft,
    AskDraft,
    DeclineDraft,
    GivenView,
    LinkDraft,
    OwnReference,
    ReferenceReportView,
    ReportDraft,
    RequestView,
    ShownDraft,
    StoppedView,
)
from marketplace.web.guards import public, signed_in, viewer
from marketplace.web.network import network
from marketplace.web.routing import Api

api = Api("references")
READ, WRITE = "profile:read", "profile:write"
ONE = "/references/{reference_id:uuid}"


async def _knock(request: Request) -> None:
    await service.knock(network(request))


@api.get("/references", guard=signed_in, scope=READ)
async def mine(request: Request) -> list[OwnReference]:
    """The references you asked former clients for, and what they answered, the newest first."""
    locale = request.state.locale
    return [OwnReference.of(row, locale) for row in await queries.mine(viewer(request))]


@api.post(
    "/references", guard=signed_in, scope=WRITE, status=201, idempotent=True,
    errors=(409, 422, 429),
)  # fmt: skip
async def ask(request: Request, body: AskDraft) -> OwnReference:
    """Ask a former client for a reference: a mail with a link, and two reminders at most."""
    return OwnReference.of(await service.ask(viewer(request), body), request.state.locale)


@api.patch(ONE, guard=signed_in, scope=WRITE, errors=(404, 409, 422))
async def hide(request: Request, reference_id: UUID, body: ShownDraft) -> OwnReference:
    """Hide one of your references, or show it again; what is hidden does not count."""
    row = await service.hide(viewer(request), reference_id, hidden=body.hidden)
    return OwnReference.of(row, request.state.locale)


@api.post(ONE + "/withdraw", guard=signed_in, scope=WRITE, idempotent=True, errors=(404, 409))
async def withdraw(request: Request, reference_id: UUID) -> OwnReference:
    """Take back a request that waits for an answer."""
    row = await service.withdraw(viewer(request), reference_id)
    return OwnReference.of(row, request.state.locale)


@api.post(
    ONE + "/reports",
    guard=public, status=201, idempotent=True, errors=(404, 422, 429), summary="Report a reference",
)  # fmt: skip
async def report(request: Request, reference_id: UUID, body: ReportDraft) -> ReferenceReportView:
    """Report a reference that is unlawful; a named person decides, nothing is hidden by itself."""
    sender = network(request)
    row = await service.report(reference_id, body, request.state.locale, sender)
    return ReferenceReportView.of(row)


@api.post("/references/open", guard=public, errors=(404, 422, 429))
async def request(request: Request, body: LinkDraft) -> RequestView:
    """What a request is about, for who was asked; opening it uses nothing up."""
    await _knock(request)
    row = await queries.by_link(Purpose.ANSWER, body.token)
    return await queries.request(row, request.state.locale)


@api.post(
    "/references/answer", guard=public, idempotent=True, errors=(403, 404, 409, 422, 429)
)  # fmt: skip
async def answer(request: Request, body: AnswerDraft) -> GivenView:
    """Give the reference that you were asked for by mail."""
    await _knock(request)
    row = await service.answer(viewer(request), body)
    return queries.given(row, request.state.locale)


@api.post("/references/decline", guard=public, idempotent=True, errors=(404, 409, 422, 429))
async def decline(request: Request, body: DeclineDraft) -> GivenView:
    """Give none; or say that you do not know this assistant."""
    await _knock(request)
    return queries.given(await service.decline(body), request.state.locale)


@api.post("/references/given", guard=public, errors=(404, 422, 429))
async def given(request: Request, body: LinkDraft) -> GivenView:
    """A reference that you gave, by the link of the mail that thanked you."""
    await _knock(request)
    row = await queries.by_link(Purpose.REMOVE, body.token)
    return queries.given(row, request.state.locale)


@api.post("/references/remove", guard=public, idempotent=True, errors=(404, 409, 422, 429))
async def remove(request: Request, body: LinkDraft) -> GivenView:
    """Remove a reference that you gave, for good."""
    await _knock(request)
    return queries.given(await service.remove(body.token), request.state.locale)


@api.post("/references/stop", guard=public, idempotent=True, errors=(404, 422, 429))
async def stop(request: Request, body: LinkDraft) -> StoppedView:
    """Let nobody ask your address for a reference any more, by the link of such a mail."""
    await _knock(request)
    await service.stop(body.token)
    return StoppedView(stopped=True)
