"""Makes operators, and situations that wait for one."""

from __future__ import annotations

from uuid import UUID

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Scope
from marketplace.accounts.schemas import TokenDraft
from marketplace.accounts.service import tokens
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.ids import new_id
from payments.models import EventStatus, Movement, MovementStatus, StripeEvent
from tests.factories import accounts

REASON = ReasonDraft(reason="Stripe was away; it answers again")


async def operator() -> Person:
    """A person who runs the instance."""
    return await accounts.person(name="Odile Rey", is_operator=True)


async def bearer(who: Person, *scopes: Scope) -> dict[str, str]:
    """The header of a token with these scopes."""
    _row, secret = await tokens.create_token(who.id, TokenDraft(name="t", scopes=list(scopes)))
    return {"authorization": f"Bearer {secret}"}


async def park(movement: Movement) -> None:
    """As after too many failures."""
    await Movement.filter(id=movement.id).update(
        status=MovementStatus.PARKED, attempts=12, failure="api_connection_error no answer"
    )


async def parked_news(about: str = "po_1", kind: str = "v1.payout.paid") -> UUID:
    """A piece of news that was refused for good."""
    row_id, moment = new_id(), clock.now()
    await StripeEvent.create(
        id=row_id, event=f"evt_{row_id.hex}", type=kind, object=about, status=EventStatus.PARKED,
        attempts=20, next_attempt_at=moment, failure="StripeRefused: no such object",
        received_at=moment,
    )  # fmt: skip
    return row_id


async def failed_job(task: str = "directory.reconcile", queueing_lock: str | None = None) -> int:
    """A job that was tried too often."""
    rows = await connection().execute_query_dict(
        "INSERT INTO procrastinate_jobs "
        "(queue_name, task_name, queueing_lock, args, status, attempts) "
        "VALUES ('default', $1, $2, '{}', 'failed', 8) RETURNING id",
        [task, queueing_lock],
    )
    return int(rows[0]["id"])
