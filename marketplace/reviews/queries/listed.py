"""Owns lists of reviews as anybody may read them, page by page, each with what makes its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.access import party_of, side_of
from marketplace.contracts.rules.states import Actor, Rail
from marketplace.profiles import queries as profiles
from marketplace.reviews.queries.visible import NEWEST, Score, of_party, score
from marketplace.reviews.rules import other
from marketplace.reviews.schemas import ReplyView, ReviewView

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.profiles.models import Profile
    from marketplace.reviews.models import ContractReview, ReviewRound
    from marketplace.web.sessions import Viewer


@dataclass(frozen=True)
class Listed:
    """All the reviews of a party that count, and what they add up to."""

    rows: list[ContractReview]
    score: Score


def view(row: ContractReview) -> ReviewView:
    """A review as anybody may read it; with round, contract and author at hand."""
    contract = row.round.contract
    zone = ZoneInfo(contract.time_zone)
    sent_at = row.sent_at or row.written_at
    return ReviewView(
        id=row.id,
        author=row.author.display_name if row.named else "",
        marks=row.marks,
        again=row.again,
        text=row.text,
        language=row.language,
        reviewed_on=sent_at.astimezone(zone).date(),
        published_on=(row.round.revealed_at or sent_at).astimezone(zone).date(),
        month=f"{row.round.worked_until:%Y-%m}",
        contract_kind=contract.kind.value,
        occasion=row.round.occasion.value,
        verified_by=_why(row.round, contract),
        reply=ReplyView(
            text=row.reply, language=row.reply_language, on=row.replied_at.astimezone(zone).date()
        )
        if row.replied_at
        else None,
    )


def _why(row: ReviewRound, contract: Contract) -> Literal["released", "recorded", "given_back"]:
    if row.given_back_at is not None:
        return "given_back"
    return "recorded" if contract.rail is Rail.RECORDED else "released"


async def listed(party_id: UUID, side: Actor) -> Listed:
    """The reviews of a party by those on `side`, the newest first."""
    rows = await of_party(party_id, side)
    return Listed(rows, score(rows))


async def of_profile(slug: str) -> tuple[Profile, Listed]:
    """A published profile, and what businesses said of it. Raises NotFound."""
    profile = await profiles.by_slug(slug)
    return profile, await listed(profile.party_id, Actor.BUSINESS)


async def of_other_side(viewer: Viewer, contract_id: UUID) -> tuple[Contract, Actor, Listed]:
    """What others said of the other side of a contract of the viewer. Raises NotFound."""
    contract = await contracts.get(viewer, contract_id)
    across = other(side_of(viewer, contract))
    return contract, across, await listed(party_of(across, contract), other(across))


async def newest(party_id: UUID) -> list[ReviewView]:
    """The newest reviews of an assistant, for its profile."""
    return [view(row) for row in (await of_party(party_id, Actor.BUSINESS))[:NEWEST]]
