"""Owns what goes out of the accounts at the edge; a secret is in it only where it is shown once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """Base of outputs, read from rows."""

    model_config = ConfigDict(from_attributes=True)


class PersonView(View):
    """A person as they see themselves."""

    id: UUID
    email: str
    name: str
    locale: str
    email_verified_at: datetime | None
    has_password: bool
    created_at: datetime

    @classmethod
    def of(cls, person: Any) -> PersonView:
        """From the row."""
        fields = {
            name: getattr(person, name) for name in cls.model_fields if name != "has_password"
        }
        return cls(**fields, has_password=person.password_hash is not None)


class SessionView(View):
    """A browser that is signed in. `device` is read from its User-Agent."""

    id: UUID
    device: str
    ip: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class IdentityView(View):
    """A connected sign-in provider; `email` is what it said, perhaps another address."""

    id: UUID
    provider: str
    issuer: str
    email: str | None
    created_at: datetime
    last_used_at: datetime | None


class TokenView(View):
    """An API token; its secret is never shown again."""

    id: UUID
    name: str
    ending: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewTokenView(TokenView):
    """An API token just made, with its secret, this once."""

    secret: str


class AuthenticatorView(View):
    """The second factor of your signatures: whether it is on, and recovery codes left."""

    on: bool
    recovery_left: int = 0


class AuthenticatorSecret(View):
    """A secret to be given to the app, in base32 (RFC 6238, SHA-1, 6 digits, 30 seconds)."""

    secret: str


class PasskeyView(View):
    """A passkey of yours; its secret half never leaves your device."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class PasskeyOptions(View):
    """What the browser is to be given (WebAuthn options as JSON text); "" without a passkey."""

    options: str


class PasskeyAdded(PasskeyView):
    """A passkey just added; `recovery_codes` come with the first factor and are shown this once."""

    recovery_codes: list[str]


class RecoveryCodes(View):
    """Codes that replace the app once each, shown this once."""

    recovery_codes: list[str]


class Accepted(View):
    """The request was taken; the answer never tells whether an address is known."""

    status: Literal["accepted"] = "accepted"
