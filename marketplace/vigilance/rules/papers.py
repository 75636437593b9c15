"""Owns which papers a pair has to exchange, how long one counts and what a missing one stops; pure.

The papers and their amounts are data of the jurisdictions; nothing here names a country.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _

if TYPE_CHECKING:
    from marketplace.contracts.rules.terms import HourlyTerms
    from marketplace.jurisdictions.schemas import Document, Jurisdiction

EXPIRING_DAYS: Final = 30
REMINDER_DAYS: Final = (30, 14, 3)
"""Both are told so many days before a paper's last day, and once it is too old."""
BYTES_MAX: Final = 8 * 1024 * 1024
PIXELS_MAX: Final = 50_000_000
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS: Final = {PDF: "pdf", JPEG: "jpg", PNG: "png"}

NO_FILE: Final = _("Choose the file: a PDF, or a photo as JPEG or PNG.")
TOO_HEAVY: Final = _("This file is too large: 8 MB at most.")
NOT_READABLE: Final = _("This file cannot be read. Choose a PDF, or a photo as JPEG or PNG.")
ALREADY_REFUSED: Final = _(
    "This is the document that your client could not accept. Choose another one."
)
IN_FUTURE: Final = _("This day is still to come. Give the date that stands on the document.")
WRONG_WAY: Final = _("This day comes before the date of the document.")
IS_OVER: Final = _("This day is past, so the document no longer counts. Ask for a new one.")
TOO_OLD: Final = _("This document is more than %(months)s months old. Ask for a new one.")


class State(StrEnum):
    """How a paper stands for one contract, as both sides see it."""

    LATER = "later"
    """Its amount is not reached yet."""
    MISSING = "missing"
    REFUSED = "refused"
    """The client found that it is not right."""
    EXPIRED = "expired"
    EXPIRING = "expiring"
    VALID = "valid"
    WAIVED = "waived"
    """The client goes on without it, where the law leaves that to the client."""


ABSENT: Final = frozenset({State.MISSING, State.REFUSED, State.EXPIRED})
"""What stops new funding where the data say so."""


INSURANCE: Final = "rc_pro"
"""The certificate that proves, once a client accepted it, that an assistant is insured."""
RUNNING: Final = frozenset({ContractStatus.SIGNED, ContractStatus.ACTIVE})
"""Contracts in which papers are handed in and reminded of."""


class Verdict(StrEnum):
    """What a client says of a paper."""

    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"


class DocumentMissing(Conflict):
    """New funding waits for a paper; work that is done is paid as always."""

    message = _(
        "“%(document)s” is missing, refused or too old, so no new money can be held for this "
        "contract. The assistant hands it in on the contract’s Documents page; then it can be "
        "funded. Work that is done is paid as usual."
    )


class NotAsked(Conflict):
    """The pair owes no such paper, or the contract has ended."""

    message = _("This document is not asked for in this contract.")


class CannotWaive(Conflict):
    """The law leaves no choice, or nothing is missing."""

    message = _("This contract cannot go on without this document.")


class FileRefused(Invalid):
    """The file cannot be kept; the reason stands under `file`."""

    def __init__(self, reason: str) -> None:
        super().__init__({"file": reason})


@dataclass(frozen=True)
class Person:
    """What decides which papers a party owes or asks."""

    place: Jurisdiction
    legal_form: str


@dataclass(frozen=True)
class Rule:
    """A paper with the jurisdiction whose law asks for it."""

    place: Jurisdiction
    document: Document

    @property
    def key(self) -> tuple[str, str]:
        """What its rows carry."""
        return self.place.code, self.document.code


def asked(client: Person, assistant: Person, on: date) -> tuple[Rule, ...]:
    """The assistant's papers that this pair exchanges by the data of the day, gates first.

    The client's jurisdiction is read first, then what the assistant's asks of its own people
    whoever the client is. One code counts once.
    """
    found: dict[str, Rule] = {}
    for place in (client.place, assistant.place):
        for document in place.documents:
            if document.holds(on) and _concerns(place, document, client, assistant):
                found.setdefault(document.code, Rule(place, document))
    return tuple(sorted(found.values(), key=_weight))


def together(*pairs: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """What several readings of one pair ask, gates first; of a code the first reading's counts."""
    found: dict[str, Rule] = {}
    for rule in (each for rules in pairs for each in rules):
        found.setdefault(rule.document.code, rule)
    return tuple(sorted(found.values(), key=_weight))


def _weight(rule: Rule) -> tuple[bool, bool]:
    return not rule.document.gate, not rule.document.mandatory


def _concerns(place: Jurisdiction, document: Document, client: Person, assistant: Person) -> bool:
    asked = document.asked
    if asked.giver != "assistant":
        return False
    if asked.client == "home" and client.place.country != place.country:
        return False
    at_home = assistant.place.country == place.country
    if asked.assistant != "any" and at_home != (asked.assistant == "home"):
        return False
    return not asked.forms or assistant.legal_form in asked.forms


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def valid_until(issued_on: date, renew_months: int | None) -> date | None:
    """The last day on which a paper counts; None for one that does not age.

    A paper of 1 January that is renewed every six months counts until 30 June.
    """
    if renew_months is None:
        return None
    return later(issued_on, renew_months) - timedelta(days=1)


def last_day(document: Document, issued_on: date, written: date | None = None) -> date | None:
    """The last day on which a paper of this date counts by the data; None: it does not age.

    `written`: the one that stands on it, where the data ask for that; never later than by them.
    """
    if document.renew_months is not None and document.ends == "with_the_year":
        return date(later(issued_on, document.renew_months).year, 12, 31)
    until = valid_until(issued_on, document.renew_months)
    if document.ends != "as_written" or written is None:
        return until
    return min(until or date.max, written)


def age(until: date | None, today: date) -> State:
    """Whether a paper that counts until a day is valid, expiring or expired."""
    if until is None or until > today + timedelta(days=EXPIRING_DAYS):
        return State.VALID
    return State.EXPIRED if until < today else State.EXPIRING


def reminder(until: date | None, today: date) -> int | None:
    """How many days before its last day a paper is due to be renewed: 30, 14, 3, or 0 once over."""
    if until is None:
        return None
    if until < today:
        return 0
    left = (until - today).days
    return min((days for days in REMINDER_DAYS if left <= days), default=None)


def next_weeks(terms: HourlyTerms, monday: date) -> int:
    """The price of the two next weekly holds from the week of `monday`, which may be held already.

    By the caps and rates that hold in each of them, in minor units.
    """
    now, then, after = (
        terms.price_of(max(monday, terms.first_week) + timedelta(weeks=n)) for n in range(3)
    )
    return then + max(now, after)


def reached(total_minor: int, from_minor: int | None) -> bool:
    """Whether a contract's total before tax is large enough for a paper to be asked."""
    return from_minor is None or total_minor >= from_minor
