"""Owns what the directory's API takes and gives; never finds anything.

Rates are minor units of a currency per hour, response times minutes, distances kilometres. What
an answer holds hundreds of is a dataclass: pydantic would check again what we have just made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from marketplace.core import clock
from marketplace.references.schemas import ReferenceView
from search.conditions import SOON_DAYS
from search.ranking import NEW_DAYS


class RankingView(BaseModel):
    """The published order: `rules` decide from first to last; `weights` make up merit.

    Where ratings order, people are compared by (prior x its reviews + rating x reviews) / (both
    numbers of reviews).
    """

    version: int
    combination: str
    rules: list[str]
    weights: dict[str, float]
    response: list[tuple[int, float]]
    response_unknown: float
    fields: list[str]
    new_days: int
    draws: int
    quota: int
    places: list[int]
    rating_formula: str
    rating_prior: int
    rating_prior_reviews: int
    day: date
    seed: str


@dataclass(slots=True)
class CodeLabel:
    """A code and what people read for it."""

    code: str
    label: str


@dataclass(slots=True)
class SpokenView:
    """A spoken language with its CEFR level."""

    code: str
    level: str
    label: str


@dataclass(slots=True)
class RateView:
    """A price in minor units."""

    minor: int
    currency: str


@dataclass(slots=True)
class Hit:
    """One person found; `available_from` may have passed."""

    id: str
    slug: str
    url: str
    name: str
    headline: str
    headline_language: str
    excerpt: str
    excerpt_language: str
    country: str
    region: str
    city: str
    place: str
    jurisdiction: str
    legal_form: str
    tax_status: str
    charges_vat: bool | None
    payable: bool
    skills: list[CodeLabel]
    tools: list[CodeLabel]
    speaks: list[SpokenView]
    engagement: list[str]
    rate: RateView | None
    hours_week: int
    time_zone: str
    rating: float | None
    reviews: int
    response_minutes: int | None
    verified: list[str]
    verified_on: list[str]
    photo: str = ""
    available_from: date | None = None
    published_on: date | None = None
    rate_converted: RateView | None = None
    distance_km: float | None = None
    explain: dict[str, Any] | None = None

    @property
    def available_soon(self) -> bool:
        """Whether they are free to begin as soon as the filter `available` asks."""
        soon = clock.today("UTC") + timedelta(days=SOON_DAYS)
        return self.available_from is None or self.available_from <= soon

    @property
    def new(self) -> bool:
        """Whether the turns of newcomers call them new."""
        since = clock.today("UTC") - timedelta(days=NEW_DAYS)
        return self.published_on is not None and self.published_on >= since

    @property
    def proofs(self) -> list[tuple[str, date]]:
        """What others proved, each with its day; a card shows it."""
        days = map(date.fromisoformat, self.verified_on)
        return list(zip(self.verified, days, strict=True))


@dataclass(slots=True)
class FacetValue:
    """How many would be found with this value."""

    value: str
    label: str
    count: int
    selected: bool


class UnderstoodPiece(BaseModel):
    """A filter that came from words of `q`; sending `text=|words` as `said` keeps them text.

    With the parameter `none`: words no filter can say ("not in Paris"), which are not applied.
    Its value says why: empty (refused, or no filter has it), `rate` (not by the hour), `time`
    (dates, hours of a day or month), `years` (in no one skill), `client` (of no country), `place`
    (unknown), `towns` (several) or `sex`.
    """

    parameter: str
    value: str
    words: str


class Turn(BaseModel):
    """A newcomer shown beside the results at `place` of the first page."""

    place: int
    hit: Hit


class RotationView(BaseModel):
    """Turns of newcomers: those with the smallest SHA-256 of "seed:id", at most `quota`.

    `candidates` are told with explain=1: the ids of the first 200 in the order of the draw.
    """

    day: date
    seed: str
    quota: int
    candidates: list[str]
    turns: list[Turn]


class Wish(BaseModel):
    """A filter of the search by its parameter and value, or "work": the skills asked for."""

    parameter: str
    value: str
    label: str


class NearbyView(BaseModel):
    """People who miss one wish alone: `total` of them, the first ones as `hits`.

    Without "work", up to eight, who have kindred `skills` and meet every filter; else three.
    """

    without: Wish
    total: int
    skills: list[CodeLabel] = []
    hits: list[Hit]


class SearchAnswer(BaseModel):
    """The answer to a search. `plain` while only the unranked listing is at hand.

    `nearby` follows where few were found, apart from the hits and their number.
    """

    query: dict[str, Any]
    understood: list[UnderstoodPiece] = []
    total: int
    page: int
    pages: int
    took_ms: int
    plain: bool = False
    left_out: list[str] = []
    hint: str | None = None
    hits: list[Hit]
    nearby: list[NearbyView] = []
    rotation: RotationView | None = None
    facets: dict[str, list[FacetValue]]


class SkillView(BaseModel):
    """A skill with its level (1 novice, 2 confirmed, 3 expert) and years of practice."""

    code: str
    label: str
    level: int
    years: int


class PackageView(BaseModel):
    """A flat-fee offer."""

    name: str
    name_language: str
    includes: str
    includes_language: str
    price: RateView


class CoverageView(BaseModel):
    """Covered hours in the assistant's own zone: weekday 0 Monday, minutes of the day."""

    weekday: int
    from_minute: int
    to_minute: int


class ReachView(BaseModel):
    """Whether the assistant can contract with such clients of a country.

    `kind` is business or consumer; `rule` is one of /api/v1/jurisdictions/rules, of day `as_of`.
    """

    country: str
    kind: str
    allowed: bool
    rule: str
    as_of: str


class ProofView(BaseModel):
    """What others proved of someone: `on` the day, `until` the last day it counts, if it ages.

    "identity" is verified by Stripe, "business" and "vat" by public registers, "insurance" is a
    certificate that a client accepted, "references" are at least two that former clients gave by a
    link mailed to them, one of them to a company's own domain: `on` is the day of the newest.
    """

    proof: str
    on: date
    until: date | None = None


class ProfileView(BaseModel):
    """A published profile."""

    id: str
    slug: str
    url: str
    version: int
    name: str
    headline: str
    headline_language: str
    text: str
    text_language: str
    skills: list[SkillView]
    tools: list[CodeLabel]
    speaks: list[SpokenView]
    country: str
    region: str
    city: str
    place: str
    jurisdiction: str
    legal_form: str
    tax_status: str
    charges_vat: bool | None
    payable: bool
    can_contract_with: list[ReachView]
    engagement: list[str]
    rate: RateView | None
    project_minimum: RateView | None
    packages: list[PackageView]
    hours_week: int | None
    rating: float | None
    reviews: int
    response_minutes: int | None
    time_zone: str
    coverage: list[CoverageView]
    published_at: datetime | None
    updated_at: datetime
    verified: list[ProofView] = []
    references: list[ReferenceView] = []


class TermView(BaseModel):
    """A skill or tool of the taxonomy."""

    code: str
    group: str
    label: str
    label_fr: str
    label_en: str
    synonyms_fr: list[str]
    synonyms_en: list[str]


class TaxonomyView(BaseModel):
    """The whole vocabulary."""

    version: int
    groups: list[CodeLabel]
    skills: list[TermView]
    tools: list[TermView]


class Suggestion(BaseModel):
    """Something to search for, the likeliest first.

    `kind`: skill, tool, speaks (a language), country, region, place (a town) or person.
    `value` is its code or slug, `url` the address of the search for it.
    """

    kind: str
    value: str
    label: str
    detail: str = ""
    url: str
