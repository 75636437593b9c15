"""Owns how a page is put together: what was drawn before, with bytes in its holes; draws nothing.

A page of twenty cards is a hundred kilobytes. Passed through the templates they would be copied at
every level and encoded anew each time; so a template has a hole, and the bytes come in at the end.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from markupsafe import Markup, escape

_MARK = secrets.token_hex(12)
"""Known to nobody outside this process, so that no text of a person's can hold one."""
_MARK_BYTES = _MARK.encode()


def hole(name: str) -> Markup:
    """In a template: where the piece of this name will stand."""
    return Markup(f"{_MARK}{name};")  # noqa: S704 - nothing but a name of ours


def filled(drawn: bytes, pieces: Mapping[str, bytes]) -> bytes:
    """What was drawn, with a piece in each of its holes. Raises KeyError where one is missing."""
    first, *others = drawn.split(_MARK_BYTES)
    made = [first]
    for part in others:
        name, _end, rest = part.partition(b";")
        made += (pieces[name.decode()], rest)
    return b"".join(made)


def text(words: object) -> bytes:
    """Words as a piece: people's are escaped, Markup is taken as it is."""
    return escape(words).encode()
