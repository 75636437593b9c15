"""Owns the decision that released money comes back, and from where. Never reverses by itself.

A transfer that has not left is withdrawn; one that left is reversed, and only then is the payer
refunded; what cannot come back becomes the payee's debt, which later releases pay off first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from payments import errors, holdings, movements, reversals
from payments.config import now
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
    MovementStatus,
    Outcome,
)
from payments.money import Money
from payments.taking import take

_UNSENT = (MovementStatus.QUEUED, MovementStatus.WAITING_PAYEE)
_GONE = (MovementStatus.FAILED, MovementStatus.WITHDRAWN)


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
    share = await _returned(row, price)
    if not client_fee_too or goes_to is GoesTo.LOSS:
        share = replace(share, client_fee=0, client_fee_vat=0)
    await Clawback.create(
        id=key,
        holding_id=row.id,
        goes_to=goes_to,
        decided_by=decided_by,
        reason=reason,
        currency=row.currency,
        price_minor=share.price,
        dispute=dispute.id if dispute else None,
        created_at=now(),
    )
    sources = await _sources(row, share.net, dispute.charge if dispute else None)
    facts = _Heard()
    for source, part in zip(sources, _parts(share, [s.minor for s in sources]), strict=True):
        await _take(row, key, source, part, facts)
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


async def _returned(row: Holding, price: Money | None) -> Share:
    released = row.released
    wanted = released.price if price is None else price.minor
    if price is not None and price.currency != row.currency:
        raise errors.TermsMismatch(f"released in {row.currency}")
    if not 0 < wanted <= released.price:
        raise errors.NothingReleased(f"{wanted} of {released.price} {row.currency}")
    share = take(released, wanted)
    await row.store_released(released.minus(share))
    return share


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a part of the net comes from: a transfer, or (None) what a debt had already kept."""

    transfer: Movement | None
    minor: int


async def _sources(row: Holding, net: int, charge: str | None) -> list[_Source]:
    """Transfers of this holding, the newest first; those that did not leave before those that did.

    Those out of a lost `charge` before all others: the others' charges still bear refunds. What is
    left over never was transferred, because it paid a debt: that debt is there again.
    """
    transfers = (
        await Movement.filter(holding=row.id, kind=MovementKind.TRANSFER)
        .exclude(status__in=_GONE)
        .order_by("-created_at", "-id")
        .select_for_update()
    )
    left, sources = net, list[_Source]()
    for transfer in sorted(transfers, key=lambda t: (t.charge != charge, not _unsent(t))):
        part = min(left, transfer.amount_minor - transfer.reversed_minor)
        if part > 0:
            sources.append(_Source(transfer, part))
            left -= part
    if left or not sources:
        sources.append(_Source(None, left))
    return sources


def _unsent(transfer: Movement) -> bool:
    return (
        transfer.status in _UNSENT
        and transfer.first_sent_at is None
        and transfer.reversed_minor == 0
    )


def _parts(share: Share, nets: Sequence[int]) -> list[Share]:
    """One share for each amount of net, summing to the whole; the first carries every fee."""
    parts, held_before, price_before = list[Share](), 0, 0
    fees = (share.client_fee, share.client_fee_vat, share.assistant_fee, share.assistant_fee_vat)
    for number, net in enumerate(nets):
        held = net + (share.commission if number == 0 else 0)
        held_until = held_before + held
        price_until = share.price * held_until // share.held if share.held else 0
        price = min(price_until - price_before, held)
        lines = fees if number == 0 else (0, 0, 0, 0)
        parts.append(Share(share.currency, price, held - price, *lines))
        held_before, price_before = held_until, price_before + price
    return parts


async def _take(row: Holding, key: str, source: _Source, share: Share, facts: _Heard) -> None:
    part = ClawbackPart(
        id=uuid4(),
        clawback_id=key,
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
    if transfer is not None and not _unsent(transfer):
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
