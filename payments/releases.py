"""Owns how what was taken out of a holding becomes the payee's. Never decides that it should.

Runs inside a command, with the holding locked.
"""

from __future__ import annotations

from datetime import datetime

from payments import holdings, movements
from payments.database import connection
from payments.fees import Share
from payments.holdings import Backing
from payments.ledger import book, chart, postings
from payments.ledger.balanced import Kind
from payments.models import Holding, MovementKind
from payments.money import Money


async def release(
    row: Holding,
    share: Share,
    backing: list[Backing],
    *,
    key: str,
    kind: Kind = Kind.RELEASE,
    at: datetime | None = None,
) -> Money:
    """Posts it, pays an earlier debt of the payee, queues the transfers of the rest.

    `key` is `release:...` or `tip:...`. Gives what was set off against the debt.
    """
    make = postings.tip if kind is Kind.TIP else postings.release
    cause = key.partition(":")[2] if kind is Kind.RELEASE else key
    await book.post(
        make(share, holding=row.id, contract=row.contract, payee=row.payee),
        key=key,
        contract=row.contract,
        holding=row.id,
        ref={"price": str(share.price)},
    )
    await row.store_released(row.released.plus(share))
    owed = await _set_off(row, share.net, cause)
    left = share.net - owed
    for part in backing:
        amount = min(left, part.minor)
        if amount:
            await _transfer(row, Backing(part.funding_id, amount), cause, at)
            left -= amount
    return share.money(owed)


async def _set_off(row: Holding, net: int, cause: str) -> int:
    """What the payee owes us stays here; two releases at once never set the same debt off twice."""
    debt = chart.receivable(row.payee)
    if (await book.balance(debt, row.currency)).minor <= 0:
        return 0
    lock = "SELECT 1 AS one FROM pg_advisory_xact_lock(hashtextextended($1, 0))"
    await connection().execute_query_dict(lock, [debt])
    amount = min(net, (await book.balance(debt, row.currency)).minor)
    if amount <= 0:
        return 0
    await book.post(
        postings.set_off(Money(amount, row.currency), payee=row.payee),
        key=f"set_off:{cause}",
        contract=row.contract,
        holding=row.id,
    )
    return amount


async def _transfer(row: Holding, part: Backing, cause: str, at: datetime | None) -> None:
    funding = await holdings.locked_funding(part.funding_id)
    assert funding.charge is not None, "money without a charge"
    funding.transferred_minor += part.minor
    await funding.save(update_fields=["transferred_minor"])
    await movements.queue(
        MovementKind.TRANSFER,
        Money(part.minor, row.currency),
        holding=row,
        charge=funding.charge,
        cause=cause,
        funding_id=funding.id,
        at=at,
    )
