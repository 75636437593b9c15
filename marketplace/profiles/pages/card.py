"""Owns what the directory's card shows of a profile while it is written; never saves.

The template is the directory's own card, so that the preview is what others will see.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from babel import Locale

from marketplace.core import clock
from marketplace.core.i18n import told
from marketplace.places import queries as places
from marketplace.profiles import schemas
from marketplace.profiles.queries import hourly_rate
from marketplace.profiles.rules.photos import file_name
from marketplace.profiles.rules.states import Engagement
from marketplace.profiles.service.editing import place_columns
from search import taxonomy
from search.conditions import SOON_DAYS

if TYPE_CHECKING:
    from pydantic import BaseModel

    from marketplace.profiles.models import Profile

EXCERPT_LENGTH = 180


@dataclass(frozen=True, slots=True)
class Label:
    """A code with its name; `level` for languages."""

    code: str
    label: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """An hourly rate in minor units."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Card:
    """A profile as directory/_card.html draws it; what only the directory knows stays empty."""

    id: str
    name: str
    url: str
    headline: str
    headline_language: str
    excerpt: str
    excerpt_language: str
    place: str
    skills: list[Label]
    tools: list[Label]
    speaks: list[Label]
    hours_week: int
    rate: Rate | None
    verified: list[str] = field(default_factory=list)
    distance_km: float | None = None
    reviews: int = 0
    rating: float | None = None
    photo: str = ""
    rate_converted: Rate | None = None
    response_minutes: int | None = None
    available_from: date | None = None
    available_soon: bool = True
    new: bool = False


def language_name(code: str, locale: str) -> str:
    """A language's name in `fr` or `en`, from Unicode CLDR, with a capital as in a list."""
    name = str(Locale(locale).languages.get(code, code))
    return name[:1].upper() + name[1:]


def card(profile: Profile, locale: str) -> Card:
    """The stored profile as a card."""
    chosen = sorted(profile.skills, key=lambda each: (-each.level, -each.years))
    rate = hourly_rate(profile)
    return Card(
        id=str(profile.id),
        name=profile.party.display_name,
        url=f"/{locale}/assistants/{profile.slug}",
        **_texts(profile, locale),
        place=_place(profile.country, profile.city, locale),
        skills=[_label(each.code, locale) for each in chosen],
        tools=[_label(each.code, locale) for each in profile.tools],
        speaks=[_spoken(each.code, str(each.level), locale) for each in profile.languages],
        hours_week=profile.hours_week or 0,
        **_begins(profile.available_from),
        rate=Rate(rate, profile.currency) if rate is not None else None,
        photo=f"/photos/{file_name(profile.photo, 128)}" if profile.photo else "",
        response_minutes=profile.response_minutes,
    )


def with_draft(shown: Card, draft: BaseModel, locale: str) -> Card:
    """The card with what is being typed."""
    match draft:
        case schemas.IdentityDraft():
            return replace(
                shown,
                **_texts(draft, locale),
            )
        case schemas.SkillsDraft():
            chosen = sorted(draft.skills, key=lambda each: (-each.level, -each.years))
            return replace(
                shown,
                skills=[_label(each.code, locale) for each in chosen],
                tools=[_label(code, locale) for code in draft.tools],
            )
        case schemas.LanguagesDraft():
            spoken = [_spoken(each.code, each.level.value, locale) for each in draft.languages]
            return replace(shown, speaks=spoken)
        case schemas.PlaceDraft():
            columns = place_columns(draft)
            return replace(shown, place=_place(columns["country"], columns["city"], locale))
        case schemas.RatesDraft():
            minor = draft.hourly_rate_minor if Engagement.HOURLY in draft.engagement else None
            return replace(shown, rate=Rate(minor, draft.currency) if minor else None)
        case schemas.AvailabilityDraft():
            begins = _begins(draft.available_from)
            return replace(shown, hours_week=draft.hours_week or 0, **begins)
    return shown


def _begins(day: date | None) -> dict[str, Any]:
    today = clock.today("UTC")
    soon = day is None or day <= today + timedelta(days=SOON_DAYS)
    return {"available_from": day, "available_soon": soon}


def _texts(of: Profile | schemas.IdentityDraft, locale: str) -> dict[str, Any]:
    headline, its_language = told(of.headline_fr, of.headline_en, locale)
    text, language = told(of.text_fr, of.text_en, locale)
    return {
        "headline": headline,
        "headline_language": its_language,
        "excerpt": _short(text),
        "excerpt_language": language,
    }


def _short(text: str) -> str:
    if len(text) <= EXCERPT_LENGTH:
        return text
    return text[:EXCERPT_LENGTH].rsplit(" ", 1)[0] + "…"


def _place(country: str, city: str, locale: str) -> str:
    town = places.city(city)
    named = [town.name(locale)] if town else []
    land = places.country_name(country, locale) if country else ""
    return ", ".join(dict.fromkeys(part for part in (*named, land) if part))


def _label(code: str, locale: str) -> Label:
    return Label(code, taxonomy.label(code, locale))


def _spoken(code: str, level: str, locale: str) -> Label:
    return Label(code, language_name(code, locale), level)
