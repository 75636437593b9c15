"""Owns what is inside a holding: its lines and the charges behind them.

Never talks to Stripe, never posts.

Every function runs inside a command and expects the holding's row to be locked: one command at a
time per holding.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from payments import errors
from payments.config import now
from payments.database import connection, require_command
from payments.fees import FeeTerms, Share
from payments.models import Funding, Holding, Lot
from payments.money import Money
from payments.taking import left_of, take


@dataclass(frozen=True, slots=True)
class Backing:
    """A part of one charge, in what the payer paid."""

    funding_id: UUID
    minor: int


async def opened(*, holding: str, contract: str, payer: str, payee: str, currency: str) -> Holding:
    """The holding, locked.

    Opened at its first mention. TermsMismatch when it belongs to other people.
    """
    require_command()
    await connection().execute_query_dict(
        "INSERT INTO payment_holding (id, contract, payer, payee, currency, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
        [holding, contract, payer, payee, currency, now()],
    )
    row = await locked(holding)
    if (row.contract, row.payer, row.payee, row.currency) != (contract, payer, payee, currency):
        raise errors.TermsMismatch(f"holding {holding} was opened otherwise")
    return row


async def agreed(row: Holding, terms: FeeTerms | None) -> None:
    """Keeps the terms that its money is asked for under, or comes with."""
    if terms is not None and row.fee_terms != terms:
        row.terms = terms.as_json()
        await row.save(update_fields=["terms"])


async def locked(holding: str) -> Holding:
    """The holding, locked until the command ends. Raises UnknownHolding."""
    require_command()
    row = await Holding.filter(id=holding).select_for_update().get_or_none()
    if row is None:
        raise errors.UnknownHolding(holding)
    return row


async def locked_many(*holdings: str) -> dict[str, Holding]:
    """Several holdings, locked in one order so that two such commands never wait for each other."""
    return {holding: await locked(holding) for holding in sorted(set(holdings))}


async def locked_funding(funding_id: UUID) -> Funding:
    """The payment request, locked until the command ends. Raises UnknownFunding."""
    require_command()
    row = await Funding.filter(id=funding_id).select_for_update().get_or_none()
    if row is None:
        raise errors.UnknownFunding(str(funding_id))
    return row


async def put(holding: Holding, share: Share, backing: list[Backing]) -> None:
    """Adds lines and the charges they came with."""
    assert share.total == sum(part.minor for part in backing), "lines and charges differ"
    await holding.store_pool(holding.pool.plus(share))
    for part in backing:
        await connection().execute_query_dict(
            "INSERT INTO payment_lot AS l (id, holding_id, funding_id, left_minor, created_at)"
            " VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (holding_id, funding_id)"
            " DO UPDATE SET left_minor = l.left_minor + excluded.left_minor",
            [uuid4(), holding.id, part.funding_id, part.minor, now()],
        )


async def take_out(holding: Holding, price: Money | None) -> tuple[Share, list[Backing]]:
    """Removes a part (None: all) by price, with the charges behind it, oldest first.

    Raises InsufficientFunds when less is held, HoldingFrozen while a dispute is open.
    """
    if holding.frozen_at is not None:
        raise errors.HoldingFrozen(holding.id)
    pool = holding.pool
    wanted = pool.price if price is None else price.minor
    if price is not None and price.currency != holding.currency:
        raise errors.TermsMismatch(f"held in {holding.currency}")
    if not 0 < wanted <= pool.price:
        raise errors.InsufficientFunds(f"{wanted} of {pool.price} {holding.currency}")
    share = take(pool, wanted, holding.fee_terms)
    return share, await _draw(holding, share)


async def take_charge(holding: Holding, funding_id: UUID, at_most_minor: int) -> Share | None:
    """Removes what one charge still backs here, up to an amount.

    For a charge the bank took back. None if nothing.
    """
    lot = (
        await Lot.filter(holding_id=holding.id, funding_id=funding_id)
        .select_for_update()
        .get_or_none()
    )
    pool = holding.pool
    backed = min(lot.left_minor if lot else 0, at_most_minor)
    if lot is None or backed == 0:
        return None
    price = (
        pool.price if backed >= pool.total else min(pool.price, pool.price * backed // pool.total)
    )
    terms = holding.fee_terms
    share = take(pool, price, terms) if price else None
    while (
        share is not None and share.total > backed
    ):  # rounding of the VAT lines, at most a few cents
        price -= 1
        share = take(pool, price, terms) if price else None
    if share is not None:
        await holding.store_pool(left_of(pool, share, terms))
        lot.left_minor -= share.total
        await lot.save(update_fields=["left_minor"])
    return share


async def _draw(holding: Holding, share: Share) -> list[Backing]:
    await holding.store_pool(left_of(holding.pool, share, holding.fee_terms))
    wanted, drawn = share.total, []
    lots = (
        await Lot.filter(holding_id=holding.id, left_minor__gt=0)
        .order_by("created_at", "id")
        .select_for_update()
    )
    for lot in lots:
        part = min(lot.left_minor, wanted)
        if part == 0:
            break
        lot.left_minor -= part
        await lot.save(update_fields=["left_minor"])
        drawn.append(Backing(lot.funding_id, part))
        wanted -= part
    assert wanted == 0, "a holding had more lines than charges"
    return drawn
