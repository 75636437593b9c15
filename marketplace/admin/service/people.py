"""Owns what an operator does to a person's account, each act with its reason in the log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from marketplace.accounts.models import Person
from marketplace.accounts.service import suspending
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.service.log import record
from marketplace.core.db import command

Step = Callable[[UUID, str], Awaitable[Person]]
STEPS: Final[dict[Act, tuple[Step, dict[str, Any], dict[str, Any]]]] = {
    Act.SUSPEND: (suspending.suspend, {"suspended": False}, {"suspended": True}),
    Act.LIFT: (suspending.lift, {"suspended": True}, {"suspended": False}),
    Act.RESET_FACTOR: (suspending.reset_factor, {"factor": True}, {"factor": False}),
}


@command
async def on_person(operator_id: UUID, person_id: UUID, act: Act, draft: ReasonDraft) -> None:
    """Suspend somebody, let them in again or remove a lost factor; they are told the reason.

    Raises NotFound and the step's own conflicts.
    """
    step, before, after = STEPS[act]
    await step(person_id, draft.reason)
    subject = f"person:{person_id}"
    await record(operator_id, act, subject, before=before, after=after, draft=draft)
