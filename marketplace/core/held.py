"""Owns the hold of a restored instance: nothing leaves it until somebody says so; decides nothing.

A backup knows neither what moved after it was made nor whether its instance still runs. So
deploy/restore notes here that the database is a copy, and the worker waits while it says so.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Final

from marketplace.core import once
from marketplace.core.db import command

log = logging.getLogger("relais.held")
RESTORED: Final = "restored"
"""In the table done_once, written by deploy/restore."""
LOOK_SECONDS: Final = 1.0


async def since() -> datetime | None:
    """When this database was restored from a backup that rests since; None while it works."""
    return await once.done_at(RESTORED)


async def until_resumed() -> None:
    """Wait while this instance is held."""
    restored = await since()
    if restored is None:
        return
    log.warning("restored at %s and held: see `resume` in deploy/README.md", restored)
    while await since() is not None:  # noqa: ASYNC110 - another process says so
        await asyncio.sleep(LOOK_SECONDS)
    log.warning("resumed")


@command
async def resume() -> None:
    """Let everything that waits begin; nothing when it has begun."""
    await once.undo(RESTORED)
