"""Owns the reads of a contract's money: the ledger's steps, and the client's payments."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.core import tables
from marketplace.work import queries as work
from payments import escrow, statements
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer

COLUMNS = (
    "at", "step", "part", "amount", "fees_and_vat", "held_change", "held_after", "currency",
    "reference",
)  # fmt: skip


async def contract_statement(
    viewer: Viewer, contract_id: UUID
) -> tuple[Contract, statements.ContractStatement | None]:
    """Every movement of a contract's money, for its parties; None before the first payment.

    Raises NotFound.
    """
    contract = await contracts.get(viewer, contract_id)
    found = await statements.contract_statement(str(contract.id), contract.currency)
    return contract, found if found.lines else None


async def payments(viewer: Viewer, contract_id: UUID) -> list[work.Paid]:
    """The client's payments, also those under way or refused, each where it was paid for."""
    return await work.paid((await work.room(viewer, contract_id)).units)


async def came_back(contract: Contract) -> Money:
    """What the client's bank returned of refunds and nobody has sent again."""
    waiting = await escrow.credits_of(str(contract.business_id))
    mine = (each for each in waiting if each.returned and each.contract == str(contract.id))
    return Money.sum((each.amount for each in mine), contract.currency)


async def as_csv(viewer: Viewer, contract_id: UUID) -> str:
    """The statement as a table for a spreadsheet: decimal points, UTC times. Raises NotFound."""
    contract, found = await contract_statement(viewer, contract_id)
    units = {str(unit.id): unit for unit in (await work.room(viewer, contract.id)).units}
    rows: list[list[object]] = [[*COLUMNS]]
    for line in found.lines if found else ():
        unit = units.get(line.holding or "")
        part = f"{unit.position} {unit.title}".strip() if unit else ""
        amounts = (line.amount, line.fees, line.held_change, line.held_after)
        rows.append(
            [
                line.at.isoformat(),
                line.what.value,
                part,
                *(each.decimal for each in amounts),
                line.amount.currency,
                line.reference or "",
            ]
        )
    return tables.rows(*rows)
