"""Owns giving a tip or bonus: asked, paid by card, the assistant's at once; never holds money.

No fee is taken unless the operator's setting says so; the client never pays one on a tip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from marketplace.billing.events import TipGiven
from marketplace.billing.models import Tip
from marketplace.billing.queries import tips as queries
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import clock, events, held
from marketplace.core.db import command, lock
from marketplace.core.errors import Conflict, Forbidden
from marketplace.core.events import on_fact
from marketplace.core.i18n import DEFAULT, LOCALES, _, gettext
from marketplace.core.settings import settings
from marketplace.parties import queries as parties
from marketplace.work.rules import CurrencyNotHeld
from payments import escrow
from payments.errors import NotSettled
from payments.fees import FeeTerms
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.billing.schemas.tips import TipDraft
    from marketplace.web.sessions import Viewer
    from payments import facts
    from payments.models import Funding


class NoTipYet(Conflict):
    """Nothing was released yet, or this contract's payments are made outside."""

    message = _("A tip is possible once a part of the work was approved and paid.")


class OtherTip(Conflict):
    """The same request came with another amount."""

    message = _("This tip was asked for otherwise. Reload the page.")


@command
async def ask(viewer: Viewer, contract_id: UUID, draft: TipDraft) -> Tip:
    """Ask for a tip's money (business), once a request.

    Raises Held, Forbidden, NoTipYet, OtherTip, CurrencyNotHeld.
    """
    await held.refuse()
    contract = await contracts.get(viewer, contract_id)
    if not viewer.acts_for(contract.business_id):
        raise Forbidden
    if not await queries.possible(contract):
        raise NoTipYet
    # Two clicks at once wait for each other here, so that the second finds the first one's tip.
    await lock(Contract, contract_id)
    tip_id = _id_of(contract_id, draft.request_id)
    earlier = await Tip.get_or_none(pk=tip_id)
    if earlier is not None:
        if earlier.amount_minor != draft.amount_minor:
            raise OtherTip
        return earlier
    try:
        funding = await _request(contract, tip_id, draft)
    except NotSettled:
        raise CurrencyNotHeld(currency=contract.currency) from None
    return await Tip.create(
        id=tip_id,
        contract_id=contract.id,
        given_by_id=viewer.person_id,
        funding_id=funding.id,
        amount_minor=draft.amount_minor,
        currency=contract.currency,
        note=draft.note,
        asked_at=clock.now(),
    )


async def _request(contract: Contract, tip_id: UUID, draft: TipDraft) -> Funding:
    agreed = contracts.agreement(contract).fees
    return await escrow.request_tip(
        holding=str(tip_id),
        contract=str(contract.id),
        payer=str(contract.business_id),
        payee=str(contract.assistant_id),
        amount=Money(draft.amount_minor, contract.currency),
        description=f"{contract.number} · {gettext('Tip', contract.language)}",
        locale=draft.locale if draft.locale in LOCALES else DEFAULT,
        terms=FeeTerms(
            client_bps=0,
            assistant_bps=settings().tip_fee_bps,
            assistant_fee_vat_ppm=agreed.assistant_fee_vat_ppm,
        ),
    )


def _id_of(contract_id: UUID, request_id: UUID) -> UUID:
    """The tip's own id, which names its money.

    Never one that a person could choose: under a unit's, its money would leave as a tip, without
    review or fee.
    """
    return uuid5(contract_id, str(request_id))


async def pay(viewer: Viewer, tip: Tip, locale: str, *, saved_card: bool) -> str | None:
    """Charge the saved card, or give the payment page's address; None when the card has paid.

    Not inside a command. A card that is refused, or whose bank asks its holder, leads to the page.
    """
    if saved_card:
        status = await escrow.charge_saved_card(tip.funding_id, on_fact)
        if str(status) in {"funded", "processing"}:
            return None
    contract = await contracts.by_id(tip.contract_id)
    here = f"{settings().base_url}/{locale}/contracts/{contract.id}/tips"
    business = await parties.by_id(contract.business_id)
    return await escrow.start_checkout(
        tip.funding_id,
        f"{here}/{tip.id}/paid",
        here,
        payer_name=business.legal_name or business.display_name,
        payer_email=viewer.person.email,
    )


async def finish(tip: Tip) -> str:
    """Ask Stripe at once how the payment went and apply it; the status. Its event will agree."""
    return str(await escrow.refresh(tip.funding_id, on_fact))


async def on_tip_released(fact: facts.TipReleased) -> None:
    """The tip is paid, in the transaction that posts it."""
    tip = await lock(Tip, UUID(fact.holding))
    if tip.paid_at is None:
        tip.paid_at = clock.now()
        await tip.save(update_fields=["paid_at"])
        await events.record(TipGiven(tip.id))
