"""Owns what is allowed about accounts: lifetimes, passwords, scopes; never reads a row."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from marketplace.accounts.rules.factors import (
    FRESH,
    PASSKEYS_MAX,
    RECOVERY_CODES,
    SET_UP_LIFE,
    AuthenticatorLate,
    AuthenticatorThere,
    AuthenticatorWrong,
    FactorNeeded,
    LogInAgain,
    NoFactor,
    PasskeyWrong,
    Proves,
    TooManyPasskeys,
)
from marketplace.accounts.rules.passwords import PASSWORD_MAX, PASSWORD_MIN, password_problem
from marketplace.core.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.core.i18n import LOCALES, _

__all__ = [
    "FRESH",
    "PASSKEYS_MAX",
    "PASSWORD_MAX",
    "PASSWORD_MIN",
    "RECOVERY_CODES",
    "SET_UP_LIFE",
    "AuthenticatorLate",
    "AuthenticatorThere",
    "AuthenticatorWrong",
    "FactorNeeded",
    "LogInAgain",
    "NoFactor",
    "PasskeyWrong",
    "Proves",
    "TooManyPasskeys",
    "password_problem",
]

TOKEN_PREFIX: Final = "rl_"  # noqa: S105 - the public mark secret scanners look for
NAME_MAX: Final = 120
NEXT_MAX: Final = 2000  # it becomes a header, which proxies refuse when it is long
VERIFY_LIFE: Final = timedelta(hours=48)
RESET_LIFE: Final = timedelta(hours=1)
SIGN_IN_LIFE: Final = timedelta(minutes=10)  # how long a visit to an OpenID provider may take
TOUCH_EVERY: Final = timedelta(minutes=1)
UNVERIFIED_LIFE: Final = timedelta(days=30)
TOKENS_MAX: Final = 50


class Intent(StrEnum):
    """What a person signs up for; leads to the first party they describe."""

    BUSINESS = "business"
    ASSISTANT = "assistant"
    BOTH = "both"


class Purpose(StrEnum):
    """What a link sent by mail is good for."""

    VERIFY = "verify"
    RESET = "reset"
    CHANGE = "change"


LIFE: Final = {
    Purpose.VERIFY: VERIFY_LIFE,
    Purpose.RESET: RESET_LIFE,
    Purpose.CHANGE: VERIFY_LIFE,
}


class Scope(StrEnum):
    """What a personal API token may do."""

    ACCOUNT_READ = "account:read"
    ACCOUNT_WRITE = "account:write"
    PROFILE_READ = "profile:read"
    PROFILE_WRITE = "profile:write"
    PARTIES_READ = "parties:read"
    PARTIES_WRITE = "parties:write"
    CONTRACTS_READ = "contracts:read"
    CONTRACTS_WRITE = "contracts:write"
    WORK_READ = "work:read"
    WORK_WRITE = "work:write"
    MONEY_READ = "money:read"
    MONEY_WRITE = "money:write"
    SHORTLISTS_READ = "shortlists:read"
    SHORTLISTS_WRITE = "shortlists:write"
    SEARCHES_READ = "searches:read"
    SEARCHES_WRITE = "searches:write"
    MY_DATA_READ = "my_data:read"
    OPERATOR_READ = "operator:read"
    OPERATOR_WRITE = "operator:write"


SCOPE_LABELS: Final[dict[Scope, str]] = {
    Scope.ACCOUNT_READ: _("Read your account, sessions and tokens"),
    Scope.ACCOUNT_WRITE: _("Change your account, sessions and tokens"),
    Scope.PROFILE_READ: _("Read your profiles"),
    Scope.PROFILE_WRITE: _("Change and publish your profiles"),
    Scope.PARTIES_READ: _("Read your businesses and activities"),
    Scope.PARTIES_WRITE: _("Change your businesses and activities"),
    Scope.CONTRACTS_READ: _("Read your contracts"),
    Scope.CONTRACTS_WRITE: _("Make, sign and end contracts"),
    Scope.WORK_READ: _("Read time and deliveries"),
    Scope.WORK_WRITE: _("Enter time, deliver and approve"),
    Scope.MONEY_READ: _("Read statements and payments"),
    Scope.MONEY_WRITE: _("Start payments and releases"),
    Scope.SHORTLISTS_READ: _("Read your shortlists"),
    Scope.SHORTLISTS_WRITE: _("Change and review your shortlists"),
    Scope.SEARCHES_READ: _("Read your saved searches"),
    Scope.SEARCHES_WRITE: _("Save, pause and delete searches"),
    Scope.MY_DATA_READ: _("Take away everything that is kept about you"),
    Scope.OPERATOR_READ: _("Read the operator’s books and queues"),
    Scope.OPERATOR_WRITE: _("Act as the operator, with a reason each time"),
}
OPERATOR_SCOPES: Final = frozenset({Scope.OPERATOR_READ, Scope.OPERATOR_WRITE})


def scopes_for(*, is_operator: bool) -> list[Scope]:
    """The scopes a person may give a token: those of the operator are the operator's alone."""
    return [scope for scope in Scope if is_operator or scope not in OPERATOR_SCOPES]


