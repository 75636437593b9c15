"""Owns the one question before a review: was money really released; never writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.billing.queries import recorded
from marketplace.contracts.rules.states import Rail
from payments import explorer

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract


async def paid(contract: Contract) -> bool:
    """Whether money of the contract was released here and not all taken back; tips do not count.

    What a bank alone took back was still released: whoever disputes a payment silences nobody.
    Where payments are only recorded: whether both sides confirmed one.
    """
    if contract.rail is Rail.RECORDED:
        return any(each.amount.minor for each in await recorded.confirmed(contract_id=contract.id))
    released = 0
    async for earning in explorer.earnings(contract=str(contract.id)):
        if not earning.tip:
            released += (-1 if earning.back else 1) * earning.share.price
    return released > 0
