"""Owns what a signature asks for: the code, its limits and the sentence; never sends or stores."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import timedelta

from marketplace.core.errors import Conflict, Invalid, TooManyRequests

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES_MAX = 5
CODES_PER_HOUR_MAX = 6

# The sentence a signer ticks. It is stored as shown, with its hash and locale.
CONSENT = (
    "I have read contract %(number)s, version %(version)s, I accept its terms "
    "and I sign it electronically."
)


class CodeSpent(Conflict):
    """No usable code: never asked for, used, run out, or tried too often."""

    message = "This code can no longer be used. Ask for a new one."


class CodeWrong(Invalid):
    """The digits do not match."""

    message = "This is not the code we sent you."


class TooManyCodes(TooManyRequests):
    """The person asked for more codes than the hour allows."""

    message = "You asked for several codes already. Please wait an hour."


class NameMismatch(Invalid):
    """The typed name is not the signer's."""

    message = "Type your name as it is written on this page."


class SameSigner(Conflict):
    """One person would sign for both sides."""

    message = "One person cannot sign for both sides. Ask a colleague to sign for one of them."


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def code_hash(secret: str, bound_to: tuple[str, ...], code: str) -> str:
    """Keyed hash of a code, bound to version file, person, party and address.

    A plain hash of six digits would be found by trying; this one needs the server's secret.
    """
    message = "\x1f".join((*bound_to, code)).encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def plain_code(typed: str) -> str:
    """The digits of what a person typed or pasted (`123 456` -> `123456`)."""
    return "".join(character for character in typed if character in "0123456789")


def same_name(typed: str, name: str) -> bool:
    """Whether the typed name is the name, whatever the case, accents and spaces."""
    return _folded(typed) == _folded(name) != ""


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("’", "'").casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(letters.replace("-", " ").split())
