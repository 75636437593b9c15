"""THE table of who reacts to what: domain events of the features and facts of the payments.

AT_ONCE runs inside the transaction that made the news; LATER runs by job after commit, for what
leaves the database (index, mail). FACTS are applied in the payments' own transaction, so that a
unit is funded if and only if the ledger says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from marketplace.core import events, jobs
from payments import facts, inbox, movements

Reaction = Callable[[Any], Awaitable[None]]

AT_ONCE: dict[type[events.Event], tuple[Reaction, ...]] = {}
LATER: dict[type[events.Event], tuple[Reaction, ...]] = {}
FACTS: dict[type[facts.Fact], tuple[Reaction, ...]] = {}


async def on_fact(fact: facts.Fact) -> None:
    """Apply one payment fact inside the transaction that established it."""
    for reaction in FACTS.get(type(fact), ()):
        await reaction(fact)


@jobs.task("payments.send", queue="money")
async def send_movement(movement: int) -> None:
    """Make one movement of money happen at Stripe."""
    await movements.send(movement, on_fact)


@jobs.task("payments.apply", queue="money")
async def apply_event(event: int) -> None:
    """Apply one received Stripe event."""
    await inbox.apply(event, on_fact)


async def _wake_movement(movement: int) -> None:
    await jobs.defer("payments.send", movement=movement)


async def _wake_inbox(event: int) -> None:
    await jobs.defer("payments.apply", event=event)


def connect() -> None:
    """Install the tables: called once by every process."""
    events.connect(AT_ONCE, LATER)
    movements.wake_with(_wake_movement)
    inbox.wake_with(_wake_inbox)
