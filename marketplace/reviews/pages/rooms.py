"""Owns the pages of reviews for the two sides of a contract: what to write, written and read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts.rules.states import Actor
from marketplace.core.errors import Conflict
from marketplace.core.grounds import GROUNDS
from marketplace.core.i18n import _, gettext
from marketplace.reviews import queries, rules, service
from marketplace.reviews.pages.router import PAGE, paged, pages
from marketplace.reviews.queries import Turn
from marketplace.reviews.schemas import OfAssistantDraft, OfBusinessDraft, ReplyDraft
from marketplace.web.forms import Form, blank, read_form, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.templates import render

CONTRACT = "/contracts/{contract_id:uuid}/reviews"
SENT = _("Sent. It can be read once both reviews are in, or when the time is over.")
BOTH = _("Sent. Both reviews are in: here they are.")
KEPT = _("Kept as a draft. Nobody else sees it, and it does not count until you send it.")


@pages.get("/reviews", guard=signed_in)
async def index(request: Request) -> Response:
    """Whom the viewer can review now."""
    rows = [
        (row, side, rules.last_day(row.closes_at, row.contract.time_zone))
        for row, side in await queries.to_write(viewer(request))
    ]
    return render(request, "reviews/index.html", rows=rows)


async def _room(
    request: Request, contract_id: UUID, form: Form | None = None, status: int = 200, **more: Any
) -> Response:
    contract, side, turns = await queries.room(viewer(request), contract_id)
    across = contract.assistant if side is Actor.BUSINESS else contract.business
    other = await queries.listed(across.id, side)
    return render(
        request, "reviews/room.html", status=status, contract=contract, side=side.value,
        turns=turns, form=form or blank(_typed(turns, request.state.locale)),
        across=across, score=other.score, criteria=rules.CRITERIA[side], view=queries.view,
        last_day=lambda one: rules.last_day(one.closes_at, contract.time_zone),
        text_max=rules.TEXT_MAX, reply_max=rules.REPLY_MAX, days=rules.REVIEW_DAYS,
        under_way_days=rules.UNDER_WAY_DAYS, grounds=GROUNDS,
        **{"reply_form": blank(), "refused": "", **more},
    )  # fmt: skip


def _typed(turns: list[Turn], locale: str) -> dict[str, Any]:
    """What a form begins with: the kept draft, or the language of the page."""
    mine = next((one.mine for one in turns if one.may_write and one.mine), None)
    if mine is None:
        return {"language": locale}
    again = {} if mine.again is None else {"again": "true" if mine.again else "false"}
    return {**mine.marks, **again, "text": mine.text, "language": mine.language}


@pages.get(CONTRACT, guard=signed_in)
async def room(request: Request) -> Response:
    """The reviews of a contract."""
    return await _room(request, request.path_params["contract_id"])


def _words(error: Conflict) -> str:
    """Above the page: the form that was refused is not on it any more."""
    return gettext(error.message, None, **error.params)


async def _write(
    request: Request, side: Actor, shape: type[OfAssistantDraft | OfBusinessDraft]
) -> Response:
    contract_id: UUID = request.path_params["contract_id"]
    draft, form = validate(shape, await read_form(request))
    if draft is None:
        return await _room(request, contract_id, form, 422)
    try:
        row = await service.write(viewer(request), contract_id, side, draft)
    except Conflict as error:
        return await _room(request, contract_id, form, error.status, refused=_words(error))
    _contract, _side, turns = await queries.room(viewer(request), contract_id)
    both = any(one.mine and one.mine.id == row.id and one.theirs for one in turns)
    said = (BOTH if both else SENT) if draft.send else KEPT
    return to(request, f"/contracts/{contract_id}/reviews", said)


@pages.post(CONTRACT + "/of-assistant", guard=signed_in)
async def of_assistant(request: Request) -> Response:
    """The business reviews its assistant."""
    return await _write(request, Actor.BUSINESS, OfAssistantDraft)


@pages.post(CONTRACT + "/of-business", guard=signed_in)
async def of_business(request: Request) -> Response:
    """The assistant reviews the business."""
    return await _write(request, Actor.ASSISTANT, OfBusinessDraft)


@pages.get(CONTRACT + "/other-side", guard=signed_in)
async def other_side(request: Request) -> Response:
    """What others said of the other side of a contract."""
    who, contract_id = viewer(request), request.path_params["contract_id"]
    contract, across, found = await queries.of_other_side(who, contract_id)
    page, last = paged(request.query_params.get("page", ""), found.score.reviews)
    rows = found.rows[(page - 1) * PAGE : page * PAGE]
    party = contract.assistant if across is Actor.ASSISTANT else contract.business
    return render(
        request, "reviews/other_side.html", contract=contract, name=party.display_name,
        score=found.score, rows=[queries.view(row) for row in rows], page=page, last=last,
    )  # fmt: skip


@pages.post("/reviews/{review_id:uuid}/reply", guard=signed_in)
async def reply(request: Request) -> Response:
    """Answer a review in public."""
    who, review_id = viewer(request), request.path_params["review_id"]
    row = await queries.visible(review_id)
    who.require(row.about_id)
    contract_id = row.round.contract_id
    draft, form = validate(ReplyDraft, await read_form(request))
    if draft is None:
        return await _room(request, contract_id, status=422, reply_form=form, replying=review_id)
    try:
        await service.reply(who, review_id, draft)
    except Conflict as error:
        return await _room(request, contract_id, status=error.status, refused=_words(error))
    return to(request, f"/contracts/{contract_id}/reviews", _("Your reply can be read now."))
