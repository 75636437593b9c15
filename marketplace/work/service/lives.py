"""Owns the nightly look at running contracts for signs of disguised employment."""

from __future__ import annotations

from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core import batches, jobs
from marketplace.core.db import command, lock
from marketplace.vigilance.rules import signs
from marketplace.vigilance.service import life
from marketplace.work import queries


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
    """Keep and tell what one contract shows; looking again the same day changes nothing."""
    contract = await lock(Contract, contract_id)
    if contract.status is ContractStatus.ACTIVE:
        await life.note(contract_id, signs(await queries.life(contract)))
