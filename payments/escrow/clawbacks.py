"""Owns the decision that released money comes back, and from where. Never reverses by itself.

A transfer that has not left is withdrawn; one that left is reversed, and only then is the payer
refunded; what cannot come back becomes the payee's debt, which later releases pay off first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from payments import errors, holdings, movements, reversals
from payments.config import now
from payments.escrow.sources import Piece, pieces, pieces_of, unsent
from payments.facts import ClawbackSettled, Fact
from payments.fees import Share
from payments.ledger import book, chart
from payments.models import (
    BankDispute,
    Clawback,
    ClawbackPart,
    GoesTo,
    Holding,
    Movement,
    MovementKind,
    Outcome,
)
from payments.money import Money


async def take_back(
    *,
    key: str,
    holding: str,
    decided_by: str,
    reason: str,
    price: Money | None = None,
    goes_to: GoesTo = GoesTo.PAYER,
    client_fee_too: bool = False,
    dispute: BankDispute | None = None,
) -> tuple[ClawbackSettled, ...]:
    """Take a part (None: all) of what was released of a holding back, inside a command.

    `decided_by` names the person who decided it: nothing is ever taken from a payee without one.
    `goes_to` the payer (a refund follows each reversal), or `loss`: it covers a bank dispute that
    was lost after the release (`dispute`; see `recover`). The assistant's fee and its VAT return in
    proportion, the client's only with `client_fee_too`.

    Gives what is settled at once; a reversal settles later, as a ClawbackSettled fact. The same key
    again does nothing and returns nothing. Raises NothingReleased, HoldingFrozen, UnknownHolding,
    KeyReused.
    """
    row = await holdings.locked(holding)
    earlier = await Clawback.get_or_none(id=key)
    if earlier is not None:
        if price is not None and price.minor != earlier.price_minor:
            raise errors.KeyReused(f"{key} was used for another price")
        return ()
    if not decided_by:
        raise ValueError("a named person decides that")
    if row.frozen_at is not None and goes_to is GoesTo.PAYER:
        raise errors.HoldingFrozen(holding)
    wanted = _wanted(row, price)
    found = await pieces(row, wanted, dispute.charge if dispute else None)
    clawback = Clawback(
        id=key,
        holding_id=row.id,
        goes_to=goes_to,
        decided_by=decided_by,
        reason=reason,
        currency=row.currency,
        price_minor=wanted,
        dispute=dispute.id if dispute else None,
        created_at=now(),
    )
    return await _carry_out(clawback, row, found, client_fee_too)


async def take_back_unsent(
    *, key: str, movement: UUID, decided_by: str, reason: str
) -> tuple[ClawbackSettled, ...]:
    """All that was released with a transfer that cannot leave goes back to the payer; in a command.

    With the client's fee, as nobody was paid. `decided_by` and the same key again: see `take_back`.
    Raises NotLeaving when a part of it has left, or may have; HoldingFrozen.
    """
    transfer = await Movement.get(id=movement)
    row = await holdings.locked(transfer.holding)
    if await Clawback.exists(id=key):
        return ()
    if row.frozen_at is not None:
        raise errors.HoldingFrozen(row.id)
    found = await pieces_of(row, movement)
    if not found:
        raise errors.NotLeaving(str(movement))
    clawback = Clawback(
        id=key,
        holding_id=row.id,
        goes_to=GoesTo.PAYER,
        decided_by=decided_by,
        reason=reason,
        currency=row.currency,
        price_minor=sum(each.share.price for each in found),
        created_at=now(),
    )
    return await _carry_out(clawback, row, found, client_fee_too=True)


async def _carry_out(
    clawback: Clawback, row: Holding, found: Sequence[Piece], client_fee_too: bool
) -> tuple[ClawbackSettled, ...]:
    await _kept(row, found)
    if not client_fee_too or clawback.goes_to is GoesTo.LOSS:
        found = [
            replace(each, share=replace(each.share, client_fee=0, client_fee_vat=0))
            for each in found
        ]
    await clawback.save(force_create=True)
    facts = _Heard()
    for piece in found:
        await _take(row, clawback.id, piece, facts)
    return tuple(facts.seen)


async def refund_released(
    *, key: str, holding: str, decided_by: str, price: Money | None = None
) -> tuple[ClawbackSettled, ...]:
    """The payee gives a part (None: all) of what was released back to the payer; in a command.

    The client fee of that part goes back too. As `take_back` otherwise.
    """
    return await take_back(
        key=key,
        holding=holding,
        decided_by=decided_by,
        reason="refund by the payee",
        price=price,
        client_fee_too=True,
    )


async def debt_of(payee: str, currency: str) -> Money:
    """What a payee owes us after clawbacks that could not be executed."""
    return await book.balance(chart.receivable(payee), currency)


class _Heard:
    """Collects the facts of this command."""

    def __init__(self) -> None:
        self.seen: list[ClawbackSettled] = []

    async def __call__(self, fact: Fact) -> None:
        assert isinstance(fact, ClawbackSettled)
        self.seen.append(fact)


def _wanted(row: Holding, price: Money | None) -> int:
    released = row.released
    wanted = released.price if price is None else price.minor
    if price is not None and price.currency != row.currency:
        raise errors.TermsMismatch(f"released in {row.currency}")
    if not 0 < wanted <= released.price:
        raise errors.NothingReleased(f"{wanted} of {released.price} {row.currency}")
    return wanted


async def _kept(row: Holding, found: Sequence[Piece]) -> None:
    """Writes what stays released after these pieces."""
    left = row.released
    for piece in found:
        left = left.minus(piece.share)
    # A client fee that stayed with an earlier part counts as gone: it never comes back by itself.
    await row.store_released(Share(row.currency, *(max(minor, 0) for minor in left.amounts())))


async def _take(row: Holding, key: str, source: Piece, facts: _Heard) -> None:
    share = source.share
    part = ClawbackPart(
        id=uuid4(),
        clawback_id=key,
        release=source.release,
        outcome=Outcome.OPEN,
        currency=share.currency,
        price_minor=share.price,
        price_vat_minor=share.price_vat,
        client_fee_minor=share.client_fee,
        client_fee_vat_minor=share.client_fee_vat,
        assistant_fee_minor=share.assistant_fee,
        assistant_fee_vat_minor=share.assistant_fee_vat,
        created_at=now(),
    )
    transfer = source.transfer
    if transfer is not None and not unsent(transfer):
        transfer.reversed_minor += source.minor
        await transfer.save(update_fields=["reversed_minor"])
        movement = await movements.queue(
            MovementKind.REVERSAL,
            share.money(source.minor),
            holding=row,
            charge=transfer.charge,
            cause=key,
            funding_id=transfer.funding_id,
            reverses=transfer.id,
        )
        part.movement_id = movement.id
        await part.save(force_create=True)
        return
    await part.save(force_create=True)
    outcome = Outcome.DEBT if transfer is None else Outcome.WITHDRAWN
    if transfer is not None:
        await movements.withdraw(transfer, source.minor)
    await movements.send_back(await reversals.settle(part.id, outcome, facts))
