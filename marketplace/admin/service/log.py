"""Owns writing the operator's log; never reads it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.admin.models import OperatorAct
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.core import clock
from marketplace.core.db import in_command


async def record(
    person_id: UUID,
    act: Act,
    subject: str,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
    draft: ReasonDraft,
) -> OperatorAct:
    """Keeps one act for ever, in the transaction that does it. `subject` is "movement:<id>"."""
    assert in_command(), "an act and its entry in the log happen together"
    return await OperatorAct.create(
        person_id=person_id,
        act=act.value,
        subject=subject,
        before=before,
        after=after,
        reason=draft.reason,
        created_at=clock.now(),
    )
