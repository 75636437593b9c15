"""Owns the reads of money for people: statements and payout states, seen by a viewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries as parties
from payments import payouts, statements

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.parties.models import Party
    from marketplace.web.sessions import Viewer


@dataclass(frozen=True)
class PayeePage:
    """A party, whether it can be paid, and everything it was paid."""

    party: Party
    payable: bool
    state: payouts.PayeeView
    statement: statements.PayeeStatement


async def contract_statement(
    viewer: Viewer, contract_id: UUID
) -> tuple[Contract, statements.ContractStatement | None]:
    """Every movement of a contract's money, for its parties; None before the first payment.

    Raises NotFound.
    """
    contract = await contracts.get(viewer, contract_id)
    return contract, await statements.contract_statement(str(contract.id))


async def payee_page(viewer: Viewer, party_id: UUID) -> PayeePage:
    """How far a party is with being paid. Raises NotFound."""
    party = await parties.get(viewer, party_id)
    return PayeePage(
        party=party,
        payable=jurisdictions.payable(party.jurisdiction),
        state=await payouts.payee_status(str(party.id)),
        statement=await statements.payee_statement(str(party.id)),
    )
