"""Owns the reasons of a rank as named parts; never changes a rank.

Hits are ordered by their parts read from first to last: the first part in which two hits differ
decides. A part has a `score` (higher first) or a sorted `value` with its `direction`; people
without a value stand last. `order_key` is that rule; parts and rule reproduce the order exactly.
"""

from __future__ import annotations

from typing import Any, Final

from search.ranking import COMBINATION, VERSION, WEIGHTS, recency, response

OWN: Final = frozenset({"order", "score", "value"})


def explanation(hit: dict[str, Any]) -> dict[str, Any]:
    """The parts of a hit's rank in the order they decide, under the published version."""
    details: dict[str, dict[str, Any]] = hit.get("_rankingScoreDetails") or {}
    ordered = sorted(details.items(), key=lambda item: item[1].get("order", 0))
    parts = [_part(name, detail, hit) for name, detail in ordered]
    if "_by_distance" in hit:
        parts.insert(0, {"rule": "distance", "value": hit["_by_distance"], "direction": "asc"})
    return {
        "version": VERSION,
        "combination": COMBINATION,
        "score": round(float(hit.get("_rankingScore", 0.0)), 6),
        "parts": parts,
    }


def _part(name: str, detail: dict[str, Any], hit: dict[str, Any]) -> dict[str, Any]:
    facts = {key: value for key, value in detail.items() if key not in OWN}
    rule, _colon, direction = name.partition(":")
    part: dict[str, Any] = {"rule": rule}
    if direction:
        part |= {"value": detail.get("value"), "direction": direction}
    else:
        part["score"] = detail.get("score")
    if rule == "merit":
        facts = _merit(hit)
    return {**part, "facts": facts} if facts else part


def _merit(hit: dict[str, Any]) -> dict[str, Any]:
    values = {
        "response": response(hit.get("response_minutes")),
        "recency": float(recency(int(hit.get("updated_at") or 0))),
    }
    return {
        name: {"value": value, "weight": WEIGHTS[name], "points": round(WEIGHTS[name] * value, 1)}
        for name, value in values.items()
    }


def order_key(parts: list[dict[str, Any]]) -> tuple[tuple[bool, float], ...]:
    """What hits sort by, ascending: the published combination of their parts."""
    return tuple(_key(part) for part in parts)


def _key(part: dict[str, Any]) -> tuple[bool, float]:
    if "direction" not in part:
        return (False, -float(part["score"]))
    value = part["value"]
    if value is None:
        return (True, 0.0)
    return (False, float(value) if part["direction"] == "asc" else -float(value))
