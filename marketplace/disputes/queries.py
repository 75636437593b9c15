"""Owns reading a contract's disputes for its two sides. Never writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.core import clock, once
from marketplace.core.errors import NotFound
from marketplace.disputes.models import DisputeAccount
from marketplace.disputes.rules import tell_until
from payments import explorer

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer


@dataclass(frozen=True)
class Case:
    """A bank's dispute with what the sides told about it.

    `recoveries`: what somebody here decided that the assistant bears; empty for the client.
    `closed`: the bank's answer is decided, though it may not have left yet.
    """

    dispute: explorer.DisputeView
    accounts: list[DisputeAccount]
    recoveries: list[explorer.Recovery]
    closed: bool

    @property
    def tell_until(self) -> datetime | None:
        """Until when an account can be added."""
        return tell_until(self.dispute.due_by)

    @property
    def may_tell(self) -> bool:
        """Whether an account added now still reaches the bank."""
        if self.closed or self.dispute.status != "open" or self.dispute.answered_at is not None:
            return False
        return self.tell_until is None or clock.now() < self.tell_until


async def of_contract(viewer: Viewer, contract_id: UUID) -> tuple[Contract, list[Case]]:
    """The disputes over a contract's payments, for its parties. Raises NotFound."""
    contract = await contracts.get(viewer, contract_id)
    rows = await explorer.disputes(contract=str(contract.id))
    hers = viewer.acts_for(contract.assistant_id)
    cases = [
        Case(
            row,
            await accounts(row.id),
            await explorer.recoveries(row.id) if hers else [],
            await once.is_done(closed(row.id)),
        )
        for row in rows
    ]
    return contract, cases


async def one(viewer: Viewer, contract_id: UUID, dispute_id: str) -> tuple[Contract, Case]:
    """One of them. Raises NotFound."""
    contract, cases = await of_contract(viewer, contract_id)
    for case in cases:
        if case.dispute.id == dispute_id:
            return contract, case
    raise NotFound


def closed(dispute_id: str) -> str:
    """The name under which it is kept that the sides can tell no more."""
    return f"dispute:{dispute_id}:closed"


async def accounts(dispute_id: str) -> list[DisputeAccount]:
    """What the sides told about a dispute, in order, with who told it."""
    rows = DisputeAccount.filter(dispute=dispute_id).prefetch_related("person")
    return await rows.order_by("created_at", "id")
