"""Owns the call a movement stands for: claimed, made under its own key, or postponed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from payments import errors
from payments.config import config, now
from payments.database import transaction
from payments.facts import MovementParked, OnFact
from payments.gateway import moving
from payments.gateway.views import WrittenView
from payments.models import Movement, MovementKind, MovementStatus, Payee
from payments.movements import banking
from payments.movements.queueing import is_active
from payments.movements.settling import arrived, owed, recall
from payments.movements.states import (
    ATTEMPTS_MAX,
    REFUSALS_MAX,
    SEARCH_AFTER,
    about,
    ask_for,
    move,
)

_SEARCH_FROM_ATTEMPT: Final = 4  # a stored 500 is replayed for ever: look whether it was executed
_LONGEST_WAIT: Final = timedelta(hours=6)
_LOOK_AGAIN: Final = timedelta(minutes=5)  # a reversal, whether its transfer has left
_KEY_WAIT: Final = timedelta(minutes=10)  # an operator was told of the key, not of each movement
_WAITS: Final = "waits_for_transfer"
_CANNOT_COME_BACK: Final = {"balance_insufficient", "insufficient_funds", "account_closed"}
"""Stripe's codes for a reversal the payee's balance cannot pay: to confirm on a test account."""


async def send(movement_id: UUID, on_fact: OnFact, claimer: str | None = None) -> None:
    """Makes the call this movement stands for and books its result.

    Safe to call any number of times, from anywhere. A `claimer` that comes again was interrupted,
    and goes on with its own claim at once.

    Never raises for what Stripe answers: refusals and outages are kept on the row and tried again
    later.
    """

    async def claim() -> Movement | None:
        return await _claim(movement_id, claimer)

    movement = await transaction(claim)
    if movement is None:
        return
    try:
        written = await _write(movement)
    except errors.StripeProblem as reason:
        problem = reason
        await transaction(lambda: _postpone(movement, problem, on_fact))
        return
    await transaction(lambda: arrived(movement_id, written, on_fact))


async def _claim(movement_id: UUID, claimer: str | None) -> Movement | None:
    movement = await Movement.filter(id=movement_id).select_for_update().get_or_none()
    moment = now()
    if movement is None or movement.next_attempt_at > moment:
        return None
    stale = moment - timedelta(seconds=config().claim_seconds)
    abandoned = (
        movement.status is MovementStatus.SENDING
        and movement.claimed_at is not None
        and (movement.claimed_at <= stale or (claimer and movement.claimed_by == claimer))
    )
    if movement.status is not MovementStatus.QUEUED and not abandoned:
        return None
    movement.attempts += 1
    movement.claimed_at, movement.claimed_by = moment, claimer
    movement.first_sent_at = movement.first_sent_at or moment
    fields = ("attempts", "claimed_at", "claimed_by", "first_sent_at")
    await move(movement, MovementStatus.SENDING, *fields)
    return movement


async def _write(movement: Movement) -> WrittenView:
    """The call itself, under a key that names this movement.

    Whoever repeats it gets the same answer.
    """
    assert movement.first_sent_at is not None
    old = now() - movement.first_sent_at > SEARCH_AFTER
    if old or movement.attempts >= _SEARCH_FROM_ATTEMPT:
        found = await _find(movement)
        if found is not None:
            return found
    key = _key(movement)
    metadata = {
        "movement": str(movement.id),
        "holding": movement.holding,
        "contract": movement.contract,
    }
    if movement.kind is MovementKind.REFUND:
        return await moving.create_refund(
            amount=movement.amount, charge=movement.charge, metadata=metadata, key=key
        )
    if movement.kind is MovementKind.REVERSAL:
        return await moving.create_reversal(
            transfer=await _reversed(movement), amount=movement.amount, metadata=metadata, key=key
        )
    payee = await Payee.get_or_none(id=movement.payee)
    if payee is None or payee.account is None:
        raise errors.PayeeNotReady(movement.payee)
    return await moving.create_transfer(
        amount=movement.amount,
        account=payee.account,
        charge=movement.charge,
        group=f"contract:{movement.contract}",
        metadata=metadata,
        key=key,
    )


def _key(movement: Movement) -> str:
    """Its own, the same for every try: what a killed worker began is not done twice."""
    generation = f":{movement.generation}" if movement.generation else ""
    return f"movement:{movement.id}{generation}"


async def _reversed(movement: Movement) -> str:
    transfer = await Movement.get(id=movement.reverses_id)
    if transfer.stripe_id is None:
        raise errors.StripeAway("the transfer has not left yet", code=_WAITS)
    return transfer.stripe_id


async def _find(movement: Movement) -> WrittenView | None:
    name = str(movement.id)
    if movement.kind is MovementKind.TRANSFER:
        return await moving.find_transfer(group=f"contract:{movement.contract}", movement=name)
    if movement.kind is MovementKind.REVERSAL:
        made = await moving.reversals(await _reversed(movement))
        return next((each for each in made if each.metadata.get("movement") == name), None)
    return await moving.find_refund(charge=movement.charge, movement=name)


async def _postpone(claimed: Movement, problem: errors.StripeProblem, on_fact: OnFact) -> None:
    movement = await Movement.filter(id=claimed.id).select_for_update().get()
    taken_over = movement.claimed_at != claimed.claimed_at
    if movement.status is not MovementStatus.SENDING or taken_over:
        return  # another worker was faster, or tries it now: what that one hears counts
    movement.failure = f"{problem.code} {problem}".strip()[:500]
    unclear = isinstance(problem, errors.StripeFailed | errors.IdempotencyConflict)
    definite = isinstance(problem, errors.StripeRefused) and not unclear
    if definite or (unclear and movement.attempts >= _SEARCH_FROM_ATTEMPT):
        # The answer stored under this key will not change: it was a no, or a fault behind which a
        # search found nothing. Without an answer the key stays, whatever happened.
        movement.generation += 1
    fields = ("failure", "generation", "next_attempt_at", "attempts", "first_sent_at")
    untried = isinstance(problem, errors.StripeAway | errors.KeyRefused)
    if untried:
        movement.attempts -= 1
    if definite or untried:
        _not_sent(movement, searched=definite)
    transfer = movement.kind is MovementKind.TRANSFER
    if movement.kind is MovementKind.REVERSAL and problem.code in _CANNOT_COME_BACK:
        await owed(movement, on_fact)
        return
    if problem.code == banking.DISPUTED and await banking.refused(movement, on_fact):
        return
    unready = transfer and isinstance(problem, errors.PayeeNotReady)
    if unready and not await is_active(movement.payee):
        await move(movement, MovementStatus.WAITING_PAYEE, *fields)
        return
    if problem.code == _WAITS and await recall(movement, on_fact):
        return
    if movement.attempts >= (REFUSALS_MAX if definite else ATTEMPTS_MAX):
        await move(movement, MovementStatus.PARKED, *fields)
        await on_fact(about(MovementParked, movement, reason=movement.failure))
        return
    movement.next_attempt_at = now() + _wait(movement, problem)
    await move(movement, MovementStatus.QUEUED, *fields)
    await ask_for(movement.id, movement.next_attempt_at)


def _wait(movement: Movement, problem: errors.StripeProblem) -> timedelta:
    if problem.code == _WAITS:
        return _LOOK_AGAIN
    if isinstance(problem, errors.KeyRefused):
        return _KEY_WAIT
    return min(timedelta(seconds=2 ** (movement.attempts + 1)), _LONGEST_WAIT)


def _not_sent(movement: Movement, *, searched: bool) -> None:
    """Nothing came of this try: unless an earlier one had no answer, nothing has left.

    Nor when that one is so old that this try has searched for what it made before it asked.
    """
    assert movement.first_sent_at is not None
    old = now() - movement.first_sent_at > SEARCH_AFTER
    if movement.first_sent_at == movement.claimed_at or (old and searched):
        movement.first_sent_at = None
