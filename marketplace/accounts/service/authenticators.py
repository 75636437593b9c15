"""Owns the second factor: an app that makes one-time codes (RFC 6238); never signs anything.

The shared secret is kept encrypted under the server's own: a copy of the database alone makes no
codes. Each code serves once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

from cryptography.fernet import Fernet

from marketplace.accounts.models import Authenticator, Person
from marketplace.accounts.rules import (
    RECOVERY_CODES,
    AuthenticatorThere,
    AuthenticatorWrong,
)
from marketplace.accounts.service import recovery
from marketplace.core import clock, mail
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings
from marketplace.core.totp import step_of, totp_step
from marketplace.web import ratelimit

SECRET_BYTES = 20
TRIES_PER_MINUTE = 5


def _vault() -> Fernet:
    key = hashlib.sha256(b"authenticator:" + settings().secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


async def begin(person: Person, password: str) -> str:
    """Make a secret for the app, in base32; it counts once `confirm` has seen a code of it.

    Raises Invalid for a wrong password, AuthenticatorThere, TooManyRequests.
    """
    await recovery.confirm(person, password)
    return await _begin(person.id)


@command
async def _begin(person_id: UUID) -> str:
    await lock(Person, person_id)
    row = await Authenticator.get_or_none(person_id=person_id)
    if row is not None and row.confirmed_at is not None:
        raise AuthenticatorThere
    if row is not None:
        await row.delete()
    secret = secrets.token_bytes(SECRET_BYTES)
    await Authenticator.create(
        person_id=person_id,
        secret=_vault().encrypt(secret).decode(),
        created_at=clock.now(),
    )
    return base64.b32encode(secret).decode()


async def pending(person_id: UUID) -> str | None:
    """The secret that waits to be confirmed, in base32."""
    row = await Authenticator.get_or_none(person_id=person_id, confirmed_at=None)
    return base64.b32encode(_secret(row)).decode() if row else None


def _secret(row: Authenticator) -> bytes:
    return _vault().decrypt(row.secret.encode())


async def confirm(person_id: UUID, code: str) -> list[str]:
    """The app works: from now on signatures ask for it. Gives the recovery codes, this once.

    Raises NotFound without a secret, AuthenticatorThere, AuthenticatorWrong, TooManyRequests.
    """
    await _limit(person_id)
    return await _confirm(person_id, code)


@command
async def _confirm(person_id: UUID, code: str) -> list[str]:
    row = await _row(person_id)
    if row.confirmed_at is not None:
        raise AuthenticatorThere
    row.last_step = _spent(row, code)
    spare = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES)]
    row.recovery = [_hashed(person_id, each) for each in spare]
    row.confirmed_at = clock.now()
    await row.save(update_fields=["last_step", "recovery", "confirmed_at"])
    await _tell(person_id, on=True)
    return spare


async def remove(person_id: UUID, code: str) -> None:
    """Signatures no longer ask for it. Raises NotFound, AuthenticatorWrong, TooManyRequests."""
    await _limit(person_id)
    await _remove(person_id, code)


@command
async def _remove(person_id: UUID, code: str) -> None:
    await check(person_id, code)
    await Authenticator.filter(person_id=person_id).delete()
    await _tell(person_id, on=False)


async def _tell(person_id: UUID, *, on: bool) -> None:
    """The person hears of it by mail: somebody else may have sat at their browser."""
    person = await Person.get(pk=person_id)
    await mail.send(
        "accounts_authenticator",
        to=person.email,
        locale=person.locale,
        name=person.name,
        on=on,
        account_link=f"{settings().base_url.rstrip('/')}/{person.locale}/account/authenticator",
    )


async def limit(person_id: UUID) -> None:
    """Count a try, outside any command. Raises TooManyRequests."""
    await _limit(person_id)


async def _limit(person_id: UUID) -> None:
    await ratelimit.hit(f"authenticator:{person_id}", per_minute=TRIES_PER_MINUTE)


@command
async def check(person_id: UUID, code: str) -> str:
    """Use up a code of the app, or a recovery code; which of them: `totp` or `recovery`.

    Raises NotFound without an app, AuthenticatorWrong. Count tries with `limit` first.
    """
    row = await _row(person_id)
    if row.confirmed_at is None:
        raise NotFound
    hashed = _hashed(person_id, code.strip().lower())
    if hashed in row.recovery:
        row.recovery = [each for each in row.recovery if each != hashed]
        await row.save(update_fields=["recovery"])
        return "recovery"
    row.last_step = _spent(row, code)
    await row.save(update_fields=["last_step"])
    return "totp"


def _hashed(person_id: UUID, code: str) -> str:
    """What is kept of a recovery code: too short for a bare hash, so keyed by the server."""
    key = b"recovery:" + settings().secret_key.encode()
    return hmac.new(key, f"{person_id}:{code}".encode(), hashlib.sha256).hexdigest()


def _spent(row: Authenticator, code: str) -> int:
    """The step of the code, later than the last one used. Raises AuthenticatorWrong."""
    step = totp_step(_secret(row), code, step_of(clock.now()))
    if step is None or step <= row.last_step:
        raise AuthenticatorWrong
    return step


async def _row(person_id: UUID) -> Authenticator:
    row = await Authenticator.filter(person_id=person_id).select_for_update().first()
    if row is None:
        raise NotFound
    return row
