"""Owns asking the payer for money and the ways in which the payer pays it. Never releases it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from payments import checkout, errors, fundings, holdings
from payments.config import config, now
from payments.facts import OnFact
from payments.fees import FeeTerms, Quote, Share, next_part
from payments.models import Funding, FundingStatus, Purpose
from payments.money import Money

_OPEN = (
    FundingStatus.REQUESTED,
    FundingStatus.CHECKOUT,
    FundingStatus.PROCESSING,
    FundingStatus.FAILED,
)
_FREE = FeeTerms(client_bps=0, assistant_bps=0)


async def request_funding(  # noqa: PLR0913 - every part of the request is named
    *,
    holding: str,
    contract: str,
    payer: str,
    payee: str,
    price: Money,
    terms: FeeTerms,
    description: str,
    locale: str,
    latest_release: datetime | None = None,
) -> Funding:
    """Ask the payer for `price` (plus VAT and fee) for a holding, inside a command.

    Nothing is charged yet.

    Asking for the same on the same terms again returns the request that is open. A holding may be
    funded in parts: their lines sum to the quote of the whole. Another amount, fee or VAT replaces
    a request that nobody went to pay; once a payment page was opened it raises FundingUnderWay (see
    cancel_funding). TermsMismatch when people or currency are not the holding's. HoldTooLong when
    `latest_release`, the last day on which this money may leave by the contract, is further away
    than money may be held (config.HoldLimits.refuse_days). NotSettled when Stripe would convert it
    (config.settles).
    """
    _within_limits(latest_release)
    _settled(price.currency)
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
            if _same(funding, earlier, price, terms):
                return funding
            if funding.session is not None or funding.status is FundingStatus.PROCESSING:
                raise errors.FundingUnderWay(str(funding.id))
            await fundings.move(funding, FundingStatus.CANCELLED)  # nobody was asked to pay it
    kept = [f for f in earlier if f.status is not FundingStatus.CANCELLED]
    await holdings.agreed(row, terms)
    share = _next(kept, price, terms)
    return await _create(
        row.id, share, purpose=Purpose.HOLD, description=description, locale=locale
    )


def _same(funding: Funding, asked: list[Funding], price: Money, terms: FeeTerms) -> bool:
    """Whether an open request asks for the same, with the same fees and VAT (or is being paid)."""
    if funding.price != price or funding.status is FundingStatus.PROCESSING:
        return funding.price == price
    others = [each for each in asked if each.id != funding.id]
    return funding.share == _next(others, price, terms)


def _next(earlier: list[Funding], price: Money, terms: FeeTerms) -> Share:
    return next_part(Money.sum((f.price for f in earlier), price.currency), price, terms)


async def quote_funding(*, holding: str, price: Money, terms: FeeTerms) -> Quote:
    """Every line of what `request_funding` of this price would charge now, to the minor unit."""
    earlier = await Funding.filter(holding_id=holding).exclude(status=FundingStatus.CANCELLED)
    for funding in earlier:
        if funding.status in _OPEN and _same(funding, earlier, price, terms):
            return funding.share.quote
    replaced = (FundingStatus.REQUESTED, FundingStatus.FAILED)
    kept = [each for each in earlier if each.status not in replaced]
    return _next(kept, price, terms).quote


async def request_tip(
    *,
    holding: str,
    contract: str,
    payer: str,
    payee: str,
    amount: Money,
    description: str,
    locale: str,
    terms: FeeTerms = _FREE,
) -> Funding:
    """Ask the payer for a tip or bonus that is the payee's as soon as it is paid; in a command.

    `holding` is a new reference of the tip's own. Nobody takes a fee unless `terms` say so. Paid
    like any funding (`start_checkout`, `charge_saved_card`); then TipReleased comes instead of
    FundsSecured. Asking again under the same reference returns the same request; another amount
    raises FundingUnderWay; NotSettled as in `request_funding`.
    """
    _settled(amount.currency)
    row = await holdings.opened(
        holding=holding, contract=contract, payer=payer, payee=payee, currency=amount.currency
    )
    if amount.minor <= 0:
        raise ValueError("there is nothing to give")
    earlier = await Funding.filter(holding_id=holding).exclude(status=FundingStatus.CANCELLED)
    if earlier:
        if earlier[0].price == amount and earlier[0].purpose is Purpose.TIP:
            return earlier[0]
        raise errors.FundingUnderWay(str(earlier[0].id))
    await holdings.agreed(row, terms)
    share = next_part(Money.zero(amount.currency), amount, terms)
    return await _create(row.id, share, purpose=Purpose.TIP, description=description, locale=locale)


def _settled(currency: str) -> None:
    if currency not in config().settles:
        raise errors.NotSettled(currency)


def _within_limits(latest_release: datetime | None) -> None:
    days = config().limits.refuse_days
    if latest_release is not None and latest_release > now() + timedelta(days=days):
        raise errors.HoldTooLong(days=days)


async def _create(
    holding: str, share: Share, *, purpose: Purpose, description: str, locale: str
) -> Funding:
    return await Funding.create(
        id=uuid4(),
        holding_id=holding,
        status=FundingStatus.REQUESTED,
        purpose=purpose,
        currency=share.currency,
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
