"""News that a worker does not know yet waits for the one that does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from marketplace.core import clock, events, jobs
from marketplace.core.db import command, connection
from marketplace.core.models import DomainEvent

if TYPE_CHECKING:
    from tests.fixtures.application import RunJobs

LEFT = "SELECT status, attempts FROM procrastinate_jobs WHERE status <> 'succeeded'"


@dataclass(frozen=True)
class BranchOpened(events.Event):
    branch_id: UUID


heard: list[UUID] = []


async def on_branch(event: BranchOpened) -> None:
    heard.append(event.branch_id)


@command
async def told_by_newer_code(branch_id: UUID, reaction: str) -> str:
    row = await DomainEvent.create(
        name="BranchOpened", body={"branch_id": str(branch_id)}, created_at=clock.now()
    )
    await jobs.defer("events.deliver", event=row.id, reaction=reaction)
    return str(row.id)


async def test_a_reaction_that_this_worker_does_not_know_is_tried_again(
    run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch, reaction = uuid4(), f"{__name__}.on_branch"
    event = await told_by_newer_code(branch, reaction)
    await run_jobs()
    [waiting] = await connection().execute_query_dict(LEFT)
    assert (waiting["status"], waiting["attempts"]) == ("todo", 1)
    monkeypatch.setattr(events, "_later", {BranchOpened: ()})  # the event, not who reacts to it
    with pytest.raises(LookupError, match="on_branch"):
        await events.deliver(event, reaction)
    monkeypatch.setattr(events, "_later", {BranchOpened: (on_branch,)})
    await events.deliver(event, reaction)
    assert heard == [branch]
