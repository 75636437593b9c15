"""Owns proving the second factor, whichever there is: an app, a passkey, a recovery code."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from marketplace.accounts import queries
from marketplace.accounts.models import Person
from marketplace.accounts.rules import (
    RECOVERY_CODES,
    AuthenticatorWrong,
    LogInAgain,
    NoFactor,
    PasskeyWrong,
    Proves,
)
from marketplace.accounts.schemas import FactorDraft, ProofDraft
from marketplace.accounts.service import apps, devices, passwords
from marketplace.core import mail, vault
from marketplace.core.db import command, lock
from marketplace.core.errors import NotInPerson
from marketplace.core.settings import settings
from marketplace.web import ratelimit

TRIES_PER_MINUTE: Final = 5
WRONG_A_DAY: Final = 30  # of a million codes three hold at a time: years for an even chance
TOLD_AFTER: Final = 5
A_DAY: Final = 1 / 1440  # a minute's share of one a day
LOG_IN: Final = "log-in"
INSIDE: Final = "inside"


@dataclass(frozen=True)
class Proof:
    """What a person gives: a code of the app or a recovery code, or the answer of a passkey.

    An answer counts in the `session` and for the purpose its challenge was made for.
    """

    code: str = ""
    passkey: str = ""
    session: str = ""
    purpose: Proves = Proves.ACCOUNT
    about: str = ""


NOTHING = Proof()


def given(draft: ProofDraft | FactorDraft, session: str) -> Proof:
    """The second factor of a form about the account, in the session it came from."""
    return Proof(draft.code, draft.passkey, session)


@asynccontextmanager
async def counted(person_id: UUID, place: str = INSIDE) -> AsyncIterator[None]:
    """Count what is tried within, outside any command: by the minute, and what fails by the day.

    Each `place` has its own count: whoever guesses at the log-in keeps nobody from signing.
    Raises TooManyRequests.
    """
    key = f"authenticator:{place}:{person_id}"
    a_day = WRONG_A_DAY * A_DAY
    await ratelimit.hit(key, per_minute=TRIES_PER_MINUTE)
    await ratelimit.hit(f"{key}:day", per_minute=a_day, burst=WRONG_A_DAY)
    yield
    await ratelimit.give_back(f"{key}:day", per_minute=a_day)


async def at_log_in(person_id: UUID, proof: Proof) -> None:
    """The second step of logging in. After five wrong codes in a day the person hears of it.

    Raises AuthenticatorWrong, PasskeyWrong, TooManyRequests.
    """
    wrong = f"authenticator:wrong:{person_id}"
    try:
        async with counted(person_id, LOG_IN):
            await check(person_id, proof)
    except (AuthenticatorWrong, PasskeyWrong):
        few = TOLD_AFTER - 1
        if await ratelimit.take(wrong, per_minute=few * A_DAY, burst=few):
            await _warn(person_id)
        raise
    await ratelimit.forget(wrong)


@command
async def _warn(person_id: UUID) -> None:
    """Somebody has the password, and not the second factor: said once a day."""
    if await ratelimit.take(f"authenticator:told:{person_id}", per_minute=A_DAY, burst=1):
        return
    person = await Person.get(pk=person_id)
    await mail.send(
        "accounts_guessed",
        to=person.email,
        locale=person.locale,
        name=person.name,
        reset_link=f"{settings().base_url}/{person.locale}/forgotten-password",
    )


async def start_anew(person_id: UUID) -> None:
    """A new password by a mailed link shuts out who guessed: their tries no longer count."""
    for key in (f"{LOG_IN}:{person_id}", f"{LOG_IN}:{person_id}:day", f"wrong:{person_id}"):
        await ratelimit.forget(f"authenticator:{key}")


async def prove(person: Person, password: str, proof: Proof, *, field: str = "password") -> None:
    """Before anything that makes an account somebody else's: a fresh proof of who asks.

    It is the password; without one the second factor; without either a log-in just done.
    Raises NotInPerson outside a session, Invalid beside `field`, AuthenticatorWrong, PasskeyWrong,
    LogInAgain, TooManyRequests.
    """
    if not proof.session:
        raise NotInPerson
    if person.password_hash is not None:
        await passwords.confirm(person, password, field=field)
    elif await queries.has_second_factor(person.id):
        async with counted(person.id):
            await check(person.id, proof)
    elif not await queries.logged_in_just_now(proof.session):
        raise LogInAgain


async def confirm(person: Person, password: str, proof: Proof) -> None:
    """Before a factor is added: `prove`, and a factor that is there already. Raises as `prove`."""
    known = await queries.has_second_factor(person.id)
    if person.password_hash is not None or not known:
        await prove(person, password, proof)
    if known:
        async with counted(person.id):
            await check(person.id, proof)


@command
async def check(person_id: UUID, proof: Proof) -> str:
    """Use the proof up; which it was: `totp`, `recovery` or `passkey`.

    Raises AuthenticatorWrong, PasskeyWrong. Count tries with `counted` around it.
    """
    person = await lock(Person, person_id)
    if proof.passkey:
        await devices.proven(person_id, proof.session, proof.purpose, proof.about, proof.passkey)
        return "passkey"
    code = proof.code.strip().lower()
    hashed = {_hashed(person_id, code, secret) for secret in vault.secrets()}
    if hashed.intersection(person.recovery_codes):
        person.recovery_codes = [each for each in person.recovery_codes if each not in hashed]
        await person.save(update_fields=["recovery_codes"])
        return "recovery"
    if not await queries.has_authenticator(person_id):
        raise AuthenticatorWrong
    await apps.spend(person_id, proof.code)
    return "totp"


async def renew_codes(person: Person, password: str, proof: Proof) -> list[str]:
    """Other recovery codes in place of those left; they are shown this once.

    Raises NoFactor, and what `confirm` raises.
    """
    if not await queries.has_second_factor(person.id):
        raise NoFactor
    await confirm(person, password, proof)
    return await _renew(person.id)


@command
async def _renew(person_id: UUID) -> list[str]:
    person = await lock(Person, person_id)
    spare = await _new_codes(person)
    await mail.send(
        "accounts_recovery_codes",
        to=person.email,
        locale=person.locale,
        name=person.name,
        account_link=f"{settings().base_url}/{person.locale}/account/security",
    )
    return spare


async def first_codes(person_id: UUID) -> list[str]:
    """In a command: recovery codes for who had no factor before; they are shown this once."""
    person = await lock(Person, person_id)
    if await queries.has_second_factor(person_id):
        return []
    return await _new_codes(person)


async def _new_codes(person: Person) -> list[str]:
    spare = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES)]
    person.recovery_codes = [_hashed(person.id, each, vault.secrets()[0]) for each in spare]
    await person.save(update_fields=["recovery_codes"])
    return spare


async def drop_codes(person_id: UUID) -> None:
    """In a command: with the last factor its recovery codes go."""
    if not await queries.has_second_factor(person_id):
        await Person.filter(pk=person_id).update(recovery_codes=[])


def _hashed(person_id: UUID, code: str, secret: str) -> str:
    """What is kept of a recovery code: too short for a bare hash, so keyed by the server."""
    key = b"recovery:" + secret.encode()
    return hmac.new(key, f"{person_id}:{code}".encode(), hashlib.sha256).hexdigest()
