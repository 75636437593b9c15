"""Owns which releases a clawback takes back, line by line, and through which transfers.

Never decides that it should, never moves anything. What comes back mirrors what was released, one
release after the other, so that each paper that follows corrects exactly one invoice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from payments import movements
from payments.fees import FeeTerms, Share, net_of, tax_on
from payments.ledger import book, chart
from payments.ledger.balanced import Kind
from payments.ledger.lines import share_of
from payments.models import (
    Clawback,
    ClawbackPart,
    Holding,
    Movement,
    MovementKind,
    MovementStatus,
)
from payments.money import half_up
from payments.taking import take

_GONE = (MovementStatus.FAILED, MovementStatus.WITHDRAWN, MovementStatus.PAID_BY_HAND)


@dataclass(frozen=True, slots=True)
class Piece:
    """What comes back through one transfer, or (None) of what had paid a debt.

    `release` is the key of the transaction that released it; None for what was taken back before
    that was kept. `minor` is the net that comes back.
    """

    release: str | None
    transfer: Movement | None
    minor: int
    share: Share


@dataclass(frozen=True, slots=True)
class _Release:
    key: str | None
    left: Share
    transfers: list[Movement]


def unsent(transfer: Movement) -> bool:
    """Whether a transfer has surely not left, and no reversal waits for it."""
    return movements.unsent(transfer) and transfer.reversed_minor == 0


async def pieces(row: Holding, price_minor: int, charge: str | None) -> list[Piece]:
    """Where a price that was released of a holding comes back from; the holding is locked.

    First what was released out of a lost `charge`, since the others' charges still bear refunds;
    of those first what did not leave yet, and the newest before the older.
    """
    found, left = list[Piece](), price_minor
    for release in await _releases(row, charge):
        price = min(left, release.left.price)
        if price:
            whole = price == release.left.price
            share = release.left if whole else take(release.left, price, row.fee_terms)
            found += _split(release, share, row.fee_terms)
            left -= price
    return found


async def pieces_of(row: Holding, transfer_id: UUID) -> list[Piece]:
    """Where the whole release comes back from that a transfer pays; the holding is locked.

    Nothing when a part of it has left, or when it is not kept which release that was.
    """
    for release in await _releases(row, None):
        if release.key and transfer_id in {each.id for each in release.transfers}:
            if release.left.price and all(unsent(each) for each in release.transfers):
                return _split(release, release.left, row.fee_terms)
            break
    return []


async def _releases(row: Holding, charge: str | None) -> list[_Release]:
    transfers = (
        await Movement.filter(holding=row.id, kind=MovementKind.TRANSFER)
        .exclude(status__in=_GONE)
        .order_by("-created_at", "-id")
        .select_for_update()
    )
    transfers.sort(key=lambda each: (each.charge != charge, not unsent(each)))
    earlier = await ClawbackPart.filter(
        clawback_id__in=await Clawback.filter(holding_id=row.id).values_list("id", flat=True)
    )
    if any(part.release is None for part in earlier):
        return [_Release(None, row.released, transfers)]
    found = []
    for each in reversed(await book.of_account(chart.held(row.id))):
        if each.kind not in (Kind.RELEASE, Kind.TIP):
            continue
        entries = [(entry.code, entry.amount.minor) for entry in each.entries]
        share = share_of(entries, price=int(each.ref["price"]), currency=row.currency)
        back = [part.share for part in earlier if part.release == each.key]
        cause = each.key.partition(":")[2] if each.kind is Kind.RELEASE else each.key
        mine = [transfer for transfer in transfers if transfer.cause == cause]
        found.append(_Release(each.key, _left(share, back, row.fee_terms), mine))
    order = {each.id: number for number, each in enumerate(transfers)}
    found.sort(key=lambda each: min((order[t.id] for t in each.transfers), default=len(order)))
    return found


def _left(share: Share, back: Iterable[Share], terms: FeeTerms | None) -> Share:
    """What of a release was not taken back; the client's fee may have stayed when a part was."""
    left = share
    for part in back:
        left = left.minus(part)
    fee = half_up(share.client_fee * left.price, share.price)
    if fee >= left.client_fee:
        return left
    if terms is None:
        tax = half_up(share.client_fee_vat * fee, share.client_fee)
    else:
        tax = tax_on(left.money(fee), terms.client_fee_vat_ppm).minor
    return replace(left, client_fee=fee, client_fee_vat=min(tax, left.client_fee_vat))


def _split(release: _Release, share: Share, terms: FeeTerms | None) -> list[Piece]:
    """One piece for each transfer, summing to the whole; the first carries every fee."""
    left, sources = share.net, list[tuple[Movement | None, int]]()
    for transfer in release.transfers:
        minor = min(left, transfer.amount_minor - transfer.reversed_minor)
        if minor > 0:
            sources.append((transfer, minor))
            left -= minor
    if left or not sources:
        sources.append((None, left))
    split, rest = list[Piece](), share
    for number, (source, net) in enumerate(sources, 1):
        part = rest
        if number < len(sources):
            held = rest.money(net + rest.commission)
            rates = terms.supplier_vat_ppm if terms else ()
            price = net_of(held, rates).minor if terms else rest.price * held.minor // rest.held
            price = min(price, rest.price, held.minor)
            part = replace(rest, price=price, price_vat=held.minor - price)
        split.append(Piece(release.key, source, net, part))
        rest = rest.minus(part)
    return split
