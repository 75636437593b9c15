"""Owns the one question asked before new money is held; never touches money that is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from marketplace.core.db import connection
from marketplace.core.i18n import current_locale
from marketplace.vigilance.queries import standing_in_the_way
from marketplace.vigilance.rules import DocumentMissing

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract


ONE_PAIR: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 210))"


async def require_papers(contract: Contract) -> None:
    """Let the part that was just marked as asked for pass, or raise DocumentMissing. In a command.

    A pair's fundings take turns: together they may reach an amount that none reaches alone.
    `contract` carries both parties. Approvals, payouts, refunds and tips never come here.
    """
    pair = f"{contract.business_id}:{contract.assistant_id}"
    await connection().execute_query(ONE_PAIR, [pair])
    paper = await standing_in_the_way(contract)
    if paper is not None:
        raise DocumentMissing(document=paper.rule.document.label(current_locale.get()))
