"""Owns the reads of money for people: statements and payout states, seen by a viewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.core.errors import NotFound
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries as parties
from marketplace.work import queries as work
from payments import payouts, statements
from payments.fees import Quote, quote
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.parties.models import Party
    from marketplace.web.sessions import Viewer
    from marketplace.work.models import Unit


@dataclass(frozen=True)
class PayeePage:
    """A party, whether it can be paid, and everything it was paid."""

    party: Party
    payable: bool
    state: payouts.PayeeView
    statement: statements.PayeeStatement


@dataclass(frozen=True)
class Bill:
    """A unit, what is held for it already, and the lines of what is missing."""

    unit: Unit
    carried: Money
    quote: Quote


async def bill(viewer: Viewer, unit_id: UUID) -> Bill:
    """What funding a unit costs the business. Raises NotFound, also for the assistant."""
    unit = await work.unit(viewer, unit_id)
    if not viewer.acts_for(unit.contract.business_id):
        raise NotFound
    _contract, agreement = await work.agreed(unit.contract_id)
    carried = (await work.balance(unit)).price
    missing = Money(unit.price_minor, unit.currency) - carried
    return Bill(unit, carried, quote(missing, agreement.fees))


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
