"""Owns taking a unit to the payment page and a party to its payout set-up; never holds money."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core.db import command
from marketplace.core.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.core.events import on_fact
from marketplace.core.i18n import _, gettext
from marketplace.core.settings import settings
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries as parties
from marketplace.work import queries as work
from marketplace.work.service import units
from payments import escrow, payouts
from payments.errors import (
    HoldingFrozen,
    InsufficientFunds,
    KeyReused,
    NothingReleased,
    UnknownHolding,
)
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.billing.schemas import GiveBackDraft
    from marketplace.web.sessions import Viewer


class NotPayableHere(Conflict):
    """Stripe cannot pay out in the party's country (payments design, section 1.3)."""

    message = _("Payouts through held funds are not possible in this country yet.")


class NotReleased(Invalid):
    """More is to be given back than was released."""

    message = _("This is more than what was paid to you for this part.")


class BackNotNow(Conflict):
    """A bank disputes this money, or the same request came with another amount."""

    message = _("This money cannot be given back now. Reload the page.")


async def start_funding(viewer: Viewer, unit_id: UUID, locale: str) -> str:
    """The address of the payment page for a unit's missing money. Not inside a command.

    Raises Forbidden for the assistant, and what units.request_funding raises.
    """
    unit = await work.unit(viewer, unit_id)
    if not viewer.acts_for(unit.contract.business_id):
        raise Forbidden
    funding_id = await units.request_funding(unit_id, locale)
    here = f"{settings().base_url}/{locale}/units/{unit_id}"
    business = await parties.by_id(unit.contract.business_id)
    return await escrow.start_checkout(
        funding_id,
        f"{here}/funded?funding={funding_id}",
        f"{here}/fund",
        payer_name=business.legal_name or business.display_name,
        payer_email=viewer.person.email,
        fee_description=gettext("Relais service fee", locale),
    )


@command
async def give_back(viewer: Viewer, unit_id: UUID, draft: GiveBackDraft) -> None:
    """Return a part of what was released for a unit to the client (assistant), by this person.

    Raises Forbidden, NotReleased beside the field, Conflict while a bank disputes the money.
    """
    unit = await work.unit(viewer, unit_id)
    if not viewer.acts_for(unit.contract.assistant_id):
        raise Forbidden
    price = Money(draft.price_minor, unit.currency)
    try:
        await escrow.refund_released(
            key=f"{unit.id}:back:{draft.request_id}",
            holding=str(unit.id),
            decided_by=str(viewer.person_id),
            price=price,
        )
    except (NothingReleased, UnknownHolding, InsufficientFunds):
        raise NotReleased({"price_minor": NotReleased.message}) from None
    except (HoldingFrozen, KeyReused):
        raise BackNotNow from None


async def finish_funding(viewer: Viewer, unit_id: UUID, funding_id: UUID) -> str:
    """Ask Stripe at once how a payment went and apply it; the status. Its event will agree."""
    unit = await work.unit(viewer, unit_id)
    if await escrow.holding_of(funding_id) != str(unit.id):
        raise NotFound
    return str(await escrow.refresh(funding_id, on_fact))


async def payout_link(viewer: Viewer, party_id: UUID, locale: str) -> str:
    """The address of Stripe's hosted payout set-up for a party. Not inside a command.

    Raises NotPayableHere, NotFound.
    """
    party = await parties.get(viewer, party_id)
    if not jurisdictions.payable(party.jurisdiction):
        raise NotPayableHere
    await payouts.ensure_payee(
        payee=str(party.id),
        email=viewer.person.email,
        name=party.legal_name or party.display_name,
        country=party.country,
        locale=locale,
    )
    back = f"{settings().base_url}/{locale}/payouts/{party_id}"
    return await payouts.onboarding_link(str(party_id), f"{back}?back=1", back)


async def refresh_payee(viewer: Viewer, party_id: UUID) -> None:
    """Ask Stripe at once how the set-up went. Its event will agree."""
    party = await parties.get(viewer, party_id)
    await payouts.refresh_payee(str(party.id), on_fact)
