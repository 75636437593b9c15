"""Owns the shapes of exposure. Shares and rates are 0 to 1."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict


class ExposureShare(BaseModel):
    """A region or tax status; "others" are groups too small to be told alone."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    profiles: int
    shown: int
    listed: int
    of_profiles: float
    of_shown: float
    of_listed: float
    rate: float | None


class ExposureSummary(BaseModel):
    """Who stood on first pages of results, and who was kept, from a day on."""

    since: date
    regions: list[ExposureShare]
    tax_statuses: list[ExposureShare]


class ExposureDay(BaseModel):
    """The sums of a day."""

    day: date
    shown: int
    listed: int


class ExposureProfile(BaseModel):
    """A profile's sums."""

    slug: str
    name: str
    region: str
    tax_status: str
    shown: int
    listed: int


class ExposureAudit(ExposureSummary):
    """The operator's view: every group, every day, and who is shown most."""

    days: list[ExposureDay]
    most_shown: list[ExposureProfile]
