"""Owns how a profile comes in at the edge; never stores anything.

Amounts are integer minor units of the profile's currency; in a form they are typed as decimals
("32,50") and read with that currency.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from marketplace.core.fields import Clean, Span, TimeZone, as_amount
from marketplace.core.i18n import _, current_locale, format_money
from marketplace.places import queries as places
from marketplace.profiles.rules import coverage
from marketplace.profiles.rules.states import LANGUAGES, Cefr, Engagement
from payments.money import EXPONENTS, Money
from search import taxonomy

SKILLS_MAX = 30
TOOLS_MAX = 40
LANGUAGES_MAX = 12
PACKAGES_MAX = 6
_CENTS = 2
AMOUNT_MAX = 10_000_000_00
"""Far above any fee: keeps a slip of the keyboard out of the index. Of a currency with three
decimals it is ten times as much; of one without any as it is, since their units are small (10,000
ariary are two euros)."""

Headline = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=120)]
Text = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=4000)]
Short = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=80)]
Includes = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=600)]


class _TooMuch(str):
    """Stands in the place of an amount that is above the bound, which it says."""

    __slots__ = ()


def _read(value: Any) -> Any:
    """What is still a text here could not be read as an amount of the profile's currency."""
    if isinstance(value, _TooMuch):
        raise PydanticCustomError("less_than_equal", "{le}", {"le": str(value)})
    if isinstance(value, str):
        raise PydanticCustomError("price", "Write an amount such as 35 or 35,50.")
    return value


Amount = Annotated[int, BeforeValidator(_read), Field(gt=0), Span(0, AMOUNT_MAX * 10, as_amount)]


class In(BaseModel):
    """Input: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class IdentityDraft(In):
    """Headline and text; one language is enough."""

    headline_fr: Headline = ""
    headline_en: Headline = ""
    text_fr: Text = ""
    text_en: Text = ""


class SkillIn(In):
    """A skill: taxonomy code, level 1 novice, 2 confirmed, 3 expert, years of practice."""

    code: str
    level: Annotated[int, Field(ge=1, le=3)] = 2
    years: Annotated[int, Field(ge=0, le=60)] = 0

    @field_validator("code")
    @classmethod
    def _known(cls, value: str) -> str:
        if not taxonomy.is_skill(value):
            raise ValueError(_("This skill is not in the list."))
        return value


def _once(codes: list[str]) -> None:
    if len(codes) != len(set(codes)):
        raise ValueError(_("Each may be chosen only once."))


class SkillsDraft(In):
    """Skills and tools by taxonomy code (GET /api/v1/taxonomy)."""

    skills: Annotated[list[SkillIn], Field(max_length=SKILLS_MAX)] = []
    tools: Annotated[list[str], Field(max_length=TOOLS_MAX)] = []

    @field_validator("tools")
    @classmethod
    def _known(cls, value: list[str]) -> list[str]:
        if not all(taxonomy.is_tool(code) for code in value):
            raise ValueError(_("This tool is not in the list."))
        _once(value)
        return value

    @field_validator("skills")
    @classmethod
    def _distinct(cls, value: list[SkillIn]) -> list[SkillIn]:
        _once([skill.code for skill in value])
        return value


class LanguageIn(In):
    """A spoken language and its CEFR level."""

    code: str
    level: Cefr

    @field_validator("code")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(_("Please choose one of the options."))
        return value


class LanguagesDraft(In):
    """The languages spoken."""

    languages: Annotated[list[LanguageIn], Field(max_length=LANGUAGES_MAX)] = []

    @field_validator("languages")
    @classmethod
    def _distinct(cls, value: list[LanguageIn]) -> list[LanguageIn]:
        _once([language.code for language in value])
        return value


class PlaceDraft(In):
    """Where the assistant works from: a town of the gazetteer (slug or name), or a region only."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    city: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    region: Annotated[str, StringConstraints(max_length=8)] = ""

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.country not in {each.code for each in places.countries()}:
            raise ValueError(_("Please choose one of the options."))
        return self


