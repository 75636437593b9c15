"""Owns the doors to held money: fund, release, refund, carry over, look.

Never knows why any of it happens.

References (holding, contract, payer, payee) are the caller's own strings. Doors that write are
called inside a command and return the facts that became true in it; doors that talk to Stripe are
called outside any transaction and hand the facts to `on_fact` inside the transaction that makes
them true. Prices are ex VAT; a holding keeps price and the assistant's VAT, and the client fee
waits beside it.

Inside a command:   request_funding, release, refund, carry_over
Outside:            start_checkout, charge_saved_card, refresh, cancel_funding
Anywhere:           balance, holding_of, preview
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from payments import checkout, errors, fundings, holdings, movements
from payments.config import now
from payments.database import connection
from payments.facts import FundsCarried, FundsRefunded, FundsReleased, OnFact
from payments.fees import FeeTerms, Share, next_part, take
from payments.holdings import Backing
from payments.ledger import book, chart, postings
from payments.ledger.postings import Kind
from payments.models import Funding, FundingStatus, Holding, MovementKind
from payments.money import Money

_OPEN = (
    FundingStatus.REQUESTED,
    FundingStatus.CHECKOUT,
    FundingStatus.PROCESSING,
    FundingStatus.FAILED,
)


async def request_funding(
    *,
    holding: str,
    contract: str,
    payer: str,
    payee: str,
    price: Money,
    terms: FeeTerms,
    description: str,
    locale: str,
) -> Funding:
    """Ask the payer for `price` (plus VAT and fee) for a holding, inside a command.

    Nothing is charged yet.

    Asking for the same again returns the request that is open. A holding may be funded in parts:
    their lines sum to the quote of the whole. Another amount replaces a request that nobody went to
    pay; once a payment page was opened it raises FundingUnderWay (see cancel_funding).
    TermsMismatch when people or currency are not the holding's.
    """
    row = await holdings.opened(
        holding=holding, contract=contract, payer=payer, payee=payee, currency=price.currency
    )
    if price.minor <= 0:
        raise ValueError("there is nothing to fund")
    earlier = (
        await Funding.filter(holding_id=holding)
        .exclude(status=FundingStatus.CANCELLED)
        .order_by("created_at")
    )
    for funding in earlier:
        if funding.status in _OPEN:
            if funding.price == price:
                return funding
            if funding.session is not None or funding.status is FundingStatus.PROCESSING:
                raise errors.FundingUnderWay(str(funding.id))
            await fundings.move(funding, FundingStatus.CANCELLED)  # nobody was asked to pay it
    kept = (f.price for f in earlier if f.status is not FundingStatus.CANCELLED)
    already = Money.sum(kept, price.currency)
    share = next_part(already, price, terms)
    return await Funding.create(
        id=uuid4(),
        holding_id=row.id,
        status=FundingStatus.REQUESTED,
        currency=price.currency,
        price_minor=share.price,
        price_vat_minor=share.price_vat,
        client_fee_minor=share.client_fee,
        client_fee_vat_minor=share.client_fee_vat,
        assistant_fee_minor=share.assistant_fee,
        assistant_fee_vat_minor=share.assistant_fee_vat,
        description=description,
        locale=locale,
        created_at=now(),
    )


async def start_checkout(
    funding_id: UUID,
    success_url: str,
    cancel_url: str,
    *,
    payer_name: str | None = None,
    payer_email: str | None = None,
    fee_description: str = "Service fee",
) -> str:
    """Outside a transaction: the address of the hosted payment page.

    While that page is open, asking again returns the same; once it expired or failed, a new one is
    made. Raises AlreadyFunded, PaymentProcessing (ask `refresh`), UnknownFunding,
    StripeUnavailable, StripeRefused.
    """
    return await checkout.start(
        funding_id,
        success_url,
        cancel_url,
        payer_name=payer_name,
        payer_email=payer_email,
        fee_description=fee_description,
    )


async def refresh(funding_id: UUID, on_fact: OnFact) -> FundingStatus:
    """Ask Stripe how a payment stands and apply it, as its event would; outside a transaction.

    For the page the payer returns to.
    """
    return await checkout.refresh(funding_id, on_fact)


async def charge_saved_card(funding_id: UUID, on_fact: OnFact) -> FundingStatus:
    """Outside a transaction: charges the payer's saved card without the payer, once per request.

    A decline, a bank that wants its customer present, or no saved card: status failed and
    FundingFailed with reason (`authentication_required`, `no_saved_card`, a decline code); then
    `start_checkout` is the way.
    """
    return await checkout.charge_saved_card(funding_id, on_fact)


async def cancel_funding(funding_id: UUID, on_fact: OnFact) -> FundingStatus:
    """Close a request that was not paid; outside a transaction.

    If it was paid meanwhile, that wins (see status).
    """
    return await checkout.cancel(funding_id, on_fact)


async def release(
    *,
    key: str,
    holding: str,
    payee: str,
    price: Money | None = None,
    transfer_after: datetime | None = None,
) -> tuple[FundsReleased, ...]:
    """Make a part (None: all that is left) the payee's and queue its transfer, inside a command.

    The same key again does nothing and returns nothing. Raises InsufficientFunds, HoldingFrozen,
    UnknownHolding, TermsMismatch, KeyReused.
    """
    row = await holdings.locked(holding)
    if row.payee != payee:
        raise errors.TermsMismatch(f"holding {holding} is for another payee")
    if await _done(f"release:{key}", price):
        return ()
    share, backing = await holdings.take_out(row, price)
    posting = postings.release(share, holding=holding, contract=row.contract, payee=payee)
    await _post(posting, f"release:{key}", row, share)
    left = share.net
    for part in backing:
        amount = min(left, part.minor)
        if amount:
            await _queue(
                MovementKind.TRANSFER, row, Backing(part.funding_id, amount), key, transfer_after
            )
            left -= amount
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
        ),
    )


async def refund(
    *, key: str, holding: str, price: Money | None = None
) -> tuple[FundsRefunded, ...]:
    """Give a part (None: all that is left) back to the payer, inside a command.

    The client fee of that part goes back with it.

    Same key, same errors as `release`.
    """
    row = await holdings.locked(holding)
    if await _done(f"refund_due:{key}", price):
        return ()
    share, backing = await holdings.take_out(row, price)
    posting = postings.refund_due(share, holding=holding, contract=row.contract, payer=row.payer)
    await _post(posting, f"refund_due:{key}", row, share)
    for part in backing:
        await _queue(MovementKind.REFUND, row, part, key, None)
    return (
        FundsRefunded(
            **_people(row),
            key=key,
            price=share.money(share.price),
            held=share.money(share.held),
            returned=share.money(share.total),
        ),
    )


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
    await holdings.put(rows[target], share, backing)
    carried = FundsCarried(
        **_people(rows[source]),
        key=key,
        target=target,
        price=share.money(share.price),
        held=share.money(share.held),
    )
    return (carried,)


async def _done(key: str, price: Money | None) -> bool:
    """Whether this was done under the key; KeyReused when it was done for another price."""
    earlier = await book.find(key)
    if earlier is not None and price is not None and earlier.ref.get("price") != str(price.minor):
        raise errors.KeyReused(f"{key} was used for another price")
    return earlier is not None


async def _post(
    posting: postings.Posting, key: str, row: Holding, share: Share, **ref: str
) -> None:
    await book.post(
        posting,
        key=key,
        contract=row.contract,
        holding=row.id,
        ref={"price": str(share.price), **ref},
    )


async def _queue(
    kind: MovementKind, row: Holding, part: Backing, cause: str, at: datetime | None
) -> None:
    funding = await holdings.locked_funding(part.funding_id)
    assert funding.charge is not None, "money without a charge"
    field = "transferred_minor" if kind is MovementKind.TRANSFER else "refunded_minor"
    setattr(funding, field, getattr(funding, field) + part.minor)
    await funding.save(update_fields=[field])
    await movements.queue(
        kind,
        Money(part.minor, row.currency),
        holding=row,
        charge=funding.charge,
        cause=cause,
        funding_id=funding.id,
        at=at,
    )


def _people(row: Holding) -> dict[str, str]:
    return {"holding": row.id, "contract": row.contract, "payer": row.payer, "payee": row.payee}


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the held money of a holding went, fees apart.

    What came in (`funded` and `carried`, which is negative when more left than came) is `released +
    refunded + held + disputed`. `price` is what may still be released.
    """

    funded: Money
    carried: Money
    released: Money
    refunded: Money
    held: Money
    disputed: Money
    price: Money


