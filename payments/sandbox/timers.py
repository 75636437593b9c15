"""What happens later: named actions on an object at a moment, kept in the journal.

Never holds a callback in memory: a restart loses nothing and catches up with what was missed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from payments.sandbox.box import Box
    from payments.sandbox.skeleton import Json

log = logging.getLogger("payments.sandbox")

Action = Callable[["Box", str], None]
ACTIONS: dict[str, Action] = {}


def timer(name: str) -> Callable[[Action], Action]:
    """Register `f(box, object_id)` as the action of a timer."""

    def register(action: Action) -> Action:
        ACTIONS[name] = action
        return action

    return register


def run_due(box: Box) -> int:
    """Carry out every timer that is due, in order of its time; returns how many."""
    done = 0
    now = box.clock.now()
    while (due := box.store.next_due()) is not None and due["due"] <= now:
        box.clock.freeze(due["due"])
        try:
            _run(box, due)
        finally:
            box.clock.freeze(None)
        done += 1
    return done


def _run(box: Box, due: Json) -> None:
    """Carry one timer out; one that fails is reported and dropped, or it would block the rest."""
    try:
        with box.store.transaction():
            box.store.drop(due)
            ACTIONS[due["action"]](box, due["target"])
    except Exception as error:
        log.exception("timer %s on %s failed", due["action"], due["target"])
        box.conformance.violation(f"timer {due['action']}", [repr(error)])
        with box.store.transaction():
            box.store.drop(due)
