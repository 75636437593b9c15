"""Owns the shapes of profiles at the edge: drafts that come in, views that go out."""

from marketplace.profiles.schemas.drafts import (
    LANGUAGES_MAX,
    PACKAGES_MAX,
    AvailabilityDraft,
    IdentityDraft,
    LanguagesDraft,
    PackageIn,
    PlaceDraft,
    ProfileDraft,
    ProfileStart,
    RatesDraft,
    SkillsDraft,
    windows,
)
from marketplace.profiles.schemas.views import MissingView, ProfileView

__all__ = [
    "LANGUAGES_MAX",
    "PACKAGES_MAX",
    "AvailabilityDraft",
    "IdentityDraft",
    "LanguagesDraft",
    "MissingView",
    "PackageIn",
    "PlaceDraft",
    "ProfileDraft",
    "ProfileStart",
    "ProfileView",
    "RatesDraft",
    "SkillsDraft",
    "windows",
]
