"""Owns how the index is set up, and the version that tells when it changed; never applies it.

Why these: measured on judged queries (tests/search/test_relevance.py) and on large directories.
Synonyms are indexed with each profile instead of being settings, so that the vocabulary can grow
without rebuilding; granular filterable attributes halve the indexing time.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

from search.language import normalise
from search.ranking import AMONG_EQUALS, RULES

MAX_HITS: Final = 1000
MAX_FACET_VALUES: Final = 200

_STOP_FR: Final = (
    "a à au aux avec ce ces cet cette d dans de des du elle elles en est et eux il ils j je l la le"
    " les leur leurs lui m ma mais me mes mon n ne nos notre nous on ou où par pas pour qu que qui"
    " quoi s sa se ses si son sont sur t ta te tes ton tu un une vos votre vous y"
    " cherche cherchons recherchons besoin trouver quelqu'un quelque faut veux voudrais souhaite"
    " peut capable sachant svp bonjour merci"
)
_STOP_EN: Final = (
    "a an and any are as at be by can do for from has have he her his i in into is it its me my of"
    " on or our she so some someone somebody that the their them they this to us we who with you"
    " your need needed looking want find please help hello thanks"
)
_NEAR_WORDS: Final = (
    "notion sage make brevo slack canva xero odoo zoho stripe aircall asana indy clio crisp dext"
    " wix softr etsy buffer trello silae hektor cegid quadra"
)

_EQUALITY: Final = {"equality": True, "comparison": False}
_COMPARISON: Final = {"equality": False, "comparison": True}


def _filterable(names: list[str], filters: dict[str, bool], *, facets: bool) -> dict[str, object]:
    return {
        "attributePatterns": names,
        "features": {"facetSearch": facets, "filter": filters},
    }


SETTINGS: Final[dict[str, object]] = {
    "searchableAttributes": [
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
        _filterable(["skills", "tools", "city"], _EQUALITY, facets=True),
        _filterable(
            [
                "id",
                "slug",
                "lang_min",
                "country",
                "region",
                "jurisdiction",
                "tax_status",
                "charges_vat",
                "can_contract_with",
                "payable",
                "engagement",
                "verified",
                "busy",
                "rate_bin",
            ],
            _EQUALITY,
            facets=False,
        ),
        _filterable(
            [
                "rate_eur_minor",
                "rating",
                "response_minutes",
                "hours_week",
                "published_at",
                "updated_at",
                "lat",
                "lng",
            ],
            _COMPARISON,
            facets=False,
        ),
    ],
    "sortableAttributes": [
        "rate_eur_minor",
        "rating",
        "reviews",
        "response_minutes",
        "published_at",
        "updated_at",
        "merit",
        "lot",
    ],
    "rankingRules": [*RULES, *AMONG_EQUALS],
    "stopWords": sorted(
        {form for word in f"{_STOP_FR} {_STOP_EN}".split() for form in normalise(word).split()}
    ),
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
}


def version() -> str:
    """Changes when, and only when, the settings do."""
    canonical = json.dumps(SETTINGS, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
