"""Owns keeping the list of revocations fresh; never revokes anything itself."""

from __future__ import annotations

import asyncio

from marketplace.core import jobs
from marketplace.sealing.service import keys


@jobs.periodic("40 3 * * 1", "sealing.renew_list")
async def renew(timestamp: int) -> None:
    """Every Monday; where the authority's key is kept elsewhere its keeper does it."""
    del timestamp
    if (keys.folder() / "ca.key").exists():
        await asyncio.to_thread(keys.renew_list)
