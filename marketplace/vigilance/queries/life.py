"""Owns reading the signs in a contract's life, each side its own; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.states import Actor
from marketplace.vigilance.models import LifeSign
from marketplace.vigilance.rules import RUNNING, SIGNS, Sign

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer


@dataclass(frozen=True)
class Seen:
    """A sign that a contract's life shows now, with its numbers and since when."""

    sign: Sign
    facts: dict[str, int]
    found_at: datetime


async def signs(viewer: Viewer, contract_id: UUID) -> list[Seen]:
    """What a running contract shows now, for one of its sides. Raises NotFound.

    A client never sees what says something of the assistant's other clients.
    """
    contract = await contracts.get(viewer, contract_id)
    return await of_side(contract, side_of(viewer, contract))


async def of_side(contract: Contract, side: Actor) -> list[Seen]:
    """The same for mails, in the order of the signs."""
    if contract.status not in RUNNING:
        return []
    rows = {row.code: row for row in await LifeSign.filter(contract_id=contract.id, gone_at=None)}
    return [
        Seen(sign, rows[code].facts, rows[code].found_at)
        for code, sign in SIGNS.items()
        if code in rows and (side is Actor.ASSISTANT or not sign.private)
    ]
