"""Owns tables for spreadsheets; never which columns they have, nor what anybody may read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text begins that a spreadsheet would run instead of show."""


def rows(*found: Iterable[object], delimiter: str = ",") -> str:
    """Some rows as CSV. Numbers must come as numbers: every text is kept from being a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    for cells in found:
        writer.writerow(map(_harmless, cells))
    return out.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
