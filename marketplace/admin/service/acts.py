"""Owns trying parked things again by hand; never skips a check of theirs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.admin.models import OperatorAct
from marketplace.admin.queries import overview
from marketplace.admin.rules.decisions import BY_HAND, NothingToDecide
from marketplace.admin.rules.runs import Act, NotParked
from marketplace.admin.schemas.queues import KindDraft, ReasonDraft
from marketplace.admin.service.log import record
from marketplace.core import events, jobs
from marketplace.core.db import command
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings
from marketplace.directory import service as directory
from payments import escrow, explorer, inbox, movements


def _state(row: explorer.MovementView | explorer.NewsView) -> dict[str, Any]:
    return {"status": row.status, "attempts": row.attempts, "failure": row.failure}


@command
async def rebuild_index(person_id: UUID, draft: ReasonDraft) -> None:
    """Queues a rebuild of the search index. Raises RebuildUnderWay, NoIndex."""
    await directory.ask_rebuild()
    subject = f"index:{settings().meili_index}"
    await record(person_id, Act.REBUILD_INDEX, subject, before={}, after={}, draft=draft)


@command
async def retry_movement(person_id: UUID, movement_id: UUID, draft: ReasonDraft) -> None:
    """Puts a parked movement back into the queue. Raises NotFound, NotParked."""
    before = await explorer.movement(movement_id, lock=True)
    if before is None:
        raise NotFound
    if before.status != explorer.PARKED:
        raise NotParked
    await movements.retry(movement_id)
    after = await explorer.movement(movement_id)
    assert after is not None
    await record(
        person_id, Act.RETRY_MOVEMENT, f"movement:{movement_id}",
        before=_state(before), after=_state(after), draft=draft,
    )  # fmt: skip


@command
async def decide_movement(person_id: UUID, movement_id: UUID, draft: ReasonDraft) -> None:
    """Does what waits for a person: sends a refund that came back, or makes a reversal a debt.

    Raises NotFound, NothingToDecide.
    """
    before = await explorer.movement(movement_id, lock=True)
    if before is None:
        raise NotFound
    act = BY_HAND.get((before.kind, before.status))
    if (
        act is None
        or before.resent
        or await OperatorAct.exists(subject=f"movement:{movement_id}", act=act.value)
    ):
        raise NothingToDecide
    if act is Act.RESEND_REFUND:
        await escrow.resend_refund(movement_id)
    else:
        await movements.owe_instead(movement_id, events.on_fact)
    after = await explorer.movement(movement_id)
    assert after is not None
    await record(
        person_id, act, f"movement:{movement_id}",
        before=_state(before), after=_state(after), draft=draft,
    )  # fmt: skip


@command
async def retry_news(person_id: UUID, news_id: UUID, draft: ReasonDraft) -> None:
    """Lets parked news wait again, from now on. Raises NotFound, NotParked."""
    before = await explorer.news_item(news_id, lock=True)
    if before is None:
        raise NotFound
    if before.status != explorer.PARKED:
        raise NotParked
    await inbox.retry(news_id)
    after = await explorer.news_item(news_id)
    assert after is not None
    await record(
        person_id, Act.RETRY_NEWS, f"news:{news_id}",
        before=_state(before), after=_state(after), draft=draft,
    )  # fmt: skip


@command
async def retry_job(person_id: UUID, job_id: int, draft: ReasonDraft) -> None:
    """Queues a failed job once more, under its own arguments. Raises NotFound, NotParked."""
    job = await overview.failed_job(job_id, lock=True)
    if job is None:
        raise NotFound
    if await overview.same_waits(job):
        raise NotParked
    await jobs.again([job_id])
    await record(
        person_id, Act.RETRY_JOB, f"job:{job_id}",
        before={"status": "failed", "task": job.task, "attempts": job.attempts},
        after={"status": "todo", "task": job.task, "attempts": 0}, draft=draft,
    )  # fmt: skip


@command
async def retry_jobs(person_id: UUID, draft: KindDraft) -> int:
    """Queues every failed job of one kind once more; how many. Raises NotParked."""
    number = await jobs.all_again(draft.task)
    if not number:
        raise NotParked
    await record(
        person_id, Act.RETRY_JOBS, f"jobs:{draft.task}",
        before={"failed": number}, after={"failed": 0}, draft=draft,
    )  # fmt: skip
    return number
