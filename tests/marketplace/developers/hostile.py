"""Makes values from JSON schemas, and values nobody should send; never sends anything."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

HUGE = 10**30
STRINGS = [
    "", " ", "\x00", "a\x00b", "\x01\x1b[31m", "\u202e\u200b", "🦊" * 40, "x" * 100_000, "null",
    "-1", "1e400", "NaN", "９９", "0001-01-01", "9999-12-31", "2026-02-30", "2026-12-01T25:00:00Z",
    "00000000-0000-0000-0000-000000000000", "not-a-uuid", "'; DROP TABLE person; --",
    "<script>alert(1)</script>", "%s%n%(x)s{0}", "../../etc/passwd", "https://", "javascript:1",
    "a@b", "é@exämple.fr", "\ud7ff", "\uffff", "FR\n", "mon-fri@08:00", "1" * 5000,
]  # fmt: skip
DATES = ["0001-01-01", "1900-01-01", "2026-12-07", "2100-01-01", "2101-01-01", "9999-12-31"]
VALUES: list[Any] = [
    *STRINGS, *DATES, None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, HUGE, 0.5, 1e308,
    [], {}, [[]], [None], {"": ""}, {"kind": "project"}, [{}] * 50, ["x"] * 500,
]  # fmt: skip
BODIES = [
    b"", b"null", b"[]", b"{}", b"0", b'"x"', b"{", b'{"a":', b"\xff\xfe", b"\x00", b"NaN",
    b"[" * 5000, b'{"a":' * 300 + b"1" + b"}" * 300, b'{"name":"\\ud800"}', b'{"\\u0000":1}',
    b'{"title":"\\udfff x"}', b"9" * 6000, b'{"lock_version":1e999}', b'{"x":1,"x":2}',
]  # fmt: skip
TYPES = [
    "application/json",
    "text/plain",
    "",
    "application/json; charset=utf-16",
    "multipart/form-data",
]
LEAVES = st.sampled_from(VALUES) | st.text(max_size=20) | st.integers()


def values(schema: dict[str, Any], components: dict[str, Any], depth: int = 0) -> Any:  # noqa: PLR0911
    """Values the schema means, roughly: a wrong one only meets a refusal."""
    if "$ref" in schema:
        return values(components[schema["$ref"].rpartition("/")[2]], components, depth + 1)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return st.one_of([values(each, components, depth + 1) for each in schema[key]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, components, depth)
    if kind == "array":
        items = values(schema.get("items", {}), components, depth + 1)
        least = schema.get("minItems", 0)
        return st.lists(items, min_size=least, max_size=max(least, 3))
    if kind == "integer":
        low, high = schema.get("minimum", -5), schema.get("maximum", 2**62)
        return st.integers(low, high) | st.sampled_from([low, high])
    if kind == "number":
        return st.floats(allow_nan=False, allow_infinity=False)
    simple = {"boolean": st.booleans(), "null": st.none()}
    return simple[kind] if kind in simple else _text(schema)


def _object(schema: dict[str, Any], components: dict[str, Any], depth: int) -> Any:
    made = {
        name: values(each, components, depth + 1)
        for name, each in schema.get("properties", {}).items()
    }
    needed = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: each for name, each in made.items() if name in needed},
        optional={name: each for name, each in made.items() if name not in needed},
    )


def _text(schema: dict[str, Any]) -> Any:
    by_format = {
        "uuid": st.uuids().map(str),
        "date": st.sampled_from(DATES) | st.dates().map(str),
        "uri": st.sampled_from(["https://example.org/", "http://[::1]/", "http://a"]),
        "email": st.sampled_from(["sam@relais.example", "claire@relais.example"]),
    }
    if schema.get("format") in by_format:
        return by_format[schema["format"]]
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    least, most = schema.get("minLength", 0), min(schema.get("maxLength", 30), 30)
    plain = st.text(min_size=least, max_size=max(least, most))
    return plain | st.just("Facture " + "x" * least) | st.sampled_from(["FR", "fr", "EUR", "Paris"])


@st.composite
def spoilt(draw: Any, schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """A meant value with one part, anywhere in it, replaced, added or taken away."""
    whole = draw(values(schema, components))
    place: Any = whole
    while isinstance(place, dict | list) and place:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or draw(st.booleans()):
            place[key] = draw(LEAVES)
            break
        place = place[key]
    if isinstance(whole, dict) and draw(st.booleans()):
        whole[draw(st.sampled_from(["extra", "", "id", "__class__"]))] = draw(LEAVES)
    return whole


def bodies(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """The bytes and the media type of a request."""
    meant = values(schema, components) | spoilt(schema, components)
    sent = meant.map(lambda value: (json.dumps(value).encode(), "application/json"))
    return sent | sent | sent | st.tuples(st.sampled_from(BODIES), st.sampled_from(TYPES))
