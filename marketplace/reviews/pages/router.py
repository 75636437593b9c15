"""Owns what the pages of reviews share: where they register, and how they turn."""

from __future__ import annotations

from typing import Final

from marketplace.web.routing import Pages

pages = Pages("reviews")
PAGE: Final = 20


def paged(asked: str, total: int) -> tuple[int, int]:
    """The page asked for, within those there are, and how many there are."""
    last = max(1, -(-total // PAGE))
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    return min(max(1, wanted), last), last
