"""Owns asking what a contract comes to; the feature that knows its parts is connected at start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

Ask: TypeAlias = Callable[[UUID], Awaitable[int]]

_ask: list[Ask] = []


def connect(so_far: Ask, dearest: Ask) -> None:
    """Tell who knows what a contract comes to so far, and its dearest part not asked for yet.

    Both in minor units before tax. Of a fixed price all of it counts, of hours what was paid, is
    held or is being asked for.
    """
    _ask[:] = [so_far, dearest]


async def committed(contract_id: UUID) -> int:
    """What a contract comes to so far, before tax, in minor units of its currency."""
    return await _ask[0](contract_id)


async def dearest(contract_id: UUID) -> int:
    """The most that one open part of a contract by the hour would add to that."""
    return await _ask[1](contract_id)
