"""Owns what happened to accounts, in the past tense; never holds a secret or an address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.core.events import Event


@dataclass(frozen=True)
class PersonSignedUp(Event):
    """An account was made. Its address may still be unconfirmed."""

    person_id: UUID
    intent: str


@dataclass(frozen=True)
class EmailVerified(Event):
    """The person proved that mail to their address reaches them."""

    person_id: UUID


@dataclass(frozen=True)
class EmailChanged(Event):
    """The person's address is another one now."""

    person_id: UUID


@dataclass(frozen=True)
class PasswordChanged(Event):
    """The person has a new password; other sessions were ended."""

    person_id: UUID


@dataclass(frozen=True)
class IdentityConnected(Event):
    """An OpenID identity is a way into the account now."""

    person_id: UUID
    provider: str


@dataclass(frozen=True)
class PersonSuspended(Event):
    """An operator closed the account to its person; what is public of it goes from sight."""

    person_id: UUID


@dataclass(frozen=True)
class PersonDeleted(Event):
    """The account goes in this transaction: reactions at once remove what else is the person's."""

    person_id: UUID
