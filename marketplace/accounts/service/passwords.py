"""Owns how passwords are hashed and checked (argon2id, RFC 9106); never stores one."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from marketplace.accounts.models import Person
from marketplace.accounts.rules import password_problem
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.web import ratelimit

WRONG_PASSWORD = _("This is not your current password.")
COST = RFC_9106_LOW_MEMORY  # RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes
HASHER = PasswordHasher.from_parameters(COST)
# Each hash holds 64 MiB: four at once bound the memory a flood of log-ins can take.
POOL = ThreadPoolExecutor(max_workers=4, thread_name_prefix="argon2")


async def hashed(password: str) -> str:
    """The argon2id hash of `password`, made off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(POOL, HASHER.hash, password)


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether they belong together; takes as long when there is no hash at all."""
    return await asyncio.get_running_loop().run_in_executor(POOL, _verify, password, password_hash)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return HASHER.hash("nobody's password, verified for people who do not exist")


def _verify(password: str, password_hash: str | None) -> bool:
    try:
        HASHER.verify(password_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


def judge(password: str, *, email: str, name: str, field: str = "password") -> None:
    """Raise Invalid, beside `field`, for a password that is too short or too guessable."""
    problem = password_problem(password, email=email, name=name)
    if problem:
        raise Invalid({field: problem})


async def confirm(person: Person, password: str, *, field: str = "password") -> None:
    """Check the person's password before something grave; nothing to check when there is none.

    Raises Invalid beside `field`, TooManyRequests.
    """
    if person.password_hash is None:
        return
    await ratelimit.hit(f"confirm:{person.id}", per_minute=1, burst=10)
    if not await matches(password, person.password_hash):
        raise Invalid({field: WRONG_PASSWORD})
    await ratelimit.forget(f"confirm:{person.id}")
