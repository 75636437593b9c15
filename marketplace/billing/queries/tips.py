"""Owns the reads of tips, seen by a viewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.billing.models import Tip
from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Rail
from marketplace.core.errors import NotFound
from marketplace.work import queries as work
from payments import escrow
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer


@dataclass(frozen=True)
class Tips:
    """A contract's tips, newest first, with what was given back; whether one can be given now."""

    contract: Contract
    side: str
    tips: list[Tip]
    returned: dict[UUID, Money]
    possible: bool


async def tips(viewer: Viewer, contract_id: UUID) -> Tips:
    """What was given on a contract, for its parties; the assistant sees paid tips. NotFound."""
    contract = await contracts.get(viewer, contract_id)
    side = work.side_of(viewer, contract)
    rows = await Tip.filter(contract_id=contract.id).order_by("-asked_at", "-id")
    shown = [row for row in rows if row.paid_at or side == "business"]
    returned = {row.id: await given_back(row) for row in shown}
    return Tips(contract, side, shown, returned, await possible(contract))


async def given_back(tip: Tip) -> Money:
    """What of a tip went back to the business, as soon as that was decided."""
    if tip.paid_at is None:
        return Money.zero(tip.currency)
    return tip.amount - await escrow.kept(str(tip.id), tip.currency)


async def possible(contract: Contract) -> bool:
    """A tip thanks for work: something was released through held funds, also when it is over."""
    return contract.rail is Rail.HELD and await work.paid_anything(contract.id)


async def received(viewer: Viewer, contract_id: UUID, tip_id: UUID) -> Tip:
    """A paid tip with its contract, for the assistant who got it. Raises NotFound."""
    found = await Tip.get_or_none(pk=tip_id, contract_id=contract_id).prefetch_related("contract")
    if found is None or found.paid_at is None or not viewer.acts_for(found.contract.assistant_id):
        raise NotFound
    return found


async def tip(viewer: Viewer, tip_id: UUID) -> Tip:
    """One tip with its contract, for the business that gives it. Raises NotFound."""
    found = await Tip.get_or_none(pk=tip_id).prefetch_related("contract")
    if found is None or not viewer.acts_for(found.contract.business_id):
        raise NotFound
    return found
