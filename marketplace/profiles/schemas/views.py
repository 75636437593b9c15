"""Owns how one's own profile goes out at the edge; amounts are minor units of its currency."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from marketplace.profiles.rules.states import Engagement, Status

if TYPE_CHECKING:
    from marketplace.profiles.models import Profile


class Out(BaseModel):
    """Output: read from rows."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class SkillView(Out):
    """A skill of a profile."""

    code: str
    level: int
    years: int


class LanguageView(Out):
    """A spoken language of a profile."""

    code: str
    level: str


class PackageView(Out):
    """A package of a profile, in its currency."""

    name_fr: str
    name_en: str
    includes_fr: str
    includes_en: str
    price_minor: int


class WindowView(Out):
    """Stored hours: within a day, nights split at midnight."""

    weekday: int
    start_minute: int
    end_minute: int


class MissingView(Out):
    """What a public profile lacks, and the step that mends it."""

    code: str
    step: str
    message: str


class ProfileView(Out):
    """A profile of one's own, with all its parts, what is missing and how complete it is."""

    id: UUID
    party_id: UUID
    slug: str
    status: Status
    version: int
    name: str
    headline_fr: str
    headline_en: str
    text_fr: str
    text_en: str
    skills: list[SkillView]
    tools: list[str]
    languages: list[LanguageView]
    country: str
    region: str
    city: str
    lat: float | None
    lng: float | None
    currency: str
    engagement: list[Engagement]
    hourly_rate_minor: int | None
    project_minimum_minor: int | None
    packages: list[PackageView]
    time_zone: str
    coverage: list[WindowView]
    hours_week: int | None
    available_from: date | None
    photo: str
    payable: bool
    missing: list[MissingView]
    completeness: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None

    @classmethod
    def of(
        cls, profile: Profile, *, payable: bool, missing: list[MissingView], completeness: int
    ) -> ProfileView:
        """From its row with all parts at hand."""
        plain = {
            name: getattr(profile, name)
            for name in cls.model_fields
            if name not in {"name", "tools", "payable", "missing", "completeness"}
        }
        for part in ("skills", "languages", "coverage"):
            plain[part] = list(plain[part])
        plain["packages"] = sorted(plain["packages"], key=lambda each: each.position)
        return cls(
            **plain,
            name=profile.party.display_name,
            tools=sorted(tool.code for tool in profile.tools),
            payable=payable,
            missing=missing,
            completeness=completeness,
        )
