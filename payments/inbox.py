"""Owns Stripe's news between arrival and effect; never trusts what the news itself says.

It is stored once and applied later, from a fresh copy of the object it is about.

- `store(...)`                     what the webhook does
- `apply(event_row_id, on_fact)`   outside any transaction; safe to call any number of times
- `pending(limit) -> list[UUID]`   what a periodic tick should apply
- `wake_with(hook)`                `await hook(event_row_id, at)` in the transaction that stores or
                                   postpones; `at` is None for at once
- `retry(event_row_id)`            inside a command: an operator tries a parked one again
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from payments import disputes, errors, fundings, movements, payouts
from payments.config import now
from payments.database import connection, require_command, transaction
from payments.facts import OnFact
from payments.gateway import accounts, balance, moving, paying
from payments.gateway import disputes as bank
from payments.gateway.views import PlatformMove
from payments.ledger import book, postings
from payments.models import EventStatus, Payee, StripeEvent

log = logging.getLogger("relais.payments")

ATTEMPTS_MAX: Final = 20  # in about 39 hours
_LONGEST_WAIT: Final = timedelta(hours=6)

_STORE: Final = """
INSERT INTO stripe_event
       (id, event, type, object, account, status, next_attempt_at, received_at)
VALUES ($1, $2, $3, $4, $5, 'received', $6, $6)
    ON CONFLICT (event) DO NOTHING RETURNING id
"""
_PENDING: Final = """
SELECT id FROM stripe_event
 WHERE status IN ('received', 'waiting') AND next_attempt_at <= $1
 ORDER BY received_at LIMIT $2
