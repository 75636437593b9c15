"""Owns which part of a country a postcode lies in, where parts keep holidays of their own."""

from __future__ import annotations

import re
from functools import cache

from marketplace.jurisdictions.queries.data import DATA

Range = tuple[str, str, str]
"""First and last postcode, and the part (ISO 3166-2) that they and all between lie in."""


def part_at(country: str, postcode: str) -> str:
    """The ISO 3166-2 code of the Land, canton or comunidad of a postcode; "" where none is told.

    A postcode that two parts share tells neither.
    """
    digits = re.match("[0-9]*", postcode.strip())
    written = digits[0] if digits else ""
    found = (
        part for first, last, part in _ranges().get(country, ())
        if len(written) >= len(first) and first <= written[: len(first)] <= last
    )  # fmt: skip
    return next(found, "")


@cache
def _ranges() -> dict[str, list[Range]]:
    found: dict[str, list[Range]] = {}
    for line in (DATA / "postcodes.tsv").read_text("utf-8").splitlines():
        part, ranges = line.split("\t")
        for each in ranges.split():
            first, _dash, last = each.partition("-")
            found.setdefault(part[:2], []).append((first, last or first, part))
    return found
