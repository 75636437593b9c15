"""Owns telling a profile that Stripe knows who its owner is; never asks Stripe."""

from __future__ import annotations

from uuid import UUID

from marketplace.core import clock
from marketplace.profiles import service as profiles
from payments.facts import PayeeVerified


async def on_payee_verified(fact: PayeeVerified) -> None:
    """Keep or take back the proof of identity.

    It stands while Stripe may pay the owner out and neither asks for anything nor looks at
    anything; a document that is asked for later takes it back, also before payouts stop.
    """
    if fact.verified:
        await profiles.prove(UUID(fact.payee), "identity", clock.today("UTC"))
    else:
        await profiles.withdraw(UUID(fact.payee), "identity")