"""

Wake = Callable[[UUID, datetime | None], Awaitable[None]]
Effect = Callable[[OnFact], Awaitable[bool]]
_wake: Wake | None = None

TRANSITIONS: Final[dict[EventStatus, frozenset[EventStatus]]] = {
    EventStatus.RECEIVED: frozenset(
        {EventStatus.APPLIED, EventStatus.IGNORED, EventStatus.WAITING, EventStatus.PARKED}
    ),
    EventStatus.WAITING: frozenset(
        {EventStatus.APPLIED, EventStatus.IGNORED, EventStatus.WAITING, EventStatus.PARKED}
    ),
    EventStatus.PARKED: frozenset({EventStatus.WAITING}),
    EventStatus.APPLIED: frozenset(),
    EventStatus.IGNORED: frozenset(),
}


def wake_with(hook: Wake | None) -> None:
    """How stored news asks to be applied at a time.

    The application defers a job in the same transaction.
    """
    global _wake  # noqa: PLW0603 - set once at start
    _wake = hook


async def store(*, event: str, kind: str, obj: str | None, account: str | None) -> bool:
    """Keeps one piece of news. False when it is already here. Opens its own transaction."""

    async def keep() -> bool:
        row_id, moment = uuid4(), now()
        inserted = await connection().execute_query_dict(
            _STORE,
            [row_id, event, kind, obj, account, moment],
        )
        if inserted and _wake is not None:
            await _wake(row_id, None)
        return bool(inserted)

    return await transaction(keep)


async def pending(limit: int, since: datetime | None = None) -> list[UUID]:
    """News that should be applied now, or that should have been since then; oldest first."""
    rows = await connection().execute_query_dict(
        _PENDING,
        [since or now(), limit],
    )
    return [row["id"] for row in rows]


async def retry(event_row_id: UUID) -> None:
    """Inside a command: parked news waits again, from now on."""
    require_command()
    row = await StripeEvent.filter(id=event_row_id).select_for_update().get()
    row.attempts, row.next_attempt_at = 0, now()
    await _move(row, EventStatus.WAITING, "attempts", "next_attempt_at")
    if _wake is not None:
        await _wake(row.id, None)


async def apply(event_row_id: UUID, on_fact: OnFact) -> EventStatus | None:
    """Fetches the object this news is about and applies it as it is now.

    Never raises for what fails: the row keeps why, and alone says when it is tried again. Before
    that time nothing happens.
    """
    row = await StripeEvent.get_or_none(id=event_row_id)
    if row is None or row.status not in (EventStatus.RECEIVED, EventStatus.WAITING):
        return row.status if row else None
    if row.next_attempt_at > now():
        return row.status
    try:
        effect = await _fetch(row)
        return await transaction(lambda: _apply(event_row_id, effect, on_fact))
    except (errors.NotYet, errors.UnknownFunding, errors.StripeUnavailable) as reason:
        problem: errors.PaymentsError = reason
        return await transaction(lambda: _postpone(event_row_id, problem, final=False))
    except (errors.StripeRefused, errors.LedgerRefused) as reason:
        refusal: errors.PaymentsError = reason
        return await transaction(lambda: _postpone(event_row_id, refusal, final=True))
    except Exception as reason:
        # A reaction failed, and everything with it was undone: an operator must be able to see why.
        failure = reason
        log.exception("news %s (%s)", event_row_id, row.type)
        return await transaction(lambda: _postpone(event_row_id, failure, final=False))


async def _apply(event_row_id: UUID, effect: Effect | None, on_fact: OnFact) -> EventStatus:
    row = await StripeEvent.filter(id=event_row_id).select_for_update().get()
    if row.status not in (EventStatus.RECEIVED, EventStatus.WAITING):
        return row.status
    ours = effect is not None and await effect(on_fact)
    row.applied_at, row.failure = now(), None
    await _move(row, EventStatus.APPLIED if ours else EventStatus.IGNORED, "applied_at", "failure")
    return row.status


async def _postpone(event_row_id: UUID, reason: Exception, *, final: bool) -> EventStatus:
    """Waits longer each time, and never drops: after many tries an operator sees it."""
    row = await StripeEvent.filter(id=event_row_id).select_for_update().get()
    if row.status not in (EventStatus.RECEIVED, EventStatus.WAITING):
        return row.status
    row.attempts += 1
    row.failure = f"{type(reason).__name__}: {reason}"[:500]
    row.next_attempt_at = now() + min(timedelta(seconds=2**row.attempts), _LONGEST_WAIT)
    parked = final or row.attempts >= ATTEMPTS_MAX
    fields = ("attempts", "failure", "next_attempt_at")
    await _move(row, EventStatus.PARKED if parked else EventStatus.WAITING, *fields)
    if not parked and _wake is not None:
        await _wake(row.id, row.next_attempt_at)
    return row.status


async def _move(row: StripeEvent, status: EventStatus, *fields: str) -> None:
    """The only writer of the status of news."""
    assert status in TRANSITIONS[row.status], f"{row.status} -> {status}"
    row.status = status
    await row.save(update_fields=["status", *fields])


def awaited(kind: str) -> bool:
    """Whether an event destination is to bring news of this type (deploy/README.md lists them)."""
    return kind.removeprefix("v1.").startswith((*_ACCOUNTS, *_FETCHERS))


# -- what each kind of object means ----------------------------------------------------------------


async def _fetch(row: StripeEvent) -> Effect | None:
    """The object as Stripe has it now, bound to what it does here.

    None when it is nothing to us.
    """
    kind = row.type.removeprefix("v1.")
    if row.object is None:
        return None
    if kind.startswith((*_ACCOUNTS, "account.")):
        return await _account(row.object)
    if row.account is not None:  # a payee's own business, but for what their bank sent back
        ours = kind.startswith("payout.") and await Payee.exists(account=row.account)
        return await _bank(row.object, row.account) if ours else None
    for prefix, fetch in _FETCHERS.items():
        if kind.startswith(prefix):
            return await fetch(row.object)
    return None


async def _account(object_id: str) -> Effect:
    asked = now()
    view = await accounts.account(object_id)
    return lambda on_fact: payouts.settle_account(view, on_fact, asked=asked)


async def _intent(object_id: str) -> Effect:
    view = await paying.intent(object_id)
    return lambda on_fact: fundings.settle_intent(view, on_fact)


async def _bank(object_id: str, account: str) -> Effect:
    view = await accounts.payout(object_id, account)
    return lambda on_fact: payouts.settle_payout(view, account, on_fact)


async def _charge(object_id: str) -> Effect | None:
    intent = await paying.intent_of(object_id)
    return None if intent is None else await _intent(intent)


async def _session(object_id: str) -> Effect:
    view = await paying.session(object_id)
    if view.intent is not None:
        return await _intent(view.intent)
    return lambda on_fact: fundings.settle_session(view, on_fact)


async def _transfer(object_id: str) -> Effect:
    if await movements.is_booked(object_id):  # its sender was faster: nothing of it can change
        return _known
    view = await moving.transfer(object_id)
    return lambda on_fact: movements.settle(view, on_fact)


async def _known(on_fact: OnFact) -> bool:
    """News of ours that says nothing new."""
    del on_fact
    return True


async def _reversed(object_id: str) -> Effect:
    view = await moving.transfer(object_id)
    reversed_by = await moving.reversals(object_id)

    async def settle(on_fact: OnFact) -> bool:
        ours = await movements.settle(view, on_fact)
        for reversal in reversed_by:
            await movements.settle(reversal, on_fact)
        return ours

    return settle


async def _refund(object_id: str) -> Effect:
    view = await moving.refund(object_id)
    return lambda on_fact: movements.settle(view, on_fact)


async def _dispute(object_id: str) -> Effect:
    view = await bank.dispute(object_id)
    return lambda on_fact: disputes.settle(view, on_fact)


async def _payout(object_id: str) -> Effect:
    view = await balance.payout(object_id)
    return lambda _: _platform(view)


async def _top_up(object_id: str) -> Effect:
    view = await balance.top_up(object_id)
    return lambda _: _platform(view)


async def _platform(move: PlatformMove) -> bool:
    """Our own payouts and top-ups, once each; what an operator decided under that decision."""
    if not move.executed:
        raise errors.NotYet(f"{move.id} has not moved anything yet")
    posting = (
        postings.payout(move.amount) if move.kind == "payout" else postings.top_up(move.amount)
    )
    await book.post(posting, key=f"{move.kind}:{move.decision or move.id}", source=move.id)
    if move.kind == "payout" and move.status in ("failed", "canceled"):
        failed = postings.payout_failed(move.amount)
        await book.post(failed, key=f"payout_failed:{move.id}", source=move.id)
    return True


_ACCOUNTS: Final = ("v2.core.account[", "v2.core.account.")
_FETCHERS: Final[dict[str, Callable[[str], Awaitable[Effect | None]]]] = {
    "payment_intent.": _intent,
    "checkout.session.": _session,
    "transfer.reversed": _reversed,
    "transfer.": _transfer,
    "refund.": _refund,
    "charge.dispute.": _dispute,
    "charge.swept": _charge,
    "payout.": _payout,
    "topup.": _top_up,
}
