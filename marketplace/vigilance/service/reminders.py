"""Owns when both sides are reminded of a paper: asked, to check, soon too old, too old; each once.

By the application's clock and by what the rows say, so that it catches up after a downtime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import batches, clock, events, jobs
from marketplace.core.db import command, lock
from marketplace.vigilance import queries, rules
from marketplace.vigilance.events import PapersWanted
from marketplace.vigilance.models import ComplianceNotice
from marketplace.vigilance.rules import RUNNING, State

if TYPE_CHECKING:
    from marketplace.contracts.events import ContractChanged, ContractSigned
    from marketplace.vigilance.events import PaperHandedIn
    from marketplace.vigilance.queries import Paper


@jobs.periodic("23 */3 * * *", "vigilance.remind")
async def tick(timestamp: int) -> None:
    """Remind of every paper that is due. `timestamp` is procrastinate's and unused."""
    del timestamp
    await run_due()


async def run_due() -> int:
    """The same now; how many contracts were looked at."""
    return await batches.work_off("papers", contracts.running, remind)


async def on_news(event: ContractSigned | ContractChanged | PaperHandedIn) -> None:
    """Say at once what a new or changed contract calls for, or that a paper is there to check."""
    await remind(event.contract_id)


@command
async def remind(contract_id: UUID) -> None:
    """Record what both sides are to be reminded of in a contract; its mails follow by job."""
    contract = await contracts.by_id(contract_id)
    if contract.status not in RUNNING or not await queries.asked(contract):
        return
    await lock(Contract, contract_id)
    found = await queries.papers(contract)
    due = [(paper, stage) for paper in found if (stage := _stage(paper, contract))]
    for paper in found:
        due += [(paper, f"check:{row_id}") for row_id in _to_check(paper, contract)]
    await _tell_once(contract, due)


def _to_check(paper: Paper, contract: Contract) -> list[UUID]:
    """What its client is to be asked to check: also what the assistant handed in with another.

    Of papers that no law asks for, only those that were handed in here.
    """
    rows = paper.to_check(clock.today(contract.time_zone))
    return [row.id for row in rows if paper.owed or row.contract_id == contract.id]


def _stage(paper: Paper, contract: Contract) -> str:
    """What is to be said of a paper now, in words that are different for each document."""
    if not paper.owed or paper.state in {State.LATER, State.WAIVED}:
        return ""
    if paper.state is State.MISSING:
        return "asked"
    if paper.document is None or paper.state is State.REFUSED:
        return ""  # said when it was refused
    days = rules.reminder(paper.document.valid_until, clock.today(contract.time_zone))
    if days is None:
        return ""
    return f"before:{days}:{paper.document.id}" if days else f"over:{paper.document.id}"


@command
async def stopped(contract_id: UUID, about: str) -> None:
    """Tell both sides, once for each `about`, that a paper keeps money from being held."""
    contract = await contracts.by_id(contract_id)
    await lock(Contract, contract_id)
    found = [paper for paper in await queries.papers(contract) if paper.stops]
    await _tell_once(contract, [(paper, f"stopped:{about}") for paper in found])


async def _tell_once(contract: Contract, due: list[tuple[Paper, str]]) -> None:
    """Record the reminders that have not left before: one mail for all of a kind."""
    new: dict[str, list[str]] = {}
    for paper, stage in due:
        place, code = paper.rule.key
        same: dict[str, Any] = {
            "contract_id": contract.id,
            "jurisdiction": place,
            "code": code,
            "stage": stage,
        }
        if not await ComplianceNotice.exists(**same):
            await ComplianceNotice.create(**same, created_at=clock.now())
            new.setdefault(stage.partition(":")[0], []).append(code)
    for kind, codes in new.items():
        await events.record(PapersWanted(contract.id, kind, codes))
