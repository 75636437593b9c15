"""Owns how a payer pays a funding: hosted page or saved card.

Never runs inside a transaction, because it talks to Stripe.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from payments import errors, fundings, holdings, payers
from payments.database import forbid_command, transaction
from payments.facts import OnFact
from payments.gateway import paying
from payments.gateway.views import IntentView, SessionView
from payments.models import Funding, FundingStatus, Holding, Payer

_PAYABLE = (FundingStatus.REQUESTED, FundingStatus.CHECKOUT, FundingStatus.FAILED)


async def start(
    funding_id: UUID,
    success_url: str,
    cancel_url: str,
    *,
    payer_name: str | None = None,
    payer_email: str | None = None,
    fee_description: str = "Service fee",
) -> str:
    """See escrow.start_checkout."""
    forbid_command()
    funding, holding = await _payable(funding_id)
    if funding.session is not None and funding.status is FundingStatus.CHECKOUT:
        session = await paying.session(funding.session)
        if session.status == "open" and session.url is not None:
            return session.url
        if session.status == "complete":
            raise errors.PaymentProcessing(str(funding_id))
    if funding.session is not None:
        funding = await _next_attempt(funding)
    page = _Page(success_url, cancel_url, fee_description)
    known = await payers.customer(holding.payer, payer_name, payer_email)
    try:
        session = await _open(funding, holding, known, page)
    except errors.IdempotencyConflict:  # an attempt that was cut off, with other return addresses
        funding = await _next_attempt(funding)
        session = await _open(funding, holding, known, page)
    except errors.StripeFailed:
        await _next_attempt(funding)  # Stripe keeps a failure under its key for a day
        raise
    if session.url is None:
        raise errors.PaymentProcessing(str(funding_id))
    await transaction(lambda: _opened(funding.id, session))
    return session.url


@dataclass(frozen=True, slots=True)
class _Page:
    success_url: str
    cancel_url: str
    fee_description: str


async def _open(funding: Funding, holding: Holding, payer: str, page: _Page) -> SessionView:
    share = funding.share
    return await paying.create_session(
        customer=payer,
        lines=[
            (funding.description, share.money(share.held)),
            (page.fee_description, share.money(share.deferred)),
        ],
        group=f"contract:{holding.contract}",
        metadata=_metadata(funding, holding),
        locale=funding.locale,
        success_url=page.success_url,
        cancel_url=page.cancel_url,
        key=f"checkout:{funding.id}:{funding.attempt}",
    )


async def _payable(funding_id: UUID) -> tuple[Funding, Holding]:
    funding = await Funding.get_or_none(id=funding_id)
    if funding is None or funding.status is FundingStatus.CANCELLED:
        raise errors.UnknownFunding(str(funding_id))
    if funding.status is FundingStatus.FUNDED:
        raise errors.AlreadyFunded(str(funding_id))
    if funding.status not in _PAYABLE:
        raise errors.PaymentProcessing(str(funding_id))
    return funding, await Holding.get(id=funding.holding_id)


async def _next_attempt(seen: Funding) -> Funding:
    """A new key for a new try of the payer; two tabs that ask at once share one attempt."""

    async def count() -> Funding:
        funding = await holdings.locked_funding(seen.id)
        if funding.attempt == seen.attempt:
            funding.attempt += 1
            await funding.save(update_fields=["attempt"])
        return funding

    return await transaction(count)


async def _opened(funding_id: UUID, session: SessionView) -> None:
    funding = await holdings.locked_funding(funding_id)
    if funding.status in _PAYABLE:
        funding.session, funding.session_url, funding.failure = session.id, session.url, None
        await fundings.move(funding, FundingStatus.CHECKOUT, "session", "session_url", "failure")


def _metadata(funding: Funding, holding: Holding) -> dict[str, str]:
    return {"funding": str(funding.id), "holding": holding.id, "contract": holding.contract}


async def refresh(funding_id: UUID, on_fact: OnFact) -> FundingStatus:
    """See escrow.refresh."""
    forbid_command()
    funding = await Funding.get_or_none(id=funding_id)
    if funding is None:
        raise errors.UnknownFunding(str(funding_id))
    if funding.status in (FundingStatus.FUNDED, FundingStatus.CANCELLED):
        return funding.status
    intent_id = funding.intent
    if funding.session is not None:
        session = await paying.session(funding.session)
        intent_id = session.intent or intent_id
        await transaction(lambda: fundings.settle_session(session, on_fact))
    if intent_id is not None:
        await _apply(await paying.intent(intent_id), on_fact)
    return (await Funding.get(id=funding_id)).status


async def _apply(intent: IntentView, on_fact: OnFact) -> None:
    try:
        await transaction(lambda: fundings.settle_intent(intent, on_fact))
    except errors.NotYet:
        # The event, or the next look, will find the rest.
        await transaction(lambda: fundings.on_its_way(intent))


async def charge_saved_card(funding_id: UUID, on_fact: OnFact) -> FundingStatus:
    """See escrow.charge_saved_card."""
    forbid_command()
    funding, holding = await _payable(funding_id)
    if funding.status is not FundingStatus.REQUESTED:
        return funding.status
    payer = await Payer.get_or_none(id=holding.payer)
    card = await payers.default_card(payer) if payer is not None else None
    if payer is None or card is None:
        await transaction(lambda: fundings.refused(funding_id, "no_saved_card", on_fact))
        return FundingStatus.FAILED
    try:
        intent = await paying.create_intent(
            customer=payer.customer,
            method=card.id,
            amount=funding.total,
            group=f"contract:{holding.contract}",
            description=funding.description,
            metadata=_metadata(funding, holding),
            key=f"charge:{funding.id}:{funding.attempt}",
        )
    except (errors.CardDeclined, errors.AmountRefused) as declined:
        reason = declined.code
        await transaction(lambda: fundings.refused(funding_id, reason, on_fact))
    else:
        await _apply(intent, on_fact)
    return (await Funding.get(id=funding_id)).status


async def cancel(funding_id: UUID, on_fact: OnFact) -> FundingStatus:
    """See escrow.cancel_funding."""
    forbid_command()
    status = await refresh(funding_id, on_fact)
    funding = await Funding.get(id=funding_id)
    if status is FundingStatus.CHECKOUT and funding.session is not None:
        try:
            await paying.expire_session(funding.session, key=f"expire:{funding.session}")
        except errors.StripeRefused:  # paid in this moment
            return await refresh(funding_id, on_fact)

    async def close() -> FundingStatus:
        row = await holdings.locked_funding(funding_id)
        if row.status in _PAYABLE:
            row.session_url = None
            await fundings.move(row, FundingStatus.CANCELLED, "session_url")
        return row.status

    return await transaction(close)
