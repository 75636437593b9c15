"""Owns telling a profile that Stripe knows who its owner is; never asks Stripe."""

from __future__ import annotations

from uuid import UUID

from marketplace.core import clock
from marketplace.profiles import service as profiles
from payments.facts import PayeeChanged

ACTIVE = "active"


async def on_payee_changed(fact: PayeeChanged) -> None:
    """A payee is active once Stripe has all it asks for and has verified it: a proof of identity.

    When Stripe asks again and holds the payouts back, the proof goes.
    """
    if fact.status == ACTIVE:
        await profiles.prove(UUID(fact.payee), "identity", clock.today("UTC"))
    else:
        await profiles.withdraw(UUID(fact.payee), "identity")
