"""Owns the pages of money that waits for a person: held for long, or credit of a direct debit."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.pages.queues import movement_page
from marketplace.admin.pages.router import Form, blank, pages, show, with_reason
from marketplace.admin.queries import holding
from marketplace.core.i18n import _
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to


@pages.get("/operator/held", guard=operator)
async def long_held(request: Request) -> Response:
    """Money held for longer than both sides are warned of."""
    return show(request, "held", rows=await holding.long_held(), tab="overview")


async def _one(request: Request, form: Form, status: int = 200) -> Response:
    row = await holding.one(request.path_params["id"])
    return show(request, "held_one", status=status, row=row, form=form, tab="overview")


@pages.get("/operator/held/{id:uuid}", guard=operator)
async def held(request: Request) -> Response:
    """One of them, and the form to send it back."""
    return await _one(request, blank())


@pages.post("/operator/held/{id:uuid}/renew", guard=operator)
async def renew_hold(request: Request) -> Response:
    """Send it back, to be paid anew."""
    unit_id = request.path_params["id"]
    done = _("The money goes back, and the client is asked to pay anew.")
    return await with_reason(
        request,
        lambda draft: service.renew_hold(viewer(request).person_id, unit_id, draft),
        lambda form, status: _one(request, form, status),
        lambda: to(request, "/operator/held", done),
        gone="/operator/held",
    )


@pages.post("/operator/movements/{id:uuid}/send", guard=operator)
async def send_credit(request: Request) -> Response:
    """Send a refund of a direct debit that waits for a person."""
    movement_id = request.path_params["id"]
    done = _("The refund is in the queue. It leaves within a minute.")
    return await with_reason(
        request,
        lambda draft: service.send_credit(viewer(request).person_id, movement_id, draft),
        lambda form, status: movement_page(request, form, status),
        lambda: to(request, f"/operator/movements/{movement_id}", done),
    )
