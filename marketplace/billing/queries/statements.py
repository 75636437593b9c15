"""Owns the reads of a contract's money."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from payments import statements

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer


async def contract_statement(
    viewer: Viewer, contract_id: UUID
) -> tuple[Contract, statements.ContractStatement | None]:
    """Every movement of a contract's money, for its parties; None before the first payment.

    Raises NotFound.
    """
    contract = await contracts.get(viewer, contract_id)
    return contract, await statements.contract_statement(str(contract.id))
