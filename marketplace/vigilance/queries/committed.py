"""Owns asking what a contract comes to; the feature that knows its parts is connected at start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

Ask: TypeAlias = Callable[[UUID], Awaitable[int]]

_ask: list[Ask] = []


def connect(ask: Ask) -> None:
    """Tell who knows: `ask(contract)` gives minor units before tax.

    Of a fixed price the whole of it, of hours what was paid or is held.
    """
    _ask[:] = [ask]


async def committed(contract_id: UUID) -> int:
    """What a contract comes to so far, before tax, in minor units of its currency."""
    return await _ask[0](contract_id)
