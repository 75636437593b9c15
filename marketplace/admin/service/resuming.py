"""Owns letting a restored instance work again: what Stripe did since the backup is heard first.

What the backup does not know it would do a second time. News of what its own rows had sent makes
them sent here, too; what was decided only after the backup shows as a difference that names it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final
from uuid import UUID

from marketplace.core import batches, events, held
from marketplace.core.db import command
from payments import inbox, movements, reconcile, sweep

log = logging.getLogger("relais.held")
AT_ONCE: Final = 500


async def catch_up(progress: Callable[[int], None] | None = None) -> reconcile.Report:
    """Hear what was missed and compare the books with Stripe; outside a command.

    Safe to repeat. News that cannot be applied yet is left for the next time. Raises StripeProblem.
    """
    await sweep.sweep(progress)
    seen = set[UUID]()
    while fresh := [one for one in await inbox.pending(AT_ONCE) if one not in seen]:
        seen.update(fresh)
        await batches.each("news", fresh, lambda one: inbox.apply(one, events.on_fact))
    return await reconcile.twice(lambda: reconcile.reconcile(progress))


async def resume(report: reconcile.Report) -> int:
    """Let jobs run; how many movements are looked for at Stripe before they are sent.

    Where the books agree with Stripe nothing has left that they do not know. Else any may have.
    """
    doubted = 0 if report.clean else await command(movements.doubt)()
    await held.resume()
    log.warning("resumed; %s movements in doubt", doubted)
    return doubted
