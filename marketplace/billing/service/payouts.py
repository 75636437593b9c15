"""Owns taking a party to its payout set-up; never pays."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import held
from marketplace.core.errors import Conflict
from marketplace.core.events import on_fact
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries as parties
from payments import payouts

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


class NotPayableHere(Conflict):
    """Stripe cannot pay out in the party's country."""

    message = _("Payouts through held funds are not possible in this country yet.")


async def payout_link(viewer: Viewer, party_id: UUID, locale: str) -> str:
    """The address of Stripe's hosted payout set-up for a party; its own pages there once done.

    Not inside a command.

    Where the money goes is an owner's to say, like who the party is. Raises Held, OwnersOnly,
    NotPayableHere, NotFound.
    """
    await held.refuse()
    await parties.require_owner(viewer, party_id)
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
    if (await payouts.payee_status(str(party_id))).status == "active":
        return await payouts.dashboard_link(str(party_id))
    back = f"{settings().base_url}/{locale}/payouts/{party_id}"
    return await payouts.onboarding_link(str(party_id), f"{back}?back=1", back)


async def refresh_payee(viewer: Viewer, party_id: UUID) -> None:
    """Ask Stripe at once how the set-up went. Its event will agree."""
    party = await parties.get(viewer, party_id)
    await payouts.refresh_payee(str(party.id), on_fact)
