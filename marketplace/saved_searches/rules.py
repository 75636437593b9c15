"""Owns when a saved search looks for news and what of a profile counts as a change; never reads.

Each mail can be stopped in one click (RFC 8058); the link's token is made from the search's id
and the instance's secret, so that every mail ever sent keeps working and nothing secret is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import _
from search.schema import answering

if TYPE_CHECKING:
    from search.schema import AssistantDocument

SEARCHES_MAX: Final = 30
NAME_MAX: Final = 80
QUERY_MAX: Final = 5000
TOLD_MAX: Final = 10
"""How many profiles a mail shows; it leads to the others."""
HOUR: Final = time(8)
SETTLE: Final = timedelta(minutes=5)
"""At once means: when a profile has been left alone for so long, or each save would be a mail."""
BETWEEN: Final = timedelta(hours=1)
"""Between two mails of one search that tells at once."""
MARGIN: Final = timedelta(hours=1)
"""How far a look goes back behind the one before: the index may have been late. What was told
already is known by its mark and not told again."""
BATCH: Final = 500

MATTERS: Final = (
    *("name", "headline_fr", "headline_en", "skills", "tools", "spoken", "country", "region"),
    *("city", "jurisdiction", "legal_form", "tax_status", "charges_vat", "can_contract_with"),
    *("payable", "engagement", "rate_minor", "currency", "coverage", "time_zone", "hours_week"),
    *("verified", "skill_years", "available_on"),
)
"""The facts whose change is news, beside the step of the usual time to a first answer: whoever asks
for one would else never hear of anybody, since no new profile has one. Not: the presentation's
text, photo, reviews."""
ASPECTS: Final = {
    "price": (_("price"), ("rate_minor", "currency")),
    "headline": (_("headline"), ("headline_fr", "headline_en")),
    "presentation": (_("presentation"), ("bio_fr", "bio_en")),
    "skills": (_("skills"), ("skills", "skill_years")),
    "tools": (_("tools"), ("tools",)),
    "languages": (_("languages"), ("spoken",)),
    "place": (_("place"), ("country", "region", "city")),
    "hours": (_("hours"), ("coverage", "time_zone", "hours_week")),
    "availability": (_("availability"), ("available_on",)),
    "engagement": (_("ways of working"), ("engagement",)),
    "payable": (_("payment through held funds"), ("payable",)),
    "law": (
        _("legal status"),
        ("jurisdiction", "legal_form", "tax_status", "charges_vat", "can_contract_with"),
    ),
    "proofs": (_("proofs"), ("verified",)),
    "replies": (_("usual time to reply"), ("answers_within",)),
    "name": (_("name"), ("name",)),
}
"""What a mail says has changed: its words and the facts behind it. The presentation is no news by
itself; beside others it is told."""
KIND: Final = hashlib.sha256(" ".join((*MATTERS, "answers_within")).encode()).hexdigest()[:8]
"""Of which facts a mark is: those of other facts tell nothing of each other."""


class Rhythm(StrEnum):
    """How often mail may come; never when nothing is new."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


RHYTHMS: Final = {
    Rhythm.WEEKLY: _("Once a week, on Monday at 8:00"),
    Rhythm.DAILY: _("Once a day, at 8:00"),
    Rhythm.AT_ONCE: _("At once, at most one mail an hour"),
}


class TooManySearches(Conflict):
    """Nobody reads more."""

    message = _("There are already %(most)s saved searches. Delete one you no longer need.")


class SavedAlready(Conflict):
    """The same search twice would be two mails of the same news."""

    message = _("This search is saved already, as “%(name)s”. Nothing was added.")


class StopLinkUnknown(NotFound):
    """The link of a mail whose search is deleted, or no link of ours."""

    message = _("This search no longer exists: no mail comes from it.")


def mark(document: AssistantDocument) -> str:
    """The kind and a digest of what matters: two equal ones tell the same."""
    facts = {name: _fact(document, name) for name in (*MATTERS, "answers_within")}
    return f"{KIND}:{_digest(facts)[:32]}"


def looks(document: AssistantDocument) -> dict[str, tuple[str, None]]:
    """How each of ASPECTS looks; the second is when it changed, which nobody knows yet."""
    return {
        code: (_digest([_fact(document, name) for name in names])[:12], None)
        for code, (_words, names) in ASPECTS.items()
    }


def changed_since(facts: dict[str, tuple[str, float | None]], moment: datetime) -> list[str]:
    """The words of what has changed after a moment; nothing where that was not noted yet."""
    when = {code: changed or 0 for code, (_look, changed) in facts.items()}
    then = moment.timestamp()
    return [words for code, (words, _names) in ASPECTS.items() if when.get(code, 0) > then]


def price_at(
    prices: list[tuple[float, int | None, str]], moment: datetime
) -> tuple[int, str] | None:
    """What an hour cost then, in minor units and currency; None where nobody noted a price."""
    known = [each for each in prices if each[0] <= moment.timestamp()]
    if not known or known[-1][1] is None:
        return None
    return known[-1][1], known[-1][2]


def _fact(document: AssistantDocument, name: str) -> object:
    if name == "answers_within":
        return answering(document.response_minutes)
    return _plain(getattr(document, name))


def _digest(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def is_news(mark: str, changed_at: datetime, told: str | None, looked_until: datetime) -> bool:
    """Whether a change is to be told by a search that told the mark `told` of the same profile.

    Marks of different kinds cannot be compared: then what was looked at already was told.
    """
    if told is None or mark.partition(":")[0] == told.partition(":")[0]:
        return mark != told
    return changed_at > looked_until


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [str(each) for each in value]
    return value


def following(rhythm: Rhythm, now: datetime, zone: str, *, sent: bool = False) -> datetime:
    """When a search of this rhythm looks again after `now`: once, however much was missed.

    `zone` is the IANA time zone in which it is eight o'clock then.
    """
    if rhythm is Rhythm.AT_ONCE:
        return now + BETWEEN if sent else now
    here = ZoneInfo(zone)
    day = now.astimezone(here).date()
    while True:
        found = datetime.combine(day, HOUR, here)
        if found > now and (rhythm is Rhythm.DAILY or day.weekday() == 0):
            return found
        day += timedelta(days=1)


def stop_token(search_id: UUID, secret: str) -> str:
    """What stands in the link that stops a search's mails."""
    return f"{search_id}.{_seal(search_id, secret)}"


def stopped_by(token: str, secret: str) -> UUID:
    """The search a link stops. Raises StopLinkUnknown."""
    name, _dot, seal = token.partition(".")
    try:
        search_id = UUID(name)
    except ValueError:
        raise StopLinkUnknown from None
    if not hmac.compare_digest(seal.encode(), _seal(search_id, secret).encode()):
        raise StopLinkUnknown
    return search_id


def _seal(search_id: UUID, secret: str) -> str:
    return hmac.new(secret.encode(), f"stop-search:{search_id}".encode(), "sha256").hexdigest()[:40]
