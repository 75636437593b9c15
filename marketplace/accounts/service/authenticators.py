"""Owns setting up and turning off an app as second factor; codes are checked in factors."""

from __future__ import annotations

import base64
import secrets
from uuid import UUID

from marketplace.accounts.models import Authenticator, Person
from marketplace.accounts.rules import SET_UP_LIFE, AuthenticatorLate, AuthenticatorThere
from marketplace.accounts.service import apps, factors
from marketplace.accounts.service.factors import NOTHING, Proof
from marketplace.core import clock, mail
from marketplace.core.db import command, lock
from marketplace.core.ids import hash_token
from marketplace.core.settings import settings

SECRET_BYTES = 20


async def begin(person: Person, password: str, proof: Proof = NOTHING) -> str:
    """Make a secret for the app, in base32; it counts once `confirm` has seen a code of it.

    `proof` is of a passkey, where there is one. Raises what `factors.confirm` raises,
    AuthenticatorThere.
    """
    if await Authenticator.exists(person_id=person.id, confirmed_at__isnull=False):
        raise AuthenticatorThere
    await factors.confirm(person, password, proof)
    return await _begin(person.id, proof.session)


@command
async def _begin(person_id: UUID, session: str) -> str:
    await lock(Person, person_id)
    row = await Authenticator.get_or_none(person_id=person_id)
    if row is not None and row.confirmed_at is not None:
        raise AuthenticatorThere
    if row is not None:
        await row.delete()
    secret = secrets.token_bytes(SECRET_BYTES)
    await Authenticator.create(
        person_id=person_id,
        secret=apps.vault().encrypt(secret).decode(),
        session_hash=hash_token(session),
        created_at=clock.now(),
    )
    return base64.b32encode(secret).decode()


def _waits(row: Authenticator, session: str) -> bool:
    """Whether it may be confirmed: soon, where its person has just proven to be there."""
    begun_here = row.session_hash == hash_token(session)
    return begun_here and row.created_at > clock.now() - SET_UP_LIFE


async def pending(person_id: UUID, session: str) -> str | None:
    """The secret that this session began and that waits to be confirmed, in base32."""
    row = await Authenticator.get_or_none(person_id=person_id, confirmed_at=None)
    if row is None or not _waits(row, session):
        return None
    return base64.b32encode(apps.secret_of(row)).decode()


async def confirm(person_id: UUID, session: str, code: str) -> list[str]:
    """The app works: from now on it is asked for. Gives the recovery codes, if they are the first.

    Raises NotFound without a secret, AuthenticatorLate for one of long ago or of another session,
    AuthenticatorThere, AuthenticatorWrong, TooManyRequests.
    """
    async with factors.counted(person_id):
        return await _confirm(person_id, session, code)


@command
async def _confirm(person_id: UUID, session: str, code: str) -> list[str]:
    row = await apps.locked(person_id)
    if row.confirmed_at is not None:
        raise AuthenticatorThere
    if not _waits(row, session):
        raise AuthenticatorLate
    row.last_step = apps.spent(row, code)
    spare = await factors.first_codes(person_id)
    row.confirmed_at = clock.now()
    await row.save(update_fields=["last_step", "confirmed_at"])
    await _tell(person_id, on=True)
    return spare


async def remove(person_id: UUID, proof: Proof) -> None:
    """It is no longer asked for. Raises NotFound, AuthenticatorWrong, TooManyRequests."""
    async with factors.counted(person_id):
        await _remove(person_id, proof)


@command
async def _remove(person_id: UUID, proof: Proof) -> None:
    await apps.locked(person_id)
    await factors.check(person_id, proof)
    await Authenticator.filter(person_id=person_id).delete()
    await factors.drop_codes(person_id)
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
        account_link=f"{settings().base_url}/{person.locale}/account/authenticator",
    )
