"""Owns a named person's decision that a payee bears a dispute that was lost after the release.

Never decides it, and never takes more than the payee had of the disputed charge.
"""

from __future__ import annotations

from typing import Final

from payments import errors, holdings
from payments.database import connection, require_command
from payments.escrow.clawbacks import take_back
from payments.facts import ClawbackSettled
from payments.models import BankDispute, Clawback, GoesTo
from payments.money import Money

_MOST: Final = "SELECT recoverable_minor FROM payment_dispute_account WHERE dispute = $1"
_REACH: Final = """
SELECT holding, price_minor FROM payment_dispute_reach WHERE dispute = $1
 ORDER BY paid_for DESC, holding
"""


async def recover(
    *, key: str, dispute: str, decided_by: str, reason: str, price: Money | None = None
) -> tuple[ClawbackSettled, ...]:
    """Take a part (None: all) of a lost dispute's price back from the payee, inside a command.

    First out of the holding the charge was paid for, then out of those its money was carried on
    to. What comes back covers our loss; as `take_back` otherwise. Raises NothingReleased above what
    the payee may be made to bear (explorer.DisputeView.recoverable).
    """
    require_command()
    row = await BankDispute.filter(id=dispute).select_for_update().get_or_none()
    if row is None:
        raise errors.NothingReleased(dispute)
    if await Clawback.exists(dispute=dispute, id__startswith=f"{key}:"):
        return ()
    seen = await connection().execute_query_dict(_REACH, [dispute])
    await holdings.locked_many(*(each["holding"] for each in seen))
    (most,) = await connection().execute_query_dict(_MOST, [dispute])
    left = most["recoverable_minor"] if price is None else price.minor
    if not 0 < left <= most["recoverable_minor"]:
        raise errors.NothingReleased(f"{left} of {most['recoverable_minor']} {row.currency}")
    settled: tuple[ClawbackSettled, ...] = ()
    for each in await connection().execute_query_dict(_REACH, [dispute]):
        part = min(left, each["price_minor"])
        if part:
            settled += await take_back(
                key=f"{key}:{each['holding']}",
                holding=each["holding"],
                decided_by=decided_by,
                reason=reason,
                price=Money(part, row.currency),
                goes_to=GoesTo.LOSS,
                dispute=row,
            )
            left -= part
    return settled