class PackageIn(In):
    """A flat-fee offer; its name in at least one language."""

    name_fr: Short = ""
    name_en: Short = ""
    includes_fr: Includes = ""
    includes_en: Includes = ""
    price_minor: Amount

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.name_fr and not self.name_en:
            raise ValueError(_("Give the package a name."))
        return self


def most(currency: str) -> Money:
    """The highest amount a profile may name in a currency."""
    return Money(AMOUNT_MAX * 10 ** max(0, EXPONENTS[currency] - _CENTS), currency)


def _minor(value: Any, currency: str) -> Any:
    """Minor units of what was typed or sent; what is none is refused beside its field (_read)."""
    try:
        minor = Money.parse(value, currency).minor if isinstance(value, str) else value
    except ValueError:
        return value
    bound = most(currency)
    if type(minor) is int and minor > bound.minor:
        return _TooMuch(format_money(bound, current_locale.get(), cents=False))
    return minor


class RatesDraft(In):
    """How one may be engaged, for how much."""

    currency: str
    engagement: Annotated[list[Engagement], Field(max_length=3)] = []
    hourly_rate_minor: Amount | None = None
    project_minimum_minor: Amount | None = None
    packages: Annotated[list[PackageIn], Field(max_length=PACKAGES_MAX)] = []

    @model_validator(mode="before")
    @classmethod
    def _typed_amounts(cls, values: Any) -> Any:
        if not isinstance(values, dict) or str(values.get("currency")) not in EXPONENTS:
            return values
        currency, read = values["currency"], dict(values)
        for name in ("hourly_rate_minor", "project_minimum_minor"):
            if name in read:
                read[name] = _minor(read[name], currency)
        if isinstance(read.get("packages"), list):
            read["packages"] = [
                {**each, "price_minor": _minor(each["price_minor"], currency)}
                if isinstance(each, dict) and "price_minor" in each
                else each
                for each in read["packages"]
            ]
        return read

    @field_validator("currency")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in EXPONENTS:
            raise ValueError(_("Please choose one of the options."))
        return value


class WindowIn(In):
    """Hours covered: weekday 0 (Monday) to 6, minutes of the day.

    An end at or before the start runs into the next day; 1440 is midnight.
    """

    weekday: Annotated[int, Field(ge=0, le=6)]
    start_minute: Annotated[int, Field(ge=0, lt=1440)]
    end_minute: Annotated[int, Field(ge=0, le=1440)]

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.start_minute == self.end_minute != 0:
            raise ValueError(_("The end must differ from the start."))
        return self


class AvailabilityDraft(In):
    """The usual week in a time zone (IANA name), hours a week, and the first free day."""

    time_zone: TimeZone
    coverage: list[WindowIn] = []
    hours_week: Annotated[int, Field(ge=1, le=80)] | None = None
    available_from: date | None = None

    @field_validator("coverage")
    @classmethod
    def _fits_the_form(cls, value: list[WindowIn]) -> list[WindowIn]:
        shown = coverage.as_typed(windows(value))
        days = [each.weekday for each in shown]
        if any(days.count(day) > coverage.PER_DAY_MAX for day in days):
            raise ValueError(_("Give at most three periods a day."))
        return value


def windows(typed: list[WindowIn]) -> list[coverage.Window]:
    """The typed windows as stored."""
    return coverage.stored(
        coverage.Window(each.weekday, each.start_minute, each.end_minute) for each in typed
    )


class ProfileDraft(In):
    """Everything of a profile at once; what is left out is emptied."""

    identity: IdentityDraft
    skills: SkillsDraft
    languages: LanguagesDraft
    place: PlaceDraft
    rates: RatesDraft
    availability: AvailabilityDraft


class ProfileStart(In):
    """For which of your assistants to begin a profile."""

    party_id: UUID
