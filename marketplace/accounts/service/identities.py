"""Owns which OpenID identity opens which account; never asks a provider anything.

The key is issuer and subject. An address links an identity to an account only when the provider
says it verified the address and the person here proved it too.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from tortoise.exceptions import IntegrityError

from marketplace.accounts.events import EmailVerified, IdentityConnected, PersonSignedUp
from marketplace.accounts.models import Identity, Person
from marketplace.accounts.rules import (
    NAME_MAX,
    AlreadyConnected,
    Intent,
    LastWayIn,
    LinkFirst,
    known_locale,
)
from marketplace.accounts.schemas import Name, NewAddress
from marketplace.accounts.service import profile
from marketplace.accounts.service.openid import Claims
from marketplace.core import clock, events, mail
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings

ADDRESS: TypeAdapter[str] = TypeAdapter(NewAddress)
NAME: TypeAdapter[str] = TypeAdapter(Name)


async def sign_in(claims: Claims, *, locale: str) -> tuple[Person, bool]:
    """The person behind an identity, and whether the account is new. Raises LinkFirst."""
    try:
        return await _sign_in(claims, locale)
    except IntegrityError:  # two first visits at once: the other one made the account
        return await _sign_in(claims, locale)


@command
async def _sign_in(claims: Claims, locale: str) -> tuple[Person, bool]:
    known = await _identity(claims)
    if known is not None:
        await Identity.filter(pk=known.id).update(last_used_at=clock.now())
        return await Person.get(pk=known.person_id), False
    email = _proven_address(claims)
    person = await Person.select_for_update().get_or_none(email=email)
    if person is not None and person.email_verified_at is not None:
        await _connect(person, claims)
        return person, False
    if person is not None:  # a sign-up nobody confirmed gives way to the proven owner
        await profile.erase(person.id)
    person = await _new_person(claims, email, known_locale(locale))
    await _create(person, claims, clock.now())
    return person, True


def _proven_address(claims: Claims) -> str:
    if not claims.email or not claims.email_verified:
        raise LinkFirst(provider=claims.provider.label)
    try:
        return ADDRESS.validate_python(claims.email)
    except ValidationError:
        raise LinkFirst(provider=claims.provider.label) from None


async def _new_person(claims: Claims, email: str, locale: str) -> Person:
    now = clock.now()
    name = _name(claims) or email.partition("@")[0]
    person = await Person.create(
        email=email, name=name, locale=locale, email_verified_at=now, created_at=now
    )
    await events.record(PersonSignedUp(person_id=person.id, intent=Intent.BOTH.value))
    await events.record(EmailVerified(person_id=person.id))
    return person


def _name(claims: Claims) -> str:
    """The name if it is one that a person may type here, else ""; it is printed on contracts."""
    try:
        return NAME.validate_python(" ".join(claims.name.split())[:NAME_MAX].strip())
    except ValidationError:
        return ""


async def _identity(claims: Claims) -> Identity | None:
    return (
        await Identity.filter(issuer=claims.provider.issuer, subject=claims.subject)
        .select_for_update()
        .first()
    )


async def _create(person: Person, claims: Claims, now: datetime) -> None:
    await Identity.create(
        person_id=person.id,
        issuer=claims.provider.issuer,
        subject=claims.subject,
        provider=claims.provider.name,
        email=claims.email,
        created_at=now,
        last_used_at=now,
    )
    await events.record(IdentityConnected(person_id=person.id, provider=claims.provider.name))


async def _connect(person: Person, claims: Claims) -> None:
    await _create(person, claims, clock.now())
    await mail.send(
        "accounts_connected",
        to=person.email,
        locale=person.locale,
        name=person.name,
        provider=claims.provider.label,
        account_link=f"{settings().base_url}/{person.locale}/account/connected",
    )


@command
async def connect(person_id: UUID, claims: Claims) -> None:
    """Make the identity a way into the signed-in person's account. Raises AlreadyConnected."""
    person = await lock(Person, person_id)
    known = await _identity(claims)
    if known is None:
        await _connect(person, claims)
    elif known.person_id != person_id:
        raise AlreadyConnected


@command
async def disconnect(person_id: UUID, identity_id: UUID) -> None:
    """Remove a way in. Raises LastWayIn, NotFound."""
    person = await lock(Person, person_id)
    identity = await Identity.get_or_none(pk=identity_id, person_id=person_id)
    if identity is None:
        raise NotFound
    others = await Identity.filter(person_id=person_id).exclude(pk=identity_id).count()
    if person.password_hash is None and not others:
        raise LastWayIn
    await identity.delete()
