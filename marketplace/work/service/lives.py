"""Owns the nightly look at running contracts for signs of disguised employment."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core import batches, jobs
from marketplace.core.db import command, lock
from marketplace.vigilance.rules import signs
from marketplace.vigilance.service import life
from marketplace.work import queries

_FRANCE: Final = "FR"
"""The signs, the full-time week and the sources named with them are of French labour law."""


@jobs.periodic("40 3 * * *", "work.lives")
async def tick(timestamp: int) -> None:
    """Look at every running contract. `timestamp` is procrastinate's and unused."""
    del timestamp
    await run_due()


async def run_due() -> int:
    """The same now; how many contracts were looked at."""
    return await batches.work_off("signs of employment", contracts.running, look)


@command
async def look(contract_id: UUID) -> None:
    """Keep and tell what one contract shows; looking again the same day changes nothing.

    Where no side is in France it shows nothing: nobody is told of a law that is not theirs.
    """
    locked = await lock(Contract, contract_id)
    if locked.status is ContractStatus.ACTIVE:
        contract = await contracts.by_id(contract_id)
        french = _FRANCE in {contract.business.jurisdiction, contract.assistant.jurisdiction}
        await life.note(contract_id, signs(await queries.life(contract)) if french else ())
