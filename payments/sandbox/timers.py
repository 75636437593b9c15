"""What happens later: named actions on an object at a moment, kept in the journal.

Never holds a callback in memory: a restart loses nothing and catches up with what was missed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from payments.sandbox.box import Box

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
            with box.store.transaction():
                box.store.drop(due)
                ACTIONS[due["action"]](box, due["target"])
        finally:
            box.clock.freeze(None)
        done += 1
    return done
