"""Owns how news travels: recorded with the change, handled at once or delivered after commit.

`connect` receives the two tables of marketplace/reactions.py at start; this module never knows a
feature.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self
from uuid import UUID

from marketplace.core import clock, jobs
from marketplace.core.db import in_command
from marketplace.core.models import DomainEvent


@dataclasses.dataclass(frozen=True)
class Event:
    """Base of what happened. Fields are UUID, str, int, bool, None or lists of them."""

    def body(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """The event again, with UUID fields restored by their annotation."""
        hints = typing.get_type_hints(cls)
        return cls(**{name: _typed(hints[name], value) for name, value in body.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _typed(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if hint is UUID:
        return UUID(value)
    if isinstance(hint, types.UnionType):
        return UUID(value) if UUID in hint.__args__ else value
    if isinstance(value, list):
        (inner, *_) = typing.get_args(hint) or (str,)
        return [_typed(inner, item) for item in value]
    return value


Reaction = Callable[[Any], Awaitable[None]]
Table = Mapping[type[Event], tuple[Reaction, ...]]

Facts = Mapping[type[Any], tuple[Reaction, ...]]

_at_once: Table = {}
_later: Table = {}
_facts: Facts = {}


def connect(at_once: Table, later: Table, facts: Facts) -> None:
    """Tell who reacts: `at_once` inside the command, `later` by job after commit.

    `facts` are the payments' news, applied inside the payments' own transaction.
    """
    global _at_once, _later, _facts
    _at_once, _later, _facts = at_once, later, facts


async def on_fact(fact: object) -> None:
    """Apply one payment fact inside the transaction that established it."""
    for reaction in _facts.get(type(fact), ()):
        await reaction(fact)


async def record(event: Event) -> None:
    """Keep the event, run the reactions that belong to the same transaction, queue the others.

    Must be called inside a command: news of a change that is rolled back is no news.
    """
    if not in_command():
        msg = f"{type(event).__name__} was recorded outside a command"
        raise RuntimeError(msg)
    row = await DomainEvent.create(
        name=type(event).__name__, body=event.body(), created_at=clock.now()
    )
    for reaction in _at_once.get(type(event), ()):
        await reaction(event)
    for reaction in _later.get(type(event), ()):
        name = f"{reaction.__module__}.{reaction.__qualname__}"
        await jobs.defer("events.deliver", event=row.id, reaction=name)


@jobs.task("events.deliver", tries=jobs.TRIES_WITH_KEY)  # a reaction may charge a card
async def deliver(event: str, reaction: str) -> None:
    """Hand one event to one reaction; each has its own job, so that one failure stays alone.

    Raises LookupError when nobody here knows the reaction: newer code queued it, and its worker has
    yet to start, or it got another name. So the job is tried again, and in the end an operator's.
    """
    row = await DomainEvent.get(pk=UUID(event))
    for kind, reactions in _later.items():
        if kind.__name__ != row.name:
            continue
        for each in reactions:
            if f"{each.__module__}.{each.__qualname__}" == reaction:
                await each(kind.from_body(row.body))
                return
    msg = f"{row.name} is for {reaction}, which this worker does not know"
    raise LookupError(msg)
