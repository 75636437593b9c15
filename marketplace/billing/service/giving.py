"""Owns giving back what was released."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.billing.queries import tips
from marketplace.core import events
from marketplace.core.db import command
from marketplace.core.errors import Conflict, Forbidden, Invalid
from marketplace.core.i18n import _
from marketplace.work import queries as work
from payments import escrow
from payments.errors import (
    HoldingFrozen,
    InsufficientFunds,
    KeyReused,
    NothingReleased,
    UnknownHolding,
)
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.billing.schemas.giving import GiveBackDraft
    from marketplace.web.sessions import Viewer


class NotReleased(Invalid):
    """More is to be given back than was released."""

    message = _("This is more than what you were paid and still have of it.")


class BackNotNow(Conflict):
    """A bank disputes this money, or the same request came with another amount."""

    message = _("This money cannot be given back now. Reload the page.")


@command
async def give_back(viewer: Viewer, unit_id: UUID, draft: GiveBackDraft) -> None:
    """Return a part of what was released for a unit to the client (assistant), by this person.

    Raises Forbidden, NotReleased beside the field, Conflict while a bank disputes the money.
    """
    unit = await work.unit(viewer, unit_id)
    if not viewer.acts_for(unit.contract.assistant_id):
        raise Forbidden
    await _return(viewer, unit.id, Money(draft.price_minor, unit.currency), draft)


@command
async def give_tip_back(
    viewer: Viewer, contract_id: UUID, tip_id: UUID, draft: GiveBackDraft
) -> None:
    """The same of a tip. Raises NotFound, and as `give_back` otherwise."""
    tip = await tips.received(viewer, contract_id, tip_id)
    await _return(viewer, tip.id, Money(draft.price_minor, tip.currency), draft)


async def _return(viewer: Viewer, holding: UUID, price: Money, draft: GiveBackDraft) -> None:
    try:
        settled = await escrow.refund_released(
            key=f"{holding}:back:{draft.request_id}",
            holding=str(holding),
            decided_by=str(viewer.person_id),
            price=price,
        )
    except (NothingReleased, UnknownHolding, InsufficientFunds):
        raise NotReleased({"price_minor": NotReleased.message}) from None
    except (HoldingFrozen, KeyReused):
        raise BackNotNow from None
    for fact in settled:
        await events.on_fact(fact)
