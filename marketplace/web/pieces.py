"""Owns large pieces drawn before that go into a page as bytes; never draws one.

A page of twenty cards is a hundred kilobytes. Passed through the templates they would be copied at
every level and encoded anew each time; so a template gets a mark, and the bytes come in at the end.
"""

from __future__ import annotations

import secrets

from markupsafe import Markup

_MARK = secrets.token_hex(12)
"""Known to nobody outside this process, so that no text of a person's can hold one."""


class Pieces:
    """The pieces of one page."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def add(self, piece: bytes) -> Markup:
        """What a template is given in the place of a piece."""
        self._held.append(piece)
        return Markup(f"{_MARK}{len(self._held) - 1};")  # noqa: S704 - nothing but a number of ours

    def whole(self, page: str) -> bytes:
        """The page with its pieces."""
        first, *others = page.encode().split(_MARK.encode())
        made = [first]
        for part in others:
            number, _end, rest = part.partition(b";")
            made += (self._held[int(number)], rest)
        return b"".join(made)
