"""Owns charging a saved card by itself: ask for the money, charge, say what came of it.

Runs outside a command, since it talks to Stripe, and may be cut off and repeated at any moment:
asking again gives the same request, whose own key charges once.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from marketplace.core import events
from marketplace.work.rules import CurrencyNotHeld
from payments import escrow
from payments.errors import (
    AlreadyFunded,
    FundingUnderWay,
    PaymentProcessing,
    StripeRefused,
    StripeUnavailable,
    UnknownFunding,
)
from payments.escrow import FundingStatus
from payments.facts import CONVERTED

log = logging.getLogger("relais.work")
PAID: Final = frozenset({FundingStatus.FUNDED, FundingStatus.PROCESSING})
# A debit that failed may be paid again on its page, at the price of then.
ASKED: Final = frozenset({FundingStatus.REQUESTED, FundingStatus.CHECKOUT, FundingStatus.FAILED})
Ask = Callable[[], Awaitable[UUID | None]]
"""A command that asks for the money: the funding to charge, None when nothing is to be charged."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a charge came to: `paid` is its funding, held or on its way, else why not."""

    paid: UUID | None = None
    reason: str = ""


async def charge(ask: Ask) -> Answer | None:
    """Charge the saved card; None while there is no answer, so that the clock asks again.

    That is while Stripe is away, a debit is under way or the client has the payment page open: once
    that page is over unpaid, the card is charged. Raises what `ask` raises beside these.
    """
    try:
        funding_id = await _asked(ask)
        if funding_id is None:
            return None
        status = await escrow.charge_saved_card(funding_id, events.on_fact)
    except CurrencyNotHeld:
        return Answer(reason=CONVERTED)
    except (FundingUnderWay, PaymentProcessing, AlreadyFunded, UnknownFunding):
        return None
    except StripeUnavailable:
        log.warning("Stripe is away: a saved card is charged with a later tick")
        return None
    except StripeRefused as refusal:
        return Answer(reason=refusal.code or "refused")
    if status is FundingStatus.FAILED:
        return Answer(reason=await escrow.failure_of(funding_id))
    return Answer(paid=funding_id) if status in PAID else None


async def under_way(unit_id: UUID) -> bool:
    """Whether a payment for this unit is on its way: a debit takes days to arrive, or to fail."""
    payments = await escrow.fundings_of(str(unit_id))
    return any(each.status is FundingStatus.PROCESSING for each in payments)


async def _asked(ask: Ask) -> UUID | None:
    try:
        return await ask()
    except FundingUnderWay as open_page:  # another amount was asked for then
        await escrow.cancel_funding(UUID(str(open_page)), events.on_fact)
        return await ask()
