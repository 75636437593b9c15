"""Owns the reasons of a rank as named parts; never changes a rank.

Hits are ordered by their parts read from first to last: the first part in which two hits differ
decides (higher first). That rule and these parts reproduce the order exactly, except among hits
equal in every part, which stand in the index's own order.
"""

from __future__ import annotations

from typing import Any, Final

COMBINATION: Final = "lexicographic"
VERSION: Final = 1


def explanation(hit: dict[str, Any]) -> dict[str, Any]:
    """The parts of a hit's rank: rule, score 0..1 (or the sorted value) and its facts."""
    details: dict[str, dict[str, Any]] = hit.get("_rankingScoreDetails") or {}
    ordered = sorted(details.items(), key=lambda item: item[1].get("order", 0))
    return {
        "version": VERSION,
        "combination": COMBINATION,
        "score": round(float(hit.get("_rankingScore", 0.0)), 6),
        "parts": [_part(name, detail) for name, detail in ordered],
    }


def _part(name: str, detail: dict[str, Any]) -> dict[str, Any]:
    facts = {key: value for key, value in detail.items() if key not in {"order", "score"}}
    return {"rule": name, "score": detail.get("score"), **({"facts": facts} if facts else {})}
