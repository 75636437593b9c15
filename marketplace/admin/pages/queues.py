"""Owns the pages of movements and of Stripe's news: lists by state, details, another try."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.pages.router import (
    Form,
    asked,
    blank,
    older,
    pages,
    show,
    with_query,
    with_reason,
)
from marketplace.admin.queries import holding, records
from marketplace.admin.rules.decisions import BY_HAND
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.queues import MovementQuery, NewsQuery
from marketplace.core.errors import NotFound
from marketplace.core.i18n import _
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to
from payments import explorer
from payments.movements import STUCK


def _states(
    request: Request, queue: str, statuses: tuple[str, ...], found: list[explorer.Queue]
) -> list[tuple[str, str, bool, int | None]]:
    """The tabs of a list: address, state, whether it is shown, how many wait in it."""
    counts = {each.status: each.count for each in found if each.queue == queue}
    chosen = request.query_params.get("status", "")
    return [
        (
            with_query(request, status=status, before=""),
            status,
            status == chosen,
            counts.get(status),
        )
        for status in ("", *statuses)
    ]


@pages.get("/operator/movements", guard=operator)
async def movements(request: Request) -> Response:
    """Transfers and refunds by state."""
    query, _form = asked(request, MovementQuery)
    query = query or MovementQuery()
    rows = await explorer.movements(status=query.status, before=query.before, limit=query.limit)
    states = _states(request, "movement", explorer.MOVEMENT_STATUSES, await explorer.queues())
    after = older(request, rows, query.limit)
    return show(request, "movements", rows=rows, states=states, older=after, tab="movements")


async def movement_page(
    request: Request, form: Form, status: int = 200, act: Act | None = None
) -> Response:
    """One movement, with the forms of what a person may do about it; `form` is that of `act`."""
    row = await explorer.movement(request.path_params["id"])
    if row is None:
        raise NotFound
    return show(
        request, "movement", status=status, row=row, tab="movements",
        form=form if act is None else blank(),
        form_of=lambda name: form if act is not None and act.value == name else blank(),
        stuck=row.kind == "transfer" and row.status in STUCK,
        acts=await records.acts_on(f"movement:{row.id}"),
        by_hand=None if row.resent else BY_HAND.get((row.kind, row.status)),
        contract=await records.contract(row.contract),
        safe_from=await holding.safe_from(row.id) if row.status == "credit" else None,
    )  # fmt: skip


@pages.get("/operator/movements/{id:uuid}", guard=operator)
async def movement(request: Request) -> Response:
    """One transfer or refund, and the form to try it again when it is parked."""
    return await movement_page(request, blank())


@pages.post("/operator/movements/{id:uuid}/retry", guard=operator)
async def retry_movement(request: Request) -> Response:
    """Put a parked movement back into the queue."""
    movement_id = request.path_params["id"]
    done = _("The movement is in the queue again. It is tried within a minute.")
    return await with_reason(
        request,
        lambda draft: service.retry_movement(viewer(request).person_id, movement_id, draft),
        lambda form, status: movement_page(request, form, status),
        lambda: to(request, f"/operator/movements/{movement_id}", done),
    )


@pages.post("/operator/movements/{id:uuid}/decide", guard=operator)
async def decide_movement(request: Request) -> Response:
    """Do what only a person decides about a movement."""
    movement_id = request.path_params["id"]
    return await with_reason(
        request,
        lambda draft: service.decide_movement(viewer(request).person_id, movement_id, draft),
        lambda form, status: movement_page(request, form, status),
        lambda: to(request, f"/operator/movements/{movement_id}", _("Decided, and on its way.")),
    )


@pages.get("/operator/inbox", guard=operator)
async def inbox(request: Request) -> Response:
    """Stripe's news by state."""
    query, _form = asked(request, NewsQuery)
    query = query or NewsQuery()
    rows = await explorer.news(status=query.status, before=query.before, limit=query.limit)
    states = _states(request, "news", explorer.NEWS_STATUSES, await explorer.queues())
    after = older(request, rows, query.limit)
    return show(request, "inbox", rows=rows, states=states, older=after, tab="inbox")


async def _news(request: Request, form: Form, status: int = 200) -> Response:
    row = await explorer.news_item(request.path_params["id"])
    if row is None:
        raise NotFound
    acts = await records.acts_on(f"news:{row.id}")
    return show(request, "news", status=status, row=row, form=form, acts=acts, tab="inbox")


@pages.get("/operator/inbox/{id:uuid}", guard=operator)
async def news(request: Request) -> Response:
    """One piece of news, and the form to try it again when it is parked."""
    return await _news(request, blank())


@pages.post("/operator/inbox/{id:uuid}/retry", guard=operator)
async def retry_news(request: Request) -> Response:
    """Let parked news wait again, from now on."""
    news_id = request.path_params["id"]
    done = _("The news waits again. It is applied within a minute.")
    return await with_reason(
        request,
        lambda draft: service.retry_news(viewer(request).person_id, news_id, draft),
        lambda form, status: _news(request, form, status),
        lambda: to(request, f"/operator/inbox/{news_id}", done),
    )
