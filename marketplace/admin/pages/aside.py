"""Owns the forms of an operator's decisions about a transfer that cannot leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin.pages.queues import movement_page
from marketplace.admin.pages.router import pages, with_draft
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.queues import PaidByHandDraft, ReasonDraft, SureDraft
from marketplace.admin.service import aside
from marketplace.core.i18n import _
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to

MOVEMENT = "/operator/movements/{id:uuid}"
D = TypeVar("D", bound=ReasonDraft)


async def _decide(
    request: Request,
    act: Act,
    shape: type[D],
    step: Callable[[UUID, UUID, D], Awaitable[None]],
    done: str,
) -> Response:
    movement_id: UUID = request.path_params["id"]
    return await with_draft(
        request,
        shape,
        lambda draft: step(viewer(request).person_id, movement_id, draft),
        lambda form, status: movement_page(request, form, status, act),
        lambda: to(request, f"/operator/movements/{movement_id}", done),
    )


@pages.post(f"{MOVEMENT}/set-aside", guard=operator)
async def set_aside(request: Request) -> Response:
    """Take a transfer that cannot leave out of the queue."""
    done = _("Out of the queue. The amount stays owed to the assistant, who is told.")
    return await _decide(request, Act.SET_ASIDE, ReasonDraft, aside.set_aside, done)


@pages.post(f"{MOVEMENT}/put-back", guard=operator)
async def put_back(request: Request) -> Response:
    """Queue it again."""
    done = _("In the queue again, to leave as soon as Stripe allows it. The assistant is told.")
    return await _decide(request, Act.PUT_BACK, ReasonDraft, aside.put_back, done)


@pages.post(f"{MOVEMENT}/paid-by-hand", guard=operator)
async def paid_by_hand(request: Request) -> Response:
    """Note that it was paid from our own bank."""
    done = _("Noted as paid. The assistant is told, with the reference.")
    return await _decide(request, Act.PAID_BY_HAND, PaidByHandDraft, aside.paid_by_hand, done)


@pages.post(f"{MOVEMENT}/take-back", guard=operator)
async def take_back(request: Request) -> Response:
    """Give it back to the client."""
    done = _("The money goes back to the client. Both sides are told.")
    return await _decide(request, Act.TAKE_BACK, SureDraft, aside.take_back, done)
