"""Owns a person's passkeys: added, named, removed, each change told by mail."""

from __future__ import annotations

from uuid import UUID

from tortoise.exceptions import IntegrityError

from marketplace.accounts.models import Passkey, PasskeyChallenge, Person
from marketplace.accounts.rules import PASSKEYS_MAX, PasskeyWrong, Proves, TooManyPasskeys
from marketplace.accounts.service import devices, factors
from marketplace.accounts.service.factors import Proof
from marketplace.core import clock, mail
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.core.ids import hash_token
from marketplace.core.settings import settings


async def begin(person: Person, password: str, proof: Proof, session: str) -> str:
    """What a browser needs to make a passkey, once the person has proven to be who they are.

    Raises what `factors.confirm` raises, TooManyPasskeys, NotFound where no site can have them.
    """
    if not devices.available():
        raise NotFound
    if await Passkey.filter(person_id=person.id).count() >= PASSKEYS_MAX:
        raise TooManyPasskeys
    await factors.confirm(person, password, proof)
    return await _begin(person, session)


@command
async def _begin(person: Person, session: str) -> str:
    return await devices.to_add(person, session)


async def pending(person: Person, session: str) -> bool:
    """Whether this session may add a passkey now."""
    return await PasskeyChallenge.exists(
        person_id=person.id,
        session_hash=hash_token(session),
        purpose=Proves.ADD.value,
        expires_at__gt=clock.now(),
    )


async def add(person_id: UUID, session: str, name: str, answer: str) -> tuple[Passkey, list[str]]:
    """Keep the passkey that the device made; with the first factor come the recovery codes.

    Raises PasskeyWrong, TooManyPasskeys.
    """
    try:
        return await _add(person_id, session, name, answer)
    except IntegrityError:  # the device is known already
        raise PasskeyWrong from None


@command
async def _add(person_id: UUID, session: str, name: str, answer: str) -> tuple[Passkey, list[str]]:
    await lock(Person, person_id)
    if await Passkey.filter(person_id=person_id).count() >= PASSKEYS_MAX:
        raise TooManyPasskeys
    values = await devices.made(person_id, session, answer)
    spare = await factors.first_codes(person_id)
    row = await Passkey.create(person_id=person_id, name=name, created_at=clock.now(), **values)
    await _tell(person_id, name, on=True)
    return row, spare


@command
async def rename(person_id: UUID, passkey_id: UUID, name: str) -> None:
    """Call it otherwise. Raises NotFound."""
    if not await Passkey.filter(pk=passkey_id, person_id=person_id).update(name=name):
        raise NotFound


async def remove(person_id: UUID, passkey_id: UUID, proof: Proof) -> None:
    """It no longer counts. Raises NotFound, AuthenticatorWrong, PasskeyWrong, TooManyRequests."""
    async with factors.counted(person_id):
        await _remove(person_id, passkey_id, proof)


@command
async def _remove(person_id: UUID, passkey_id: UUID, proof: Proof) -> None:
    row = await Passkey.get_or_none(pk=passkey_id, person_id=person_id)
    if row is None:
        raise NotFound
    await factors.check(person_id, proof)
    await row.delete()
    await factors.drop_codes(person_id)
    await _tell(person_id, row.name, on=False)


async def _tell(person_id: UUID, passkey: str, *, on: bool) -> None:
    person = await Person.get(pk=person_id)
    await mail.send(
        "accounts_passkey",
        to=person.email,
        locale=person.locale,
        name=person.name,
        passkey=passkey,
        on=on,
        account_link=f"{settings().base_url}/{person.locale}/account/passkeys",
    )
