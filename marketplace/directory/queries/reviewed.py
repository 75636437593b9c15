"""Owns asking for the newest reviews of a profile; the feature that knows is connected at start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from uuid import UUID

Ask: TypeAlias = Callable[[UUID], Awaitable[list[Any]]]

_ask: list[Ask] = []


def connect(ask: Ask) -> None:
    """Tell who knows the newest visible reviews of a party."""
    _ask[:] = [ask]


async def newest(party_id: UUID) -> list[Any]:
    """The newest visible reviews of a party."""
    return await _ask[0](party_id) if _ask else []
