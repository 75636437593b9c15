"""Owns the connection to PostgreSQL and what a command is; never holds a query of a feature.

A command is one transaction. Commands called inside a command join it. Serialization failures
and deadlocks are retried from the start, so a command must have no effect outside the database.
"""

from __future__ import annotations

import asyncio
import functools
import random
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from urllib.parse import urlsplit

import asyncpg
from tortoise import Tortoise, connections
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from marketplace.core.errors import NotFound
from marketplace.core.settings import settings
from payments.database import left_as_found

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from uuid import UUID

    from tortoise.backends.base.client import BaseDBAsyncClient
    from tortoise.models import Model

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound="Model")

MODELS = [
    "marketplace.core.models",
    "marketplace.accounts.models",
    "marketplace.jurisdictions.models",
    "marketplace.parties.models",
    "marketplace.profiles.models",
    "marketplace.references.models",
    "marketplace.directory.models",
    "marketplace.shortlists.models",
    "marketplace.saved_searches.models",
    "marketplace.contracts.models",
    "marketplace.vigilance.models",
    "marketplace.work.models",
    "marketplace.billing.models",
    "marketplace.disputes.models",
    "marketplace.reviews.models",
    "marketplace.invoicing.models",
    "marketplace.admin.models",
    "marketplace.my_data.models",
    "payments.models",
]
TRIES = 5
RETRIED = {"40001", "40P01"}  # serialization_failure, deadlock_detected
# connection exceptions; too many connections; shutting down, crashed, starting
AWAY = ("08", "53300", "57P01", "57P02", "57P03")

_depth: ContextVar[int] = ContextVar("command_depth", default=0)


class _Session(asyncpg.Connection):  # type: ignore[misc]  # the package carries no types
    """A pooled session that is given back without asking the server to reset it.

    Nothing of a command outlives its transaction: settings are SET LOCAL, locks end with it.
    """

    def get_reset_query(self) -> str:
        """None: an open transaction is rolled back all the same."""
        return ""


async def init_db(url: str | None = None, *, pool: int | None = None) -> None:
    """Open the pool. `url` is a postgresql:// address; default from settings."""
    parts = urlsplit(url or settings().database_url)
    if not parts.hostname and not parts.path:
        msg = "DATABASE_URL is not set: start with ./run, or name a PostgreSQL 15 to 18 database"
        raise RuntimeError(msg)
    size = pool or settings().database_pool
    joiner = "&" if parts.query else "?"
    address = parts._replace(scheme="asyncpg").geturl() + f"{joiner}minsize=1&maxsize={size}"
    where = expand_db_url(address)
    where["credentials"]["connection_class"] = _Session
    apps = {"relais": {"models": _present_models(), "default_connection": "default"}}
    await Tortoise.init(
        config={"connections": {"default": where}, "apps": apps},
        use_tz=True,
        timezone="UTC",
        _enable_global_fallback=True,  # the lifespan runs in another task than the requests
    )


def _present_models() -> list[str]:
    from importlib.util import find_spec

    return [name for name in MODELS if find_spec(name.rpartition(".")[0]) and find_spec(name)]


async def close_db() -> None:
    """Close the pool."""
    await Tortoise.close_connections()


def connection() -> BaseDBAsyncClient:
    """The open transaction's connection inside a command, a pooled one outside."""
    current: BaseDBAsyncClient = connections.get("default")
    return current


def in_command() -> bool:
    """Whether a command's transaction is open in this task."""
    return _depth.get() > 0


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        nested = cause.args[0] if cause.args and isinstance(cause.args[0], Exception) else None
        cause = cause.__cause__ or nested


def _retryable(error: BaseException) -> bool:
    return any(getattr(cause, "sqlstate", None) in RETRIED for cause in _causes(error))


def is_away(error: BaseException) -> bool:
    """Whether the database could not be reached or was lost meanwhile: try again in a moment."""
    return any(_says_away(cause) for cause in _causes(error))


def _says_away(error: BaseException) -> bool:
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate or "").startswith(AWAY)
    if isinstance(error, asyncpg.InterfaceError):
        # The second: it broke once the pool had handed it out. Others are misuses of the driver.
        return any(words in str(error) for words in ("closed", "released back to the pool"))
    # The driver stumbles over itself when a connection breaks in the middle of a statement.
    lost = ConnectionError | TimeoutError | DBConnectionError | asyncpg.InternalClientError
    return isinstance(error, lost)


def command(work: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Run `work` in one transaction, from the start again on a deadlock; joins an open command."""

    @functools.wraps(work)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if in_command():
            return await work(*args, **kwargs)
        for attempt in range(TRIES):
            token = _depth.set(1)
            try:
                with left_as_found():
                    async with in_transaction():
                        return await work(*args, **kwargs)
            except (OperationalError, asyncpg.PostgresError) as error:
                if attempt == TRIES - 1 or not _retryable(error):
                    raise
            finally:
                _depth.reset(token)
            await asyncio.sleep(random.uniform(0.005, 0.05) * 2**attempt)  # noqa: S311 - jitter
        raise AssertionError

    return run


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """A command as a block, without retries: for scripts and jobs that retry by themselves."""
    if in_command():
        yield
        return
    token = _depth.set(1)
    try:
        with left_as_found():
            async with in_transaction():
                yield
    finally:
        _depth.reset(token)


async def lock(model: type[M], row_id: UUID) -> M:
    """The row, locked FOR UPDATE until the command ends. Raises NotFound."""
    row = await model.select_for_update().get_or_none(pk=row_id)
    if row is None:
        raise NotFound
    return row


async def deleted(row: Model) -> bool:
    """Delete a row inside a command, unless another refers to it; whether it went."""
    try:
        async with in_transaction():  # a savepoint: the command goes on after a refusal
            await row.delete()
    except IntegrityError:
        return False
    return True
