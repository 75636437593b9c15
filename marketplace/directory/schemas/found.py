"""Owns what a search of the directory found, and by which order; never finds anything.

Rates are minor units of a currency per hour, response times minutes, distances kilometres. What
an answer holds hundreds of is a dataclass: pydantic would check again what we have just made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel

from marketplace.core import clock
from marketplace.directory.schemas.labels import CodeLabel, RateView, SpokenView
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
