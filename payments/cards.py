"""Owns a payer's saved means of payment: saving without paying, listing, choosing, forgetting.

Never charges one (escrow.charge_saved_card does). What talks to Stripe runs outside a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from payments import errors, payers
from payments.database import connection, forbid_command
from payments.gateway import cards as gateway
from payments.gateway.views import MethodView
from payments.models import Payer

__all__ = [
    "MethodView",
    "Saved",
    "choose_default",
    "expires_on",
    "forget",
    "save_link",
    "saved_card",
    "saved_methods",
    "tell_once_of_expiry",
]


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved means of payment; `is_default`: the card that pays the weeks to come."""

    method: MethodView
    is_default: bool


async def save_link(
    payer: str,
    success_url: str,
    cancel_url: str,
    *,
    locale: str,
    currency: str = "EUR",
    payer_name: str | None = None,
    payer_email: str | None = None,
) -> str:
    """The address of a hosted page that saves a card or a mandate; nothing is charged.

    Raises StripeRefused or StripeUnavailable.
    """
    forbid_command()
    customer = await payers.customer(payer, payer_name, payer_email)
    return await gateway.create_setup_session(
        customer=customer,
        currency=currency,
        locale=locale,
        success_url=success_url,
        cancel_url=cancel_url,
        key=f"setup:{payer}:{await _visit(payer)}",
    )


async def _visit(payer: str) -> int:
    """Each visit is a new page: what its call is named after, in the payer's own row."""
    query = "UPDATE payment_payer SET setups = setups + 1 WHERE id = $1 RETURNING setups"
    (row,) = await connection().execute_query_dict(query, [payer])
    return int(row["setups"])


async def saved_methods(payer: str) -> tuple[Saved, ...]:
    """Everything a payer has saved, newest first. Empty for one we do not know."""
    forbid_command()
    row = await Payer.get_or_none(id=payer)
    if row is None:
        return ()
    methods = await gateway.saved_methods(row.customer)
    default = payers.chosen(row, methods)
    return tuple(Saved(each, each == default) for each in _without_twins(methods, default))


def _without_twins(methods: list[MethodView], default: MethodView | None) -> list[MethodView]:
    """Each card once, however often it was saved: the default, else the newest."""
    kept: dict[str, MethodView] = {}
    for method in methods:
        name = method.fingerprint or method.id
        if name not in kept or method == default:
            kept[name] = method
    return list(kept.values())


async def saved_card(payer: str) -> MethodView | None:
    """The card that would be charged now. None without one."""
    return next((each.method for each in await saved_methods(payer) if each.is_default), None)


async def choose_default(payer: str, method_id: str) -> None:
    """Have this card pay the weeks to come. Raises UnknownMethod for a mandate or a stranger's."""
    _find(await saved_methods(payer), method_id, kinds=(payers.CARD,))
    await Payer.filter(id=payer).update(default_method=method_id)


async def forget(payer: str, method_id: str) -> None:
    """Forget one for good, with its twins. Raises UnknownMethod when it is not this payer's."""
    gone = _find(await saved_methods(payer), method_id, kinds=(payers.CARD, "sepa_debit"))
    row = await Payer.get(id=payer)
    for method in await gateway.saved_methods(row.customer):
        if method.id == gone.id or (gone.fingerprint and method.fingerprint == gone.fingerprint):
            await gateway.detach(method.id, key=f"forget:{method.id}")
    await Payer.filter(id=payer, default_method=method_id).update(default_method=None)


def _find(saved: Sequence[Saved], method_id: str, kinds: tuple[str, ...]) -> MethodView:
    for each in saved:
        if each.method.id == method_id and each.method.kind in kinds:
            return each.method
    raise errors.UnknownMethod(method_id)


def expires_on(method: MethodView) -> date | None:
    """The first day on which a card no longer works; None for a mandate."""
    if method.exp_year is None or method.exp_month is None:
        return None
    return date(method.exp_year + method.exp_month // 12, method.exp_month % 12 + 1, 1)


async def tell_once_of_expiry(payer: str, method_id: str) -> bool:
    """Whether the payer was not told of this card's end yet; it counts as told from now on."""
    waiting = Payer.filter(id=payer).exclude(expiry_told=method_id)
    untold = await Payer.filter(id=payer, expiry_told=None).update(expiry_told=method_id)
    return bool(untold or await waiting.update(expiry_told=method_id))
