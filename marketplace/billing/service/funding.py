"""Owns taking a unit to the payment page and back; never holds money."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.billing.events import DebitFailed, DebitStarted
from marketplace.core import events, held
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.events import on_fact
from marketplace.core.i18n import _, gettext
from marketplace.core.settings import settings
from marketplace.parties import queries as parties
from marketplace.work import queries as work
from marketplace.work.service import units
from payments import escrow, facts
from payments.errors import AmountRefused, FundingUnderWay

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer
    from marketplace.work.models import Unit


async def start_funding(viewer: Viewer, unit_id: UUID, locale: str) -> str:
    """The address of the payment page for a unit's missing money. Not inside a command.

    Raises Held, Forbidden for the assistant, AmountRefused when Stripe takes no payment of this
    amount, and what units.request_funding raises.
    """
    await held.refuse()
    unit = await work.unit(viewer, unit_id)
    if not viewer.acts_for(unit.contract.business_id):
        raise Forbidden
    try:
        funding_id = await units.request_funding(unit_id, locale)
    except FundingUnderWay as open_page:  # another amount was asked for then
        await escrow.cancel_funding(UUID(str(open_page)), on_fact)
        funding_id = await units.request_funding(unit_id, locale)
    try:
        return await _checkout(viewer, unit, funding_id, locale)
    except AmountRefused:  # for good: nothing is under way, and asking again does not help
        await escrow.cancel_funding(funding_id, on_fact)
        await units.not_asked(unit_id)
        raise


async def _checkout(viewer: Viewer, unit: Unit, funding_id: UUID, locale: str) -> str:
    here = f"{settings().base_url}/{locale}/units/{unit.id}"
    business = await parties.by_id(unit.contract.business_id)
    return await escrow.start_checkout(
        funding_id,
        f"{here}/funded?funding={funding_id}",
        f"{here}/fund",
        payer_name=business.legal_name or business.display_name,
        payer_email=viewer.person.email,
        fee_description=gettext(_("%(site)s service fee"), locale, site=settings().site_name),
    )


async def finish_funding(viewer: Viewer, unit_id: UUID, funding_id: UUID) -> str:
    """Ask Stripe at once how a payment went and apply it; the status. Its event will agree."""
    unit = await work.unit(viewer, unit_id)
    if await escrow.holding_of(funding_id) != str(unit.id):
        raise NotFound
    return str(await escrow.refresh(funding_id, on_fact))


async def on_processing(fact: facts.FundingProcessing) -> None:
    """Tell both sides that a direct debit is under way; in the payments' own transaction."""
    unit = await _unit_of(fact)
    if unit is not None:
        await events.record(DebitStarted(unit.id))


async def on_failed(fact: facts.FundingFailed) -> None:
    """Tell both sides of a payment that failed when its payer was long gone."""
    unit = await _unit_of(fact) if fact.late else None
    if unit is not None:
        await events.record(DebitFailed(unit.id))


async def _unit_of(fact: facts.HoldingFact) -> Unit | None:
    """The unit a payment is for; None for what is no unit, such as a tip."""
    try:
        return await units.locked(UUID(fact.holding))
    except (ValueError, NotFound):
        return None
