"""Owns the pages of lists that are only ever appended to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from marketplace.web.paging import PageQuery, cut

L = TypeVar("L")


def page_of(lines: Sequence[L], query: PageQuery) -> tuple[list[L], str | None]:
    """A page of lines and the next one's name: their place in the list names them."""
    found, after = cut(list(enumerate(lines)), query, lambda row: f"{row[0]:010}")
    return [line for _number, line in found], after
