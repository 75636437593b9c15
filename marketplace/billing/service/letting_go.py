"""Owns what billing lets go of with a party: saved cards, declared turnover, who is paid out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.billing.models import DeclaredTurnover, RadarNotice
from payments import cards, payouts

if TYPE_CHECKING:
    from marketplace.parties.events import PartyClosed


async def on_party_closed(event: PartyClosed) -> None:
    """Reaction: what only helped the party itself; its account at Stripe stays its own."""
    await DeclaredTurnover.filter(party_id=event.party_id).delete()
    await RadarNotice.filter(party_id=event.party_id).delete()
    await payouts.forget_payee(str(event.party_id))


async def forget_cards(event: PartyClosed) -> None:
    """Reaction, later: have Stripe forget every saved card and mandate of the party."""
    payer = str(event.party_id)
    while saved := await cards.saved_methods(payer):
        await cards.forget(payer, saved[0].method.id)