class WrongCredentials(Invalid):
    """The address and the password do not belong together; never says which one is wrong."""

    message = _("The e-mail address or the password is not right.")


class EmailUnverified(Conflict):
    """The password is right, but the address was never confirmed."""

    message = _("Please confirm your e-mail address first: follow the link we sent you.")


class Suspended(Forbidden):
    """An operator has suspended the account; said to who has given its password only."""

    message = _("This account is suspended. The mail we sent you says why.")


class AlreadySuspended(Conflict):
    """The account is suspended already."""

    message = _("This account is suspended already.")


class NotSuspended(Conflict):
    """There is nothing to lift."""

    message = _("This account is not suspended.")


class OperatorStays(Conflict):
    """Operators do not act on one another: who runs the machine does."""

    message = _("An operator’s account is not acted on here: end the role on the machine first.")


class LinkExpired(NotFound):
    """A mailed link is unknown, used or too old: never told apart."""

    message = _("This link has expired or was already used. Please ask for a new one.")


class LastWayIn(Conflict):
    """Removing this sign-in would lock the person out."""

    message = _("This is your only way to log in. Please set a password first.")


class SignInFailed(Forbidden):
    """The OpenID provider's answer cannot be trusted, or the visit took too long."""

    message = _("The sign-in did not work. Please try again.")


class LinkFirst(Conflict):
    """The provider does not vouch for the address: the same words whether it is known here or not.

    Linking on an unproven address would hand the account to whoever typed it at the provider.
    """

    message = _(
        "%(provider)s has not confirmed your e-mail address. Log in with your password, or sign "
        "up, then connect %(provider)s from your account settings."
    )


class AlreadyConnected(Conflict):
    """This identity at the provider belongs to another account here."""

    message = _("This sign-in is already connected to another account.")


class TooManyTokens(Conflict):
    """The person holds as many API tokens as one may."""

    message = _("You have reached the number of tokens one person may hold. Revoke one first.")


def normal_email(address: str) -> str:
    """The one spelling an address is stored and compared in."""
    return unicodedata.normalize("NFKC", address).strip().lower()


def safe_next(target: str | None, fallback: str) -> str:
    """`target` if it is a path of this site, else `fallback`.

    Browsers read a backslash as a slash and drop tabs and line breaks inside addresses, so any of
    these is refused (WHATWG URL, "basic URL parser"); so is one of more than NEXT_MAX characters.
    """
    if target and len(target) > NEXT_MAX:
        return fallback
    if not target or not target.startswith("/") or target.startswith("//"):
        return fallback
    if "\\" in target or any(ord(char) < 33 or ord(char) == 127 for char in target):
        return fallback
    parts = urlsplit(target)
    return fallback if parts.scheme or parts.netloc else target


def known_locale(locale: str) -> str:
    """`locale` if the site speaks it, else French."""
    return locale if locale in LOCALES else "fr"


def landing_kind(intent: str) -> str:
    """The kind of party the first step after sign-up describes."""
    return "assistant" if intent == Intent.ASSISTANT else "business"


def device_name(agent: str) -> str:
    """A short description of a browser, "Firefox · Linux", from its User-Agent header."""
    browsers = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
                ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
                ("curl/", "curl"))  # fmt: skip
    systems = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
               ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"),
               ("Linux", "Linux"))  # fmt: skip
    found = [next((label for mark, label in table if mark in agent), "")
             for table in (browsers, systems)]  # fmt: skip
    return " · ".join(part for part in found if part)
