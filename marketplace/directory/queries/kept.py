"""Owns asking which profiles the viewer keeps; the feature that knows is connected at start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from marketplace.core.db import is_away

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer

Ask: TypeAlias = "Callable[[Viewer], Awaitable[frozenset[str]]]"

_ask: list[Ask] = []


def connect(ask: Ask) -> None:
    """Tell who knows what a viewer keeps."""
    _ask[:] = [ask]


async def kept(viewer: Viewer) -> frozenset[str]:
    """The ids of the profiles the viewer keeps; nobody while the database is away."""
    try:
        return await _ask[0](viewer) if _ask else frozenset()
    except Exception as error:
        if is_away(error):  # people may still be found
            return frozenset()
        raise
