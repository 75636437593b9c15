"""Owns the reads of what a business pays with. Asks Stripe: never inside a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.billing.rules import recorded as rules
from marketplace.contracts import queries as contracts
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.parties import queries as parties
from marketplace.parties.queries import PartyKind
from payments import cards, escrow
from payments.cards import Saved

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.parties.models import Party
    from marketplace.web.sessions import Viewer
    from payments.cards import MethodView


@dataclass(frozen=True)
class Method:
    """A saved means of payment; `used_by`: running hourly contracts it pays every week."""

    method: MethodView
    is_default: bool
    expires_on: date | None
    state: str
    used_by: tuple[Contract, ...]


@dataclass(frozen=True)
class Wallet:
    """What a business pays with, and what it has to get back."""

    party: Party
    methods: tuple[Method, ...]
    credits: tuple[escrow.Credit, ...]

    @property
    def default(self) -> Method | None:
        """The card that pays the weeks to come."""
        return next((each for each in self.methods if each.is_default), None)


async def business(viewer: Viewer, party_id: UUID) -> Party:
    """A business of the viewer's. Raises NotFound, also for an assistant."""
    party = await parties.get(viewer, party_id)
    if party.kind != PartyKind.BUSINESS:
        raise NotFound
    return party


async def wallet(viewer: Viewer, party_id: UUID) -> Wallet:
    """Saved cards and mandates with who uses them. Raises NotFound, StripeProblem."""
    party = await business(viewer, party_id)
    weekly = tuple(await contracts.running_hourly(party.id))
    saved = await cards.saved_methods(str(party.id))
    return Wallet(party, methods(saved, weekly), await escrow.credits_of(str(party.id)))


def methods(saved: Sequence[Saved], weekly: tuple[Contract, ...]) -> tuple[Method, ...]:
    """Saved means of payment with their state today."""
    found = []
    for each in saved:
        ends = cards.expires_on(each.method)
        state = rules.card_state(ends, clock.today())
        used_by = weekly if each.is_default else ()
        found.append(Method(each.method, each.is_default, ends, state, used_by))
    return tuple(found)
