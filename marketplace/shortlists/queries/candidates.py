"""Owns the reading of candidates without what tells who they are; never writes.

Only what is built here leaves: a field that is not named below is hidden.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from marketplace.core.i18n import told
from marketplace.directory.queries import projection, views, world
from marketplace.directory.schemas import RateView
from marketplace.places import queries as places
from marketplace.profiles import queries as profiles
from marketplace.shortlists.queries.telling import Telling, telling
from marketplace.shortlists.rules.blind import years_told
from marketplace.shortlists.rules.redaction import redacted
from marketplace.shortlists.schemas import BlindSkill, Candidate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.profiles.queries import Profile
    from marketplace.shortlists.models import Entry


async def without_names(entries: Sequence[Entry], locale: str, currency: str) -> list[Candidate]:
    """The published candidates in the order of their letters; rates in `currency`, too."""
    letters = {str(one.profile_id): one.letter for one in entries if one.letter}
    found = await profiles.several([one.profile_id for one in entries if one.letter])
    listed = [one for one in found if one.status == profiles.Status.PUBLISHED]
    hidden = [await telling(one) for one in listed]

    def read() -> list[Candidate]:
        return [
            _candidate(one, letters[str(one.id)], words, locale, currency)
            for one, words in zip(listed, hidden, strict=True)
        ]

    # Long texts of many profiles: not in the event loop.
    return sorted(await asyncio.to_thread(read), key=lambda one: one.letter)


def _candidate(
    profile: Profile, letter: str, hidden: Telling, locale: str, currency: str
) -> Candidate:
    known = projection.document(profile)
    skills = sorted(profile.skills, key=lambda one: (-one.level, one.code))
    headline, its_language = _told(profile, "headline", hidden, locale)
    text, language = _told(profile, "text", hidden, locale)
    rate = None
    if known.rate_minor is not None:
        rate = RateView(minor=known.rate_minor, currency=known.currency)
    return Candidate(
        letter=letter,
        headline=headline,
        headline_language=its_language,
        text=text,
        text_language=language,
        skills=[
            BlindSkill(
                code=one.code,
                label=world.label("skill", one.code, locale),
                level=one.level,
                years=years_told(one.years),
            )
            for one in skills
        ],
        tools=[views.labelled("tool", code, locale) for code in known.tools],
        speaks=[views.spoken(f"{one.code}:{one.level}", locale) for one in known.spoken],
        country=places.country_name(known.country, locale) if known.country else "",
        jurisdiction=world.jurisdiction_name(known.jurisdiction, locale),
        tax_status=world.tax_status_name(known.tax_status, locale, known.jurisdiction),
        charges_vat=known.charges_vat,
        payable=known.payable,
        engagement=[views.labelled("engagement", one, locale) for one in known.engagement],
        rate=rate,
        rate_converted=views.converted(rate, currency),
        hours_week=profile.hours_week,
    )


def _told(profile: Profile, name: str, hidden: Telling, locale: str) -> tuple[str, str]:
    """The text, redacted as its language needs, and that language."""
    french, english = (str(getattr(profile, f"{name}_{one}")) for one in ("fr", "en"))
    text, language = told(french, english, locale)
    return redacted(text, *hidden, french=language == "fr"), language
