"""Owns what comes into the accounts at the edge; never touches a row."""

from __future__ import annotations

from typing import Annotated, Literal, Self

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
