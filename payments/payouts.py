"""Owns whether a payee can be paid: their account at Stripe and its onboarding.

Never sends money; movements does.

Outside a transaction: onboarding_link, dashboard_link, refresh_payee. Anywhere: ensure_payee,
payee_status.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from payments import errors, movements
from payments.config import now
from payments.database import connection, forbid_command, require_command, transaction
from payments.facts import BankRefused, OnFact, PayeeChanged, PayeeVerified
from payments.gateway import accounts as gateway
from payments.gateway.views import AccountView, PayoutView
from payments.models import Payee, PayeeStatus

TRANSITIONS: Final[dict[PayeeStatus, frozenset[PayeeStatus]]] = {
    PayeeStatus.NONE: frozenset(
        {PayeeStatus.ONBOARDING, PayeeStatus.RESTRICTED, PayeeStatus.ACTIVE}
    ),
    PayeeStatus.ONBOARDING: frozenset({PayeeStatus.RESTRICTED, PayeeStatus.ACTIVE}),
    PayeeStatus.RESTRICTED: frozenset({PayeeStatus.ACTIVE}),
    PayeeStatus.ACTIVE: frozenset({PayeeStatus.RESTRICTED}),
}


_CHECKED: Final = ("requirements", "checked_at", "verified", "refused")
_REFUSED: Final = ("rejected", "unsupported")
_BANK: Final = ("bank_failed_at", "bank_failure", "bank_payout")


@dataclass(frozen=True, slots=True)
class PayeeView:
    """`requirements` are what Stripe still wants from the payee, as Stripe names them.

    `bank_failure` is Stripe's code of the last payout, when the payee's bank sent it back.
    `refused`: Stripe pays them out never; `checking`: it has everything and looks at it.
    """

    status: PayeeStatus
    requirements: tuple[str, ...] = ()
    bank_failure: str | None = None
    bank_failed_at: datetime | None = None
    refused: bool = False
    checking: bool = False


async def payee_status(payee: str) -> PayeeView:
    """Whether a payee can be paid.

    None (never set up), onboarding, restricted or active. Only active payees receive transfers;
    money released before waits for them.
    """
    row = await Payee.get_or_none(id=payee)
    if row is None:
        return PayeeView(PayeeStatus.NONE)
    unsettled = row.status in (PayeeStatus.ONBOARDING, PayeeStatus.RESTRICTED) and not row.refused
    return PayeeView(
        row.status,
        tuple(row.requirements),
        row.bank_failure,
        row.bank_failed_at,
        row.refused,
        checking=unsettled and row.checked_at is not None and not row.requirements,
    )


async def ensure_payee(
    *, payee: str, email: str, name: str, country: str, locale: str
) -> PayeeView:
    """Notes who the payee is, until their account at Stripe is made with the first onboarding link.

    Inside a command or not. `country` is ISO 3166-1 alpha-2.
    """
    await connection().execute_query_dict(
        "INSERT INTO payment_payee (id, status, email, name, country, locale, created_at)"
        " VALUES ($1, 'none', $2, $3, $4, $5, $6)"
        " ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name,"
        " country = excluded.country, locale = excluded.locale"
        " WHERE payment_payee.account IS NULL",
        [payee, email, name, country.upper(), locale, now()],
    )
    return await payee_status(payee)


async def forget_payee(payee: str) -> None:
    """Keep no name and address of a payee, inside a command; the account at Stripe is theirs."""
    require_command()
    await Payee.filter(id=payee, account=None).delete()
    await Payee.filter(id=payee).update(email="", name="")


async def onboarding_link(payee: str, return_url: str, refresh_url: str) -> str:
    """The address of Stripe's own form for this payee.

    Short-lived, one visit. Outside a transaction.

    Creates the account at Stripe the first time. Raises PayeeUnknown before `ensure_payee`,
    StripeRefused (for example a country Stripe does not pay out to) or StripeUnavailable.
    """
    forbid_command()
    row = await Payee.get_or_none(id=payee)
    if row is None:
        raise errors.PayeeUnknown(payee)
    return await gateway.create_account_link(
        account=row.account or await _create_account(row),
        return_url=return_url,
        refresh_url=refresh_url,
    )


async def _create_account(row: Payee) -> str:
    # One key always comes with the same parameters: corrected details are another request.
    details = f"{row.email}\n{row.name}\n{row.country}\n{row.locale}"
    made = await gateway.create_account(
        payee=row.id,
        email=row.email,
        name=row.name,
        country=row.country,
        locale=row.locale,
        key=f"payee:{row.id}:{hashlib.sha256(details.encode()).hexdigest()[:16]}",
    )
    await transaction(lambda: _created(row.id, made))
    return made.id


async def _created(payee: str, made: AccountView) -> None:
    row = await Payee.filter(id=payee).select_for_update().get()
    if row.account is None:
        row.account, row.requirements = made.id, list(made.requirements)
        await _move(row, PayeeStatus.ONBOARDING, "account", "requirements")


async def refresh_payee(payee: str, on_fact: OnFact) -> PayeeView:
    """Asks Stripe how the account stands, as its event would. For the page the payee returns to."""
    forbid_command()
    row = await Payee.get_or_none(id=payee)
    if row is None or row.account is None:
        raise errors.PayeeUnknown(payee)
    asked = now()
    view = await gateway.account(row.account)
    with suppress(errors.NotYet):  # news of it was faster, and is as new
        await transaction(lambda: settle_account(view, on_fact, asked=asked))
    return await payee_status(payee)


async def settle_account(view: AccountView, on_fact: OnFact, *, asked: datetime) -> bool:
    """Apply an account as Stripe has it, inside a command. False when it is not one of ours.

    `asked`: when Stripe was asked for it. NotYet when another picture was applied since: it may be
    the newer one, so ask again.
    """
    require_command()
    row = await Payee.filter(account=view.id).select_for_update().get_or_none()
    if row is None:
        if "payee" in view.metadata:
            raise errors.NotYet(f"{view.id} is being created")
        return False
    if row.checked_at is not None and row.checked_at > asked:
        raise errors.NotYet(f"{view.id} was looked at meanwhile")
    row.requirements, row.checked_at = list(view.requirements), now()
    status, before = _status(row.status, view.transfers), row.verified
    row.refused = view.transfers in _REFUSED
    row.verified = status is PayeeStatus.ACTIVE and view.cleared
    if status is row.status:
        await row.save(update_fields=_CHECKED)
    else:
        await _move(row, status, *_CHECKED)
        if status is PayeeStatus.ACTIVE:
            await movements.payee_ready(row.id)
        await on_fact(PayeeChanged(row.id, status.value))
    if row.verified is not before:
        await on_fact(PayeeVerified(row.id, row.verified))
    return True


async def dashboard_link(payee: str) -> str:
    """The address of an active payee's own pages at Stripe; outside a transaction.

    Raises PayeeUnknown before the account exists.
    """
    forbid_command()
    row = await Payee.get_or_none(id=payee)
    if row is None or row.account is None:
        raise errors.PayeeUnknown(payee)
    return await gateway.create_login_link(row.account)


async def settle_payout(view: PayoutView, account: str, on_fact: OnFact) -> bool:
    """Apply a payout to a payee's own bank as Stripe has it now, inside a command.

    A failure is told once and stays until a later payout arrives. False when it is nobody's here.
    """
    require_command()
    row = await Payee.filter(account=account).select_for_update().get_or_none()
    if row is None:
        return False
    if view.status == "failed" and row.bank_payout != view.id:
        if row.bank_failed_at is not None and view.created < row.bank_failed_at:
            return True  # older news of another payout
        row.bank_failed_at, row.bank_payout = view.created, view.id
        row.bank_failure = view.failure or "could_not_process"
        await row.save(update_fields=_BANK)
        await on_fact(BankRefused(row.id, view.amount, row.bank_failure))
    elif view.status == "paid" and row.bank_failed_at and view.created > row.bank_failed_at:
        row.bank_failed_at = row.bank_failure = row.bank_payout = None
        await row.save(update_fields=_BANK)
    return True


def _status(before: PayeeStatus, transfers: str) -> PayeeStatus:
    if transfers == "active":
        return PayeeStatus.ACTIVE
    if transfers in _REFUSED or before in (
        PayeeStatus.ACTIVE,
        PayeeStatus.RESTRICTED,
    ):
        return PayeeStatus.RESTRICTED
    return PayeeStatus.ONBOARDING


async def _move(row: Payee, status: PayeeStatus, *fields: str) -> None:
    """The only writer of a payee's status."""
    assert status in TRANSITIONS[row.status], f"{row.status} -> {status}"
    row.status = status
    await row.save(update_fields=["status", *fields])
