"""No text of anybody runs as a formula in whoever's spreadsheet opens it."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import tables


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=1))
def test_a_text_is_kept_but_begins_no_formula(cells: list[str]) -> None:
    [read] = csv.reader(io.StringIO(tables.rows(cells), newline=""))
    for cell, found in zip(cells, read, strict=True):
        assert found in {cell, f"'{cell}"}
        assert not found.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_numbers_stay_numbers_and_a_text_that_looks_like_one_is_a_text() -> None:
    made = tables.rows(["a", "b"], [Decimal("-12.50"), "-12.50"], delimiter=";")
    assert made == "a;b\r\n-12.50;'-12.50\r\n"
