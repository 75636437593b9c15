"""Owns what a signature asks for: the code, its limits and the sentence; never sends or stores."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import timedelta

from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.core.errors import Conflict, Invalid, TooManyRequests
from marketplace.core.i18n import _, format_date, gettext

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES_MAX = 5
CODES_PER_HOUR_MAX = 6

# The sentence a signer ticks. It is stored as shown, with its hash and locale.
CONSENT = _(
    "I have read contract %(number)s, version %(version)s, I accept its terms "
    "and I sign it electronically."
)


CONSENT_IMPORT = _(
    "I have read sheet %(number)s, version %(version)s, and the contract of %(day)s whose SHA-256 "
    "fingerprint is %(sha256)s. It is the one that both of us signed. I accept the sheet and sign "
    "it electronically."
)


def consent(number: str, version: int, imported: ImportedPaper | None, locale: str) -> str:
    """The sentence for a version; of an imported contract it names the file that was brought."""
    if imported is None:
        return gettext(CONSENT, locale, number=number, version=version)
    return gettext(
        CONSENT_IMPORT,
        locale,
        number=number,
        version=version,
        day=format_date(imported.signed_on, locale),
        sha256=imported.file_sha256,
    )


class CodeSpent(Conflict):
    """No usable code: never asked for, used, run out, or tried too often."""

    message = _("This code can no longer be used. Ask for a new one.")


class CodeWrong(Invalid):
    """The digits do not match."""

    message = _("This is not the code we sent you.")


class TooManyCodes(TooManyRequests):
    """The person asked for more codes than the hour allows."""

    message = _("You asked for several codes already. Please wait an hour.")


class NameMismatch(Invalid):
    """The typed name is not the signer's."""

    message = _("Type your name as it is written on this page.")


class SameSigner(Conflict):
    """One person would sign for both sides."""

    message = _("One person cannot sign for both sides. Ask a colleague to sign for one of them.")


class ChainBroken(Conflict):
    """The evidence of a contract no longer adds up; an operator has to look."""

    message = _("The evidence of this contract does not add up. We are looking into it.")


class TaxUnsettled(Conflict):
    """A tax number is missing or refused; the message says what to do."""

    message = _("Something about VAT must be settled first.")


class TaxChanged(Conflict):
    """The VAT on the price is no longer the one that the version on the table was made with."""

    message = _(
        "The VAT on this contract has changed since this version was written. Propose the terms "
        "anew, even without other changes: it is computed anew."
    )


class TaxToSign(Conflict):
    """New funds would carry another tax than the running contract says: both sign that first."""

    message = _(
        "The VAT of this contract has changed. Both of you sign the change of the contract first, "
        "then you can pay. Work that is done is paid out all the same."
    )


class PartyInactive(Conflict):
    """The business register says that a side has ceased its activity."""

    message = _(
        "%(name)s is inactive in the business register, so this contract cannot be signed. "
        "Correct the registration number in the identity, or have the register corrected."
    )


class NotOnPaper(Invalid):
    """The contract holds characters that the fonts of its paper lack, an emoji for one."""

    message = _(
        "The document cannot show these characters: %(characters)s. Please write without them."
    )

    def __init__(self, characters: str) -> None:
        super().__init__(
            {"scope": (self.message, {"characters": characters})}, characters=characters
        )


class FileDamaged(Conflict):
    """The stored file is missing or no longer has the hash that was frozen."""

    message = _("The file of this contract is damaged. We are looking into it.")


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def code_hash(secret: str, bound_to: tuple[str, ...], code: str) -> str:
    """Keyed hash of a code, bound to version file, person, party and address.

    A plain hash of six digits would be found by trying; this one needs the server's secret.
    """
    message = "\x1f".join((*bound_to, code)).encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def same_hash(one: str, other: str) -> bool:
    """Whether two hashes are equal, in constant time."""
    return hmac.compare_digest(one, other)


def masked(email: str) -> str:
    """An address that its owner recognises and others cannot use: `c•••@example.org`."""
    user, _at, domain = email.partition("@")
    return f"{user[:1]}•••@{domain}"


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
