"""Owns how each step of the editor reads its form and fills it; never saves.

A form is turned into the same drafts the API takes; what a person typed stays in `Form.data`, and
messages come back under the names of the fields.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel
from starlette.datastructures import FormData, UploadFile

from marketplace.core.errors import Invalid
from marketplace.core.i18n import _, gettext
from marketplace.places import queries as places
from marketplace.profiles import schemas
from marketplace.profiles.rules import coverage
from marketplace.profiles.rules.publishing import Step
from marketplace.profiles.service.editing import place_columns
from marketplace.web.forms import Form, validate
from payments.money import EXPONENTS, Money

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.profiles.models import Profile

Pairs = list[tuple[str, str | UploadFile]]
ROWS = re.compile(r"^coverage-(\d{1,2})-(from|to)$")
NAMES: Final = {
    Step.IDENTITY: _("Presentation"),
    Step.SKILLS: _("Skills"),
    Step.LANGUAGES: _("Languages"),
    Step.PLACE: _("Place"),
    Step.RATES: _("Rates"),
    Step.AVAILABILITY: _("Availability"),
    Step.PHOTO: _("Photo"),
    Step.PREVIEW: _("Preview"),
}


def amount_text(minor: int | None, currency: str, locale: str) -> str:
    """An amount as it is typed: "32,50", whole amounts without cents; "" for none."""
    if minor is None or currency not in EXPONENTS:
        return ""
    text = f"{Money(minor, currency).decimal}"
    whole, _point, cents = text.partition(".")
    if not cents.strip("0"):
        return whole
    return f"{whole},{cents}" if locale == "fr" else text


def filled(step: Step, profile: Profile, locale: str) -> dict[str, Any]:
    """What the step's form shows before anything is typed."""
    return _FILL[step](profile, locale) if step in _FILL else {}


def mark(step: Step, profile: Profile) -> str:
    """What a step's form was drawn from: another mark, other stored values."""
    stored = json.dumps(filled(step, profile, "en"), sort_keys=True, default=str)
    return hashlib.sha256(stored.encode()).hexdigest()[:16]


def overtaken(step: Step, profile: Profile, draft: BaseModel, form: Form) -> bool:
    """Whether the step was saved with something else since this form was drawn.

    A form without a mark was drawn by nobody; the same sent twice overtakes nothing.
    """
    seen = form.data.get("seen", "")
    if not seen or seen == mark(step, profile):
        return False
    pairs: Pairs = []
    for name, value in filled(step, profile, "en").items():
        several = value if isinstance(value, list) else [value]
        pairs += [(name, "" if one is None else str(one)) for one in several]
    stored, _form = read(step, FormData(pairs))
    return stored is None or _plain(stored) != _plain(draft)


def _plain(draft: BaseModel) -> dict[str, Any]:
    """A draft's values, lists in one order, a town as it is stored however it was written."""
    if isinstance(draft, schemas.PlaceDraft):
        with suppress(Invalid):
            return place_columns(draft)
    return {
        name: sorted(value, key=repr) if isinstance(value, list | tuple) else value
        for name, value in draft.model_dump(mode="json").items()
    }


def _fill_identity(profile: Profile, locale: str) -> dict[str, Any]:
    del locale
    return {name: getattr(profile, name) for name in schemas.IdentityDraft.model_fields}


def _fill_skills(profile: Profile, locale: str) -> dict[str, Any]:
    del locale
    chosen = sorted(profile.skills, key=lambda each: (-each.level, -each.years, each.code))
    shown: dict[str, Any] = {
        "skill": [each.code for each in chosen],
        "tool": sorted(each.code for each in profile.tools),
    }
    for each in chosen:
        shown[f"level-{each.code}"] = str(each.level)
        shown[f"years-{each.code}"] = str(each.years)
    return shown


def _fill_languages(profile: Profile, locale: str) -> dict[str, Any]:
    del locale
    shown = {}
    for row, each in enumerate(sorted(profile.languages, key=lambda one: one.id)):
        shown[f"languages-{row}-code"] = each.code
        shown[f"languages-{row}-level"] = str(each.level)
    return shown


def _fill_place(profile: Profile, locale: str) -> dict[str, Any]:
    town = places.city(profile.city)
    return {
        "country": profile.country,
        "city": places.written(town, locale) if town else "",
        "region": profile.region,
    }


def _fill_rates(profile: Profile, locale: str) -> dict[str, Any]:
    currency = profile.currency
    shown: dict[str, Any] = {
        "currency": currency,
        "engagement": list(profile.engagement),
        "hourly_rate_minor": amount_text(profile.hourly_rate_minor, currency, locale),
        "project_minimum_minor": amount_text(profile.project_minimum_minor, currency, locale),
    }
    for row, each in enumerate(sorted(profile.packages, key=lambda package: package.position)):
        for name in ("name_fr", "name_en", "includes_fr", "includes_en"):
            shown[f"packages-{row}-{name}"] = getattr(each, name)
        shown[f"packages-{row}-price_minor"] = amount_text(each.price_minor, currency, locale)
    return shown


def _fill_availability(profile: Profile, locale: str) -> dict[str, Any]:
    del locale
    shown: dict[str, Any] = {
        "time_zone": profile.time_zone,
        "hours_week": profile.hours_week,
        "available_from": profile.available_from.isoformat() if profile.available_from else "",
    }
    used = [0] * coverage.DAYS
    for window in coverage.as_typed(_windows(profile)):
        row = window.weekday * coverage.PER_DAY_MAX + used[window.weekday]
        used[window.weekday] += 1
        shown[f"coverage-{row}-from"] = coverage.clock(window.start_minute)
        shown[f"coverage-{row}-to"] = coverage.clock(window.end_minute)
    return shown


