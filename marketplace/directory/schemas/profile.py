"""Owns a published profile as the directory's API gives it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from marketplace.directory.schemas.labels import CodeLabel, RateView, SpokenView
from marketplace.references.schemas import ReferenceView


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
