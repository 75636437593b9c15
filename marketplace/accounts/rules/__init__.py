"""Owns what is allowed about accounts: lifetimes, passwords, scopes; never reads a row."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from marketplace.accounts.rules.factors import (
    FRESH,
    PASSKEYS_MAX,
    RECOVERY_CODES,
    AuthenticatorThere,
    AuthenticatorWrong,
    FactorNeeded,
    LogInAgain,
    NoFactor,
    PasskeyWrong,
    Proves,
    TooManyPasskeys,
)
from marketplace.core.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.core.i18n import LOCALES, _

__all__ = [
    "FRESH",
    "PASSKEYS_MAX",
    "RECOVERY_CODES",
    "AuthenticatorThere",
    "AuthenticatorWrong",
    "FactorNeeded",
    "LogInAgain",
    "NoFactor",
    "PasskeyWrong",
    "Proves",
    "TooManyPasskeys",
]

SESSION_COOKIE: Final = "relais_session"
TOKEN_PREFIX: Final = "rl_"  # noqa: S105 - the public mark secret scanners look for
PASSWORD_MIN: Final = 10
PASSWORD_MAX: Final = 200  # argon2 cost does not grow with length, the request does
NAME_MAX: Final = 120
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


class AccountInUse(Conflict):
    """Contracts, profiles or businesses are still tied to the person."""

    message = _(
        "Your account cannot be deleted yet: a profile, a business or a contract is tied to it."
    )


class TooManyTokens(Conflict):
    """The person holds as many API tokens as one may."""

    message = _("You have reached the number of tokens one person may hold. Revoke one first.")


def normal_email(address: str) -> str:
    """The one spelling an address is stored and compared in."""
    return unicodedata.normalize("NFKC", address).strip().lower()


def safe_next(target: str | None, fallback: str) -> str:
    """`target` if it is a path of this site, else `fallback`.

    Browsers read a backslash as a slash and drop tabs and line breaks inside addresses, so any of
    these is refused (WHATWG URL, "basic URL parser").
    """
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


# Words that open the published lists of leaked passwords, in French and English, without the
# digits and signs people put around them (those are peeled off before the comparison).
COMMON: Final = frozenset(
    """
    password passwort motdepasse motdepass azerty azertyuiop qwerty qwertyuiop qwertz asdfgh
    asdfghjkl zxcvbn zxcvbnm wxcvbn letmein welcome bienvenue bonjour bonjourbonjour soleil
    doudou loulou chouchou chocolat jetaime iloveyou loveyou monamour princess princesse sunshine
    football baseball basketball dragon monkey shadow master superman batman pokemon starwars
    trustno marseille camille nicolas michael jennifer jordan hunter charlie thomas administrator
    administrateur admin adminadmin root rootroot changeme changemoi default secret secretsecret
    internet computer ordinateur samsung google facebook linkedin whatever freedom liverpool
    arsenal chelsea mustang ferrari corvette abcdef abcdefgh abcdefghij testtest testing guest
    passw passpass passwordpassword qazwsx qazwsxedc zaqwsx access login hello helloworld
    cheval bordeaux toulouse paris france vacances family famille summer winter spring autumn
    printemps automne hiver marketplace relais assistant assistante
    """.split()
)
LEET: Final = str.maketrans("01345@$!", "oleasasi")
ROWS: Final = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "azertyuiop",
               "asdfghjkl", "qsdfghjklm", "zxcvbnm", "wxcvbn")  # fmt: skip


def _is_run(text: str) -> bool:
    """Whether `text` walks along a row of the keyboard or the alphabet, or repeats itself."""
    for size in range(1, 5):
        if text == (text[:size] * (len(text) // size + 1))[: len(text)]:
            return True
    return any(text in row * 3 or text in row[::-1] * 3 for row in ROWS)


def password_problem(password: str, *, email: str = "", name: str = "") -> str | None:
    """Why this password is refused, as a msgid, or None.

    Length and guessability only, no rules about signs and capitals: NIST SP 800-63B section 3.1.1.
    """
    if len(password) < PASSWORD_MIN:
        return _("Please use at least 10 characters: a few words together work well.")
    if len(password) > PASSWORD_MAX:
        return _("Please use at most 200 characters.")
    plain = unicodedata.normalize("NFKC", password).casefold()
    solid = re.sub(r"[\W_]+", "", plain)
    core = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", plain)
    folded = re.sub(r"[\W_]+", "", core.translate(LEET))
    bare = re.sub(r"^\d+|\d+$", "", solid)
    if _is_run(plain) or _is_run(solid) or {core, bare, folded} & COMMON:
        return _("This password is one of the first that would be guessed. Please choose another.")
    words = {*re.split(r"[^\w]+", email.casefold()), *name.casefold().split()}
    words |= {
        email.casefold(),
        re.sub(r"[\W_]+", "", name.casefold()),
        email.split("@", maxsplit=1)[0],
    }
    rest = {re.sub(r"[\W_]+", "", word) for word in words if len(word) >= 4}
    if any(word and word in solid and len(solid) - len(word) < 6 for word in rest):
        return _("Please do not use your name or your e-mail address as your password.")
    return None


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
