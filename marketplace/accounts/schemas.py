"""Owns what goes in and out of the accounts at the edge; never touches a row."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from marketplace.accounts.rules import NAME_MAX, PASSWORD_MAX, Intent, Scope, normal_email
from marketplace.core.i18n import _


def _address(value: str) -> str:
    try:
        found = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError(_("Please enter an e-mail address, like name@example.org.")) from None
    return normal_email(found.normalized)


def _mailbox(value: str) -> str:
    """Few mail servers take another mailbox than one of ASCII (RFC 6531); domains have IDNA."""
    if not value.rpartition("@")[0].isascii():
        raise ValueError(_("Before the @, please use letters without accents."))
    return value


def _one_line(value: str) -> str:
    if any(not char.isprintable() for char in value):
        raise ValueError(_("Please use letters, digits and signs only."))
    return " ".join(value.split())


# Deliverability is not asked of the DNS: the mailed link proves it.
Address = Annotated[str, Field(max_length=254), AfterValidator(_address)]
NewAddress = Annotated[Address, AfterValidator(_mailbox)]
Name = Annotated[str, Field(min_length=1, max_length=NAME_MAX), AfterValidator(_one_line)]
Password = Annotated[str, Field(max_length=PASSWORD_MAX)]
PasskeyTitle = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_one_line)]
Locale = Literal["fr", "en"]


class Draft(BaseModel):
    """Base of inputs: frozen, unknown fields refused, surrounding blanks dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SignUpDraft(Draft):
    """A new account. The password is judged with name and address by the service."""

    name: Name
    email: NewAddress
    password: Password
    intent: Intent
    locale: Locale = "fr"


class LogInDraft(Draft):
    """A way in by password."""

    email: Address
    password: Password


class AddressDraft(Draft):
    """Whom to send a link."""

    email: Address


class LinkDraft(Draft):
    """A mailed link, followed."""

    token: str = Field(max_length=200)


class VerifyDraft(LinkDraft):
    """A new account confirmed: the mailed link and the password chosen at sign-up."""

    password: Password


class ResetDraft(Draft):
    """A new password by a mailed link."""

    token: str = Field(max_length=200)
    password: Password


class ProfileDraft(Draft):
    """A person's own name and language; what is left out stays."""

    name: Name | None = None
    locale: Locale | None = None


Code = Annotated[str, Field(max_length=40)]
Answer = Annotated[str, Field(max_length=20_000)]


class OwnDraft(ProfileDraft):
    """The form of both: an emptied name is refused, not left as it was."""

    name: Name
    locale: Locale


class ProofDraft(Draft):
    """Who asks, proven anew: the password when there is one, else the second factor if any.

    Adding a factor takes both. `code` is one of the app or a recovery code, `passkey` what a
    passkey answered (JSON).
    """

    password: Password = ""
    code: Code = ""
    passkey: Answer = ""


class PasswordDraft(ProofDraft):
    """A new password; `current` is needed when there is one already."""

    current: Password = ""
    password: Password


class EmailChangeDraft(ProofDraft):
    """A new address."""

    email: NewAddress


class TokenDraft(ProofDraft):
    """A new API token; `days` until it expires, 0 for never."""

    name: Name
    scopes: list[Scope] = Field(min_length=1)
    days: int = Field(default=90, ge=0, le=3650)

    @field_validator("scopes")
    @classmethod
    def _each_once(cls, scopes: list[Scope]) -> list[Scope]:
        return [scope for scope in Scope if scope in scopes]


class FactorDraft(Draft):
    """The second factor: a code of the app, a recovery code, or what a passkey answered (JSON)."""

    code: Code = ""
    passkey: Answer = ""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.code and not self.passkey:
            raise ValueError(_("Give a code or use a passkey."))
        return self


class AuthenticatorBegin(ProofDraft):
    """Set up a factor: with the one that is there already, too."""


class AuthenticatorCode(Draft):
    """A code of the app."""

    code: str = Field(min_length=6, max_length=40)


class PasskeyDraft(Draft):
    """A passkey as the browser made it (JSON), and what the person calls it."""

    name: PasskeyTitle
    passkey: Annotated[str, Field(min_length=2, max_length=20_000)]


class PasskeyName(Draft):
    """What the person calls a passkey."""

    name: PasskeyTitle


class ChallengeDraft(Draft):
    """What a passkey is to be used for: an account setting, or signing the file of this hash."""

    purpose: Literal["account", "sign"]
    file_sha256: str = Field(default="", max_length=64)


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
