"""Owns the demo's payments: the real funding and payout doors, with the sandbox's test card."""

from __future__ import annotations

from uuid import UUID

from marketplace.billing.service import funding
from marketplace.billing.service import payouts as set_up
from marketplace.core import outside
from marketplace.core.events import on_fact
from marketplace.core.settings import settings
from marketplace.web.sessions import Viewer
from marketplace.work.service import units
from payments import escrow, payouts
from payments.models import Funding, Payee, PayeeStatus

CARD = "4242424242424242"


async def _control(path: str, **body: object) -> None:
    async with outside.client(base_url=settings().stripe_api_base, timeout=30) as client:
        (await client.post(f"/_sandbox/{path}", json=body)).raise_for_status()


async def ready(assistant: Viewer, party_id: UUID) -> None:
    """Have the assistant's payouts set up, as if they had filled the sandbox's form."""
    state = await payouts.payee_status(str(party_id))
    if state.status is PayeeStatus.ACTIVE:
        return
    await set_up.payout_link(assistant, party_id, assistant.locale)
    payee = await Payee.get(id=str(party_id))
    await _control(f"onboard/{payee.account}")
    await payouts.refresh_payee(str(party_id), on_fact)


async def fund(business: Viewer, unit_id: UUID) -> None:
    """Pay a unit with the test card."""
    await funding.start_funding(business, unit_id, business.locale)
    funding_id = await units.request_funding(unit_id, business.locale)
    asked = await Funding.get(id=funding_id)
    await _control(f"pay/{asked.session}", number=CARD)
    await escrow.refresh(funding_id, on_fact)
