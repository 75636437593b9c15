"""Owns asking for the newest reviews of a profile, and whether anybody has any.

The feature that knows the reviews is connected at start.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias
from uuid import UUID

from marketplace.core.db import is_away
from marketplace.profiles import queries as profiles

Ask: TypeAlias = Callable[[UUID], Awaitable[list[Any]]]

LOOK_SECONDS: Final = 60.0
"""How long it may take until the first rating offers its order."""
_ask: list[Ask] = []
_rated: list[tuple[float, bool]] = []


def connect(ask: Ask) -> None:
    """Tell who knows the newest visible reviews of a party."""
    _ask[:] = [ask]


async def newest(party_id: UUID) -> list[Any]:
    """The newest visible reviews of a party."""
    return await _ask[0](party_id) if _ask else []


async def anybody() -> bool:
    """Whether anybody in the directory has a rating, as of the last LOOK_SECONDS."""
    now = time.monotonic()
    if not _rated or now - _rated[0][0] > LOOK_SECONDS:
        try:
            _rated[:] = [(now, await profiles.anybody_rated())]
        except Exception as error:
            if is_away(error):  # people may still be found
                return False
            raise
    return _rated[0][1]


def forget() -> None:
    """Look again at the next search."""
    _rated.clear()
