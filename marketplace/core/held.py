"""Owns the hold of a restored instance: nothing leaves it until somebody says so; decides nothing.

A backup knows neither what moved after it was made nor whether its instance still runs. So
deploy/restore notes here that the database is a copy, and while it says so the worker waits and
the web begins nothing at Stripe: the other instance may charge the same card, or hold the money.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Final

from marketplace.core import once
from marketplace.core.db import command
from marketplace.core.errors import Unavailable
from marketplace.core.i18n import _

log = logging.getLogger("relais.held")
RESTORED: Final = "restored"
"""In the table done_once, written by deploy/restore."""
LOOK_SECONDS: Final = 1.0


class Held(Unavailable):
    """Nothing begins at Stripe from here until somebody has let this instance work again."""

    message = _(
        "This site was just restored from a backup and is being checked. Until then no payment or "
        "payout set-up can begin or change here. Nothing was charged: please try again later."
    )


async def since() -> datetime | None:
    """When this database was restored from a backup that rests since; None while it works."""
    return await once.done_at(RESTORED)


async def refuse() -> None:
    """Before anything that begins or changes something at Stripe for a person. Raises Held."""
    if await since() is not None:
        raise Held


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
