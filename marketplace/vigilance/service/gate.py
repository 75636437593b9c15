"""Owns the one question asked before new money is held; never touches money that is held (F51)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.i18n import current_locale
from marketplace.vigilance.queries import standing_in_the_way
from marketplace.vigilance.rules import DocumentMissing

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from payments.money import Money


async def require_papers(contract: Contract, wanted: Money) -> None:
    """Let new funding of `wanted` (before tax) pass, or raise DocumentMissing.

    `contract` carries both parties. Approvals, payouts, refunds and tips never come here.
    """
    paper = await standing_in_the_way(contract, wanted)
    if paper is not None:
        raise DocumentMissing(document=paper.rule.document.label(current_locale.get()))
