"""Owns what one side may know of a contract's reviews; never the other's before its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise.expressions import Q

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.states import Actor
from marketplace.core import clock
from marketplace.reviews.models import ContractReview, ReviewRound
from marketplace.reviews.rules import other

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer


@dataclass(frozen=True)
class Turn:
    """A round as one side sees it: its own review, and once it is over, the other's.

    `may_write`: the round is open and the side has not sent its review. `withheld`: the other's
    was hidden by an operator. `on_both_sides`: the viewer acts for both, and reviews neither.
    """

    round: ReviewRound
    mine: ContractReview | None
    theirs: ContractReview | None
    withheld: bool
    on_both_sides: bool

    @property
    def may_write(self) -> bool:
        """Whether this side may still write."""
        over = self.round.revealed_at is not None or self.round.closes_at <= clock.now()
        sent = self.mine is not None and self.mine.sent_at is not None
        return not (over or sent or self.on_both_sides)


async def room(viewer: Viewer, contract_id: UUID) -> tuple[Contract, Actor, list[Turn]]:
    """A contract, the viewer's side and its rounds, the newest first. Raises NotFound."""
    contract = await contracts.get(viewer, contract_id)
    side = side_of(viewer, contract)
    rounds = await ReviewRound.filter(contract_id=contract.id).order_by("-opened_at")
    both = viewer.acts_for(contract.business_id) and viewer.acts_for(contract.assistant_id)
    return contract, side, [await _turn(one, side, on_both_sides=both) for one in rounds]


async def _turn(one: ReviewRound, side: Actor, *, on_both_sides: bool) -> Turn:
    readable = Q(side=side)
    if one.revealed_at is not None and not one.void:
        readable |= Q(sent_at__isnull=False)
    found = ContractReview.filter(readable, round_id=one.id)
    by_side = {
        each.side: each for each in await found.prefetch_related("round__contract", "author")
    }
    mine, theirs = by_side.get(side), by_side.get(other(side))
    withheld = theirs is not None and theirs.hidden_at is not None
    return Turn(one, mine, None if withheld else theirs, withheld, on_both_sides)


async def to_write(viewer: Viewer) -> list[tuple[ReviewRound, Actor]]:
    """The open rounds in which a party of the viewer has not sent its review, soonest over first.

    With contract and both its sides. Who acts for both sides reviews neither.
    """
    mine = list(viewer.party_ids)
    found = ReviewRound.filter(
        Q(contract__business_id__in=mine) | Q(contract__assistant_id__in=mine),
        revealed_at=None,
        closes_at__gt=clock.now(),
    ).order_by("closes_at", "id")
    rounds = await found.prefetch_related("contract__business", "contract__assistant")
    sent = ContractReview.filter(
        round_id__in=[each.id for each in rounds], author_id__in=mine, sent_at__isnull=False
    )
    done = set(await sent.values_list("round_id", "side"))
    sides = [(each, side_of(viewer, each.contract)) for each in rounds]
    return [
        (each, side)
        for each, side in sides
        if (each.id, side) not in done
        and not viewer.party_ids >= {each.contract.business_id, each.contract.assistant_id}
    ]


async def open_round(contract_id: UUID) -> ReviewRound | None:
    """The round of a contract that is not over, if there is one; for commands and jobs."""
    return await ReviewRound.get_or_none(contract_id=contract_id, revealed_at=None)
