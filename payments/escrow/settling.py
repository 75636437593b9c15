"""Owns taking money out of a holding: to the payee, back to the payer, on to another holding.

Never asks for money and never takes back what was released.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from payments import errors, holdings, movements, releases
from payments.config import now
from payments.database import connection, require_command
from payments.facts import FundsCarried, FundsRefunded, FundsReleased
from payments.fees import Share
from payments.holdings import Backing
from payments.ledger import balanced, book, postings
from payments.models import Holding, Movement, MovementKind, MovementStatus
from payments.money import Money


async def release(
    *,
    key: str,
    holding: str,
    payee: str,
    price: Money | None = None,
    transfer_after: datetime | None = None,
) -> tuple[FundsReleased, ...]:
    """Make a part (None: all that is left) the payee's and queue its transfer, inside a command.

    A debt of the payee's (see take_back) is set off first: `set_off` says how much is not
    transferred. The same key again does nothing and returns nothing. Raises InsufficientFunds,
    HoldingFrozen, UnknownHolding, TermsMismatch, KeyReused.
    """
    row = await holdings.locked(holding)
    if row.payee != payee:
        raise errors.TermsMismatch(f"holding {holding} is for another payee")
    if await _done(f"release:{key}", price):
        return ()
    share, backing = await holdings.take_out(row, price)
    set_off = await releases.release(row, share, backing, key=f"release:{key}", at=transfer_after)
    return (
        FundsReleased(
            **_people(row),
            key=key,
            price=share.money(share.price),
            held=share.money(share.held),
            net=share.money(share.net),
            assistant_fee=share.money(share.assistant_fee),
            assistant_fee_vat=share.money(share.assistant_fee_vat),
            client_fee=share.money(share.client_fee),
            client_fee_vat=share.money(share.client_fee_vat),
            set_off=set_off,
        ),
    )


async def refund(
    *, key: str, holding: str, price: Money | None = None
) -> tuple[FundsRefunded, ...]:
    """Give a part (None: all that is left) back to the payer, inside a command.

    The client fee of that part goes back with it. What was paid by direct debit stays the payer's
    credit until a person sends it (`send_credit`): its payer could also take it back at the bank.

    Same key, same errors as `release`.
    """
    row = await holdings.locked(holding)
    if await _done(f"refund_due:{key}", price):
        return ()
    share, backing = await holdings.take_out(row, price)
    posting = postings.refund_due(share, holding=holding, contract=row.contract, payer=row.payer)
    await _post(posting, f"refund_due:{key}", row, share)
    for part in backing:
        await _refund(row, part, key)
    return (
        FundsRefunded(
            **_people(row),
            key=key,
            price=share.money(share.price),
            held=share.money(share.held),
            returned=share.money(share.total),
        ),
    )


async def split(
    *,
    key: str,
    holding: str,
    payee: str,
    to_payee: Money,
    transfer_after: datetime | None = None,
) -> tuple[FundsReleased | FundsRefunded, ...]:
    """Settle all that is left at once: `to_payee` (ex VAT) is released, the rest refunded.

    Fees and VAT follow in proportion, and the two parts sum to what was held, to the cent. Zero
    refunds everything, all of it releases everything. Same key, same errors as `release`.
    """
    row = await holdings.locked(holding)
    left = row.price_minor
    earlier = await book.find(f"release:{key}") or await book.find(f"refund_due:{key}")
    if earlier is not None:
        released = earlier.ref["price"] if earlier.key.startswith("release:") else "0"
        if released != str(to_payee.minor):
            raise errors.KeyReused(f"{key} was used for another split")
        return ()
    if not 0 <= to_payee.minor <= left or left == 0:
        raise errors.InsufficientFunds(f"{to_payee} of {left}")
    done: tuple[FundsReleased | FundsRefunded, ...] = ()
    if to_payee:
        done += await release(
            key=key, holding=holding, payee=payee, price=to_payee, transfer_after=transfer_after
        )
    if to_payee.minor < left:
        done += await refund(key=key, holding=holding)
    return done


async def carry_over(
    *, key: str, source: str, target: str, price: Money | None = None
) -> tuple[FundsCarried, ...]:
    """Move a part (None: all that is left) to another holding of the contract, inside a command.

    For example from one week to the next. The client fee moves with it; nothing is charged. Same
    key, same errors as `release`.
    """
    first = await Holding.get_or_none(id=source)
    if first is None:
        raise errors.UnknownHolding(source)
    if source == target:
        raise errors.TermsMismatch("a holding is not carried to itself")
    await connection().execute_query_dict(
        "INSERT INTO payment_holding (id, contract, payer, payee, currency, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
        [target, first.contract, first.payer, first.payee, first.currency, now()],
    )
    rows = await holdings.locked_many(source, target)
    if _people(rows[source]) | {"holding": ""} != _people(rows[target]) | {"holding": ""}:
        raise errors.TermsMismatch(f"{source} and {target} belong to different contracts")
    if await _done(f"carry:{key}", price):
        return ()
    share, backing = await holdings.take_out(rows[source], price)
    posting = postings.carry(share, source=source, target=target)
    await _post(posting, f"carry:{key}", rows[source], share, target=target)
    if rows[target].fee_terms is None or not rows[target].pool.total:
        # Taxed as it was paid, whatever terms were asked for there when nothing came of it.
        await holdings.agreed(rows[target], rows[source].fee_terms)
    await holdings.put(rows[target], share, backing)
    carried = FundsCarried(
        **_people(rows[source]),
        key=key,
        target=target,
        price=share.money(share.price),
        held=share.money(share.held),
    )
    return (carried,)


async def resend_refund(movement_id: UUID) -> UUID:
    """Send a refund that came back from the payer's bank once more, inside a command.

    Gives the new movement; asking again gives the same. Raises NotReturned when this movement is
    not a refund that failed.
    """
    require_command()
    old = await Movement.filter(id=movement_id).select_for_update().get_or_none()
    failed = old is not None and old.status is MovementStatus.FAILED
    if old is None or not failed or old.kind is not MovementKind.REFUND:
        raise errors.NotReturned(str(movement_id))
    cause = f"resend:{old.id}"
    again = await Movement.get_or_none(cause=cause)
    if again is not None:
        return again.id
    funding = None
    if old.funding_id is not None:
        funding = await holdings.locked_funding(old.funding_id)
        funding.refunded_minor += old.amount_minor
        await funding.save(update_fields=["refunded_minor"])
    made = await movements.queue(
        MovementKind.REFUND,
        old.amount,
        holding=await Holding.get(id=old.holding),
        charge=old.charge,
        cause=cause,
        funding_id=funding.id if funding else None,
    )
    return made.id


async def send_credit(movement_id: UUID) -> None:
    """Send a refund of a direct debit that waits for a person, inside a command.

    Again does nothing.
    """
    await movements.send_credit(movement_id)


async def _done(key: str, price: Money | None) -> bool:
    """Whether this was done under the key; KeyReused when it was done for another price."""
    earlier = await book.find(key)
    if earlier is not None and price is not None and earlier.ref.get("price") != str(price.minor):
        raise errors.KeyReused(f"{key} was used for another price")
    return earlier is not None


async def _post(
    posting: balanced.Posting, key: str, row: Holding, share: Share, **ref: str
) -> None:
    await book.post(
        posting,
        key=key,
        contract=row.contract,
        holding=row.id,
        ref={"price": str(share.price), **ref},
    )


async def _refund(row: Holding, part: Backing, cause: str) -> None:
    funding = await holdings.locked_funding(part.funding_id)
    assert funding.charge is not None, "money without a charge"
    funding.refunded_minor += part.minor
    await funding.save(update_fields=["refunded_minor"])
    await movements.queue(
        MovementKind.REFUND,
        Money(part.minor, row.currency),
        holding=row,
        charge=funding.charge,
        cause=cause,
        funding_id=funding.id,
        method=funding.method,
    )


def _people(row: Holding) -> dict[str, str]:
    return {"holding": row.id, "contract": row.contract, "payer": row.payer, "payee": row.payee}
