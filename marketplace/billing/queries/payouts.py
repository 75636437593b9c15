"""Owns the reads of what an assistant is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries as parties
from payments import payouts, statements

if TYPE_CHECKING:
    from marketplace.parties.models import Party
    from marketplace.web.sessions import Viewer


@dataclass(frozen=True)
class PayeePage:
    """A party, whether it can be paid, and everything it was paid."""

    party: Party
    payable: bool
    state: payouts.PayeeView
    statement: statements.PayeeStatement


async def payee_page(viewer: Viewer, party_id: UUID) -> PayeePage:
    """How far a party is with being paid. Raises NotFound."""
    party = await parties.get(viewer, party_id)
    return PayeePage(
        party=party,
        payable=jurisdictions.payable(party.jurisdiction),
        state=await payouts.payee_status(str(party.id)),
        statement=await statements.payee_statement(str(party.id)),
    )
