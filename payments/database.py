"""Owns the question whether a transaction is open. Never commits the caller's."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import asyncpg
from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.exceptions import BaseORMException

from payments.config import config
from payments.errors import InsideTransaction, OutsideTransaction

T = TypeVar("T")

_TRIES: Final = 8
_RETRIED: Final = {
    "40001",
    "40P01",
}  # serialization failure, deadlock: PostgreSQL undid one of two, ask again


def connection() -> BaseDBAsyncClient:
    """The open transaction's connection inside a command, a pooled one outside."""
    open_or_pooled: BaseDBAsyncClient = connections.get("default")
    return open_or_pooled


@contextmanager
def left_as_found() -> Iterator[None]:
    """Around a transaction: afterwards this task uses the connection that it used before.

    Where a transaction cannot even begin, because its connection broke, Tortoise leaves the task
    believing that it is still inside it.
    """
    before = connection()
    try:
        yield
    finally:
        if connection() is not before:
            connections.set("default", before)


def in_command() -> bool:
    """Whether a transaction is open in this task."""
    return isinstance(connection(), TransactionalDBClient)


def require_command() -> None:
    """Writes of money belong to the caller's transaction, so that either both happen or neither."""
    if not in_command():
        raise OutsideTransaction("call this inside a command")


def forbid_command() -> None:
    """A network call inside a transaction would hold locks for as long as Stripe likes to think."""
    if in_command():
        raise InsideTransaction("Stripe is never called inside a transaction")


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's error code, also when Tortoise wrapped the driver's exception."""
    for candidate in (error, error.__cause__, *error.args):
        if isinstance(candidate, asyncpg.PostgresError):
            return str(candidate.sqlstate or "")
    return ""


async def transaction(work: Callable[[], Awaitable[T]]) -> T:
    """Runs `work` in a transaction of its own, again after a deadlock.

    For the parts of this package that the worker calls outside any command.
    """
    forbid_command()
    for attempt in range(_TRIES):
        try:
            with left_as_found():
                async with config().transaction():
                    return await work()
        except (asyncpg.PostgresError, BaseORMException) as error:
            if sqlstate(error) not in _RETRIED or attempt == _TRIES - 1:
                raise
        await asyncio.sleep(random.uniform(0.005, 0.05) * (attempt + 1))  # noqa: S311 - jitter
    raise AssertionError("unreachable")