async def balance(holding: str) -> Balance:
    """What the ledger says about a holding, read consistently. Raises UnknownHolding."""
    row = await Holding.get_or_none(id=holding)
    if row is None:
        raise errors.UnknownHolding(holding)
    sums: dict[Kind, int] = {}
    for booked in await book.of_holding(holding):
        sums[booked.kind] = sums.get(booked.kind, 0) - booked.amount(chart.held(holding))
    contested = await _contested(row)

    def of(*kinds: Kind) -> int:
        return sum(sums.get(kind, 0) for kind in kinds)

    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    return Balance(
        funded=money(of(Kind.FUND)),
        carried=money(of(Kind.CARRY)),
        released=money(-of(Kind.RELEASE, Kind.CLAWBACK, Kind.DEBT)),
        refunded=money(-of(Kind.REFUND_DUE)),
        held=money(sum(sums.values()) - contested),
        disputed=money(contested - of(Kind.DISPUTE_LOST)),
        price=money(row.price_minor),
    )


async def _contested(row: Holding) -> int:
    """The part of what is held that a bank disputes right now."""
    query = """
SELECT coalesce(sum(l.left_minor), 0)::bigint AS minor FROM payment_lot l
 WHERE l.holding_id = $1
   AND EXISTS (SELECT FROM payment_dispute d
                WHERE d.funding_id = l.funding_id AND d.status = 'open')
"""
    rows = await connection().execute_query_dict(query, [row.id])
    pool, minor = row.pool, int(rows[0]["minor"])
    return pool.held * minor // pool.total if minor else 0


async def holding_of(funding_id: UUID) -> str | None:
    """The holding a payment request is for, so that the caller can check whose page it is."""
    row = await Funding.get_or_none(id=funding_id)
    return row.holding_id if row else None


async def preview(holding: str, price: Money | None = None) -> Share:
    """The exact lines a release or refund of this price would take now, in minor units.

    Raises InsufficientFunds.
    """
    row = await Holding.get_or_none(id=holding)
    if row is None:
        raise errors.UnknownHolding(holding)
    wanted = row.price_minor if price is None else price.minor
    if not 0 < wanted <= row.price_minor:
        raise errors.InsufficientFunds(holding)
    return take(row.pool, wanted)
