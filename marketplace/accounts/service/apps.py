"""Owns the shared secret of an app for one-time codes (RFC 6238): kept encrypted, each code once.

The secret is encrypted under the server's own: a copy of the database alone makes no codes.
"""

from __future__ import annotations

import base64
import hashlib
from uuid import UUID

from cryptography.fernet import Fernet, MultiFernet

from marketplace.accounts.models import Authenticator
from marketplace.accounts.rules import AuthenticatorWrong
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.totp import step_of, totp_step
from marketplace.core.vault import secrets


def vault() -> MultiFernet:
    """What encrypts the secrets; it also opens what was encrypted under a former one."""
    keys = (hashlib.sha256(b"authenticator:" + one.encode()).digest() for one in secrets())
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def secret_of(row: Authenticator) -> bytes:
    """The secret in the clear."""
    return vault().decrypt(row.secret.encode())


def spent(row: Authenticator, code: str) -> int:
    """The step of the code, later than the last one used. Raises AuthenticatorWrong."""
    step = totp_step(secret_of(row), code, step_of(clock.now()))
    if step is None or step <= row.last_step:
        raise AuthenticatorWrong
    return step


async def locked(person_id: UUID) -> Authenticator:
    """In a command: the person's app. Raises NotFound."""
    row = await Authenticator.filter(person_id=person_id).select_for_update().first()
    if row is None:
        raise NotFound
    return row


async def spend(person_id: UUID, code: str) -> None:
    """In a command: use a code up. Raises NotFound, AuthenticatorWrong."""
    row = await locked(person_id)
    row.last_step = spent(row, code)
    await row.save(update_fields=["last_step"])