def _windows(profile: Profile) -> list[coverage.Window]:
    return [
        coverage.Window(each.weekday, each.start_minute, each.end_minute)
        for each in profile.coverage
    ]


def week_of(profile: Profile) -> list[list[tuple[int, int]]]:
    """The stored week for the read-only table."""
    return coverage.by_day(_windows(profile))


_FILL: dict[Step, Callable[[Profile, str], dict[str, Any]]] = {
    Step.IDENTITY: _fill_identity,
    Step.SKILLS: _fill_skills,
    Step.LANGUAGES: _fill_languages,
    Step.PLACE: _fill_place,
    Step.RATES: _fill_rates,
    Step.AVAILABILITY: _fill_availability,
}


def read(step: Step, data: FormData) -> tuple[BaseModel | None, Form]:
    """The step's draft, or None and the form with its messages."""
    draft_type = DRAFTS[step]
    pairs, names, errors = _READ[step](data) if step in _READ else (None, {}, {})
    shaped = FormData(pairs) if pairs is not None else data
    draft, form = validate(draft_type, shaped)
    form.data = data
    form.errors = {names.get(key, key): text for key, text in form.errors.items()} | errors
    return (None if errors else draft), form


Read = tuple[Pairs, dict[str, str], dict[str, str]]


def _read_skills(data: FormData) -> Read:
    pairs: Pairs = []
    names: dict[str, str] = {"skills": "skill", "tools": "tool"}
    for row, code in enumerate(str(each) for each in data.getlist("skill")):
        pairs.append((f"skills-{row}-code", code))
        pairs.append((f"skills-{row}-level", str(data.get(f"level-{code}") or "2")))
        pairs.append((f"skills-{row}-years", str(data.get(f"years-{code}") or "0")))
        names[f"skills-{row}-code"] = "skill"
        names[f"skills-{row}-level"] = f"level-{code}"
        names[f"skills-{row}-years"] = f"years-{code}"
    pairs += [("tools", str(code)) for code in data.getlist("tool")]
    return pairs, names, {}


def _read_languages(data: FormData) -> Read:
    pairs: Pairs = []
    names: dict[str, str] = {"languages": "languages-0-code"}
    used = 0
    for row in range(schemas.LANGUAGES_MAX + 3):
        code = str(data.get(f"languages-{row}-code") or "")
        if not code:
            continue
        pairs.append((f"languages-{used}-code", code))
        pairs.append((f"languages-{used}-level", str(data.get(f"languages-{row}-level") or "")))
        for part in ("code", "level"):
            names[f"languages-{used}-{part}"] = f"languages-{row}-{part}"
        used += 1
    return pairs, names, {}


def _read_rates(data: FormData) -> Read:
    single = ("currency", "hourly_rate_minor", "project_minimum_minor")
    pairs: Pairs = [(name, str(data.get(name) or "")) for name in single]
    pairs += [("engagement", str(each)) for each in data.getlist("engagement")]
    names: dict[str, str] = {}
    used = 0
    parts = tuple(schemas.PackageIn.model_fields)
    for row in range(schemas.PACKAGES_MAX + 1):
        typed = {part: str(data.get(f"packages-{row}-{part}") or "").strip() for part in parts}
        if not any(typed.values()):
            continue
        pairs += [(f"packages-{used}-{part}", text) for part, text in typed.items()]
        names[f"packages-{used}"] = f"packages-{row}-name_fr"
        names |= {f"packages-{used}-{part}": f"packages-{row}-{part}" for part in parts}
        used += 1
    return pairs, names, {}


def _read_availability(data: FormData) -> Read:
    pairs: Pairs = [
        (name, str(data.get(name) or "")) for name in ("time_zone", "hours_week", "available_from")
    ]
    names: dict[str, str] = {}
    errors: dict[str, str] = {}
    rows = sorted({int(match[1]) for key in data if (match := ROWS.match(key))})
    used = 0
    for row in rows:
        begin = str(data.get(f"coverage-{row}-from") or "").strip()
        end = str(data.get(f"coverage-{row}-to") or "").strip()
        if not begin and not end:
            continue
        try:
            minutes = coverage.minute_of(begin), coverage.minute_of(end)
        except ValueError:
            errors[f"coverage-{row}"] = gettext("Give both times, such as 09:00 and 17:30.")
            continue
        typed = (row // coverage.PER_DAY_MAX, *minutes)
        for part, value in zip(("weekday", "start_minute", "end_minute"), typed, strict=True):
            pairs.append((f"coverage-{used}-{part}", str(value)))
            names[f"coverage-{used}-{part}"] = f"coverage-{row}"
        names[f"coverage-{used}"] = f"coverage-{row}"
        used += 1
    return pairs, names, errors


_READ: dict[Step, Callable[[FormData], Read]] = {
    Step.SKILLS: _read_skills,
    Step.LANGUAGES: _read_languages,
    Step.RATES: _read_rates,
    Step.AVAILABILITY: _read_availability,
}
DRAFTS: dict[Step, type[BaseModel]] = {
    Step.IDENTITY: schemas.IdentityDraft,
    Step.SKILLS: schemas.SkillsDraft,
    Step.LANGUAGES: schemas.LanguagesDraft,
    Step.PLACE: schemas.PlaceDraft,
    Step.RATES: schemas.RatesDraft,
    Step.AVAILABILITY: schemas.AvailabilityDraft,
}
