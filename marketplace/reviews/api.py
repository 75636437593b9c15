"""Owns the JSON operations of reviews: those of the two sides, and what anybody may read."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.contracts.rules.states import Actor
from marketplace.core.grounds import GROUNDS
from marketplace.core.i18n import gettext
from marketplace.reviews import queries, rules, service
from marketplace.reviews.models import ContractReview
from marketplace.reviews.queries import Listed, Turn
from marketplace.reviews.schemas import (
    MineView,
    OfAssistantDraft,
    OfBusinessDraft,
    ReplyDraft,
    ReportDraft,
    ReportView,
    ReviewsView,
    ReviewView,
    RoomView,
    RulesView,
    ScoreView,
    ToWriteView,
    TurnView,
)
from marketplace.web.guards import public, viewer
from marketplace.web.network import network
from marketplace.web.operations import Own
from marketplace.web.paging import PageQuery, cut

own = Own("reviews", "contracts")
api = own.api
CONTRACT = "/contracts/{contract_id:uuid}/reviews"


@own.read("/reviews")
async def index(request: Request) -> list[ToWriteView]:
    """Contracts whose other side you can review now, soonest over first."""
    return [
        ToWriteView(
            contract=row.contract_id,
            number=row.contract.number,
            title=row.contract.title,
            side=side.value,
            about=(
                row.contract.assistant if side is Actor.BUSINESS else row.contract.business
            ).display_name,
            occasion=row.occasion.value,
            closes_at=row.closes_at,
        )
        for row, side in await queries.to_write(viewer(request))
    ]


@own.read(CONTRACT)
async def room(request: Request, contract_id: UUID) -> RoomView:
    """The reviews of a contract: yours, and the other side's once both are in or time is over."""
    contract, side, turns = await queries.room(viewer(request), contract_id)
    return RoomView(contract=contract.id, side=side.value, rounds=[_turn(one) for one in turns])


def _turn(one: Turn) -> TurnView:
    return TurnView(
        occasion=one.round.occasion.value,
        opened_at=one.round.opened_at,
        closes_at=one.round.closes_at,
        revealed_at=one.round.revealed_at,
        void=one.round.void,
        may_write=one.may_write,
        mine=_mine(one.mine) if one.mine else None,
        theirs=queries.view(one.theirs) if one.theirs else None,
    )


def _mine(row: ContractReview) -> MineView:
    return MineView(
        id=row.id,
        marks=row.marks,
        again=row.again,
        text=row.text,
        language=row.language,
        written_at=row.written_at,
        sent_at=row.sent_at,
        hidden_for=str(row.hidden_for),
    )


@own.act(CONTRACT + "/of-assistant")
async def of_assistant(request: Request, contract_id: UUID, body: OfAssistantDraft) -> MineView:
    """Review the assistant; what is sent cannot be changed, a draft can (business)."""
    return _mine(await service.write(viewer(request), contract_id, Actor.BUSINESS, body))


@own.act(CONTRACT + "/of-business")
async def of_business(request: Request, contract_id: UUID, body: OfBusinessDraft) -> MineView:
    """Review the business; what is sent cannot be changed, a draft can (assistant)."""
    return _mine(await service.write(viewer(request), contract_id, Actor.ASSISTANT, body))


@own.read(CONTRACT + "/other-side")
async def other_side(request: Request, contract_id: UUID, query: PageQuery) -> ReviewsView:
    """What others said of the other side of a contract or offer, with all that its score needs."""
    _contract, _side, found = await queries.of_other_side(viewer(request), contract_id)
    return _listed(found, query)


@own.act("/reviews/{review_id:uuid}/reply")
async def reply(request: Request, review_id: UUID, body: ReplyDraft) -> ReviewView:
    """Answer a review of yourself in public, once."""
    return queries.view(await service.reply(viewer(request), review_id, body))


@api.post(
    "/reviews/{review_id:uuid}/reports",
    guard=public, status=201, idempotent=True, errors=(404, 429), summary="Report a review",
)  # fmt: skip
async def report(request: Request, review_id: UUID, body: ReportDraft) -> ReportView:
    """Report a review that is unlawful; a named person decides, nothing is hidden by itself."""
    sender = network(request)
    return ReportView.of(await service.report(review_id, body, request.state.locale, sender))


@api.get("/reviews/rules", guard=public, summary="How reviews work")
async def published(request: Request) -> RulesView:
    """The published rules of reviews and the formula of the rating."""
    locale = request.state.locale
    return RulesView(
        under_way_after_days=rules.UNDER_WAY_DAYS,
        order="newest first",
        criteria={side.value: list(names) for side, names in rules.CRITERIA.items()},
        grounds={one.value: gettext(said, locale) for one, said in GROUNDS.items()},
    )


@api.get(
    "/assistants/{slug}/reviews", guard=public, errors=(404,), summary="An assistant's reviews"
)
async def listed(request: Request, slug: str, query: PageQuery) -> ReviewsView:
    """All reviews that count for an assistant's rating, and the sum that it is made of."""
    del request
    _profile, found = await queries.of_profile(slug)
    return _listed(found, query)


def _listed(found: Listed, query: PageQuery) -> ReviewsView:
    page, following = cut(found.rows, query, queries.shown_order)
    score = found.score
    return ReviewsView(
        score=ScoreView(rating=score.rating, marks=score.marks, reviews=score.reviews),
        items=[queries.view(row) for row in page],
        next=following,
    )
