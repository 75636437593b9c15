"""Owns what the directory's API takes and gives; never finds anything."""

from marketplace.directory.schemas.found import FacetValue, Hit, RankingView, SearchAnswer
from marketplace.directory.schemas.labels import CodeLabel, RateView, SpokenView
from marketplace.directory.schemas.profile import (
    CoverageView,
    PackageView,
    ProfileView,
    ProofView,
    ReachView,
    SkillView,
)
from marketplace.directory.schemas.vocabulary import Suggestion, TaxonomyView, TermView

__all__ = [
    "CodeLabel",
    "CoverageView",
    "FacetValue",
    "Hit",
    "PackageView",
    "ProfileView",
    "ProofView",
    "RankingView",
    "RateView",
    "ReachView",
    "SearchAnswer",
    "SkillView",
    "SpokenView",
    "Suggestion",
    "TaxonomyView",
    "TermView",
]
