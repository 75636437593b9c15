"""Owns how the index is set up, and the version that tells when it changed; never applies it.

Why these: measured on judged queries (tests/search/test_relevance.py) and on large directories.
Synonyms are indexed with each profile instead of being settings, so that the vocabulary can grow
without rebuilding; granular filterable attributes halve the indexing time.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

from search.language import STOP_WORDS
from search.ranking import AMONG_EQUALS, RULES

MAX_HITS: Final = 1000
MAX_FACET_VALUES: Final = 600
"""More than there are levels of languages (six of each of 58), regions (476) and skills."""
SHOWN_IN: Final = ("fr", "en")
"""Languages in which a document carries what is shown of somebody."""
HIT: Final = ("id", "version", "currency", "lat", "lng")
"""What every answer holds of a document beside what is shown in its language."""
REASONS: Final = ("response_minutes", "updated_at")
"""What answers with reasons hold besides."""
_ALSO_READ: Final = (
    *(
        "time_zone",
        "clock",
        "published_at",
        "standing",
        "reviews",
        "merit",
        "lot",
        "rate_eur_minor",
    ),
)
"""By reconciling, and for the reasons of a rank, which tell only what may be seen."""


def shown(locale: str) -> str:
    """The field with what is shown in a language.

    Its name changes with the shape of what it holds: an answer tells a document that lacks it.
    """
    return f"shown3_{locale}"


_NEAR_WORDS: Final = (
    "notion sage make brevo slack canva xero odoo zoho stripe aircall asana indy clio crisp dext"
    " wix softr etsy buffer trello silae hektor cegid quadra"
)

_EQUALITY: Final = {"equality": True, "comparison": False}
_COMPARISON: Final = {"equality": False, "comparison": True}


def _filterable(names: list[str], filters: dict[str, bool]) -> dict[str, object]:
    # Suggestions come from our own vocabulary: nothing searches the values of a facet.
    return {"attributePatterns": names, "features": {"facetSearch": False, "filter": filters}}


SETTINGS: Final[dict[str, object]] = {
    "searchableAttributes": [
        "n_sense",
        "n_skills",
        "n_alias",
        "n_head",
        "n_group",
        "n_name",
        "n_city",
        "n_region",
        "n_bio",
    ],
    "filterableAttributes": [
        _filterable(
            [
                "id",
                "skills",
                "tools",
                "city",
                "lang_min",
                "country",
                "region",
                "jurisdiction",
                "legal_form",
                "tax_status",
                "charges_vat",
                "can_contract_with",
                "payable",
                "engagement",
                "verified",
                "busy",
                "skill_years",
                "answers_within",
                "rate_bin",
            ],
            _EQUALITY,
        ),
        _filterable(
            [
                "rate_eur_minor",
                "hours_week",
                "available_on",
                "published_at",
            ],
            _COMPARISON,
        ),
    ],
    "sortableAttributes": [
        "rate_eur_minor",
        "standing",
        "reviews",
        "response_minutes",
        "published_at",
        "merit",
        "lot",
        "turn",
    ],
    # Meilisearch reads every field of this list for every hit, asked for or not.
    "displayedAttributes": [
        *(*HIT, *REASONS, *_ALSO_READ),
        *map(shown, SHOWN_IN),
    ],
    "rankingRules": [*RULES, *AMONG_EQUALS],
    "stopWords": sorted(STOP_WORDS),
    "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["fra", "eng"]}],
    "typoTolerance": {
        "enabled": True,
        "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9},
        "disableOnNumbers": True,
        "disableOnWords": sorted(_NEAR_WORDS.split()),
    },
    "faceting": {"maxValuesPerFacet": MAX_FACET_VALUES, "sortFacetValuesBy": {"*": "count"}},
    "pagination": {"maxTotalHits": MAX_HITS},
    "searchCutoffMs": 500,
    # Word by word scores no better on the judged set and costs half as much again to index.
    "proximityPrecision": "byAttribute",
}


def version() -> str:
    """Changes when, and only when, the settings do."""
    canonical = json.dumps(SETTINGS, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
