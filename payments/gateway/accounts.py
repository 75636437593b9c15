"""Owns the calls to Stripe about payees' accounts, one function per call; never moves money."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from stripe import Payout
from stripe.v2.core import Account

from payments.gateway.client import call, client
from payments.gateway.objects import metadata_of, money
from payments.gateway.views import AccountView, PayoutView


async def create_account(
    *, payee: str, email: str, name: str, country: str, locale: str, key: str
) -> AccountView:
    """A recipient account: it can receive transfers; we collect fees and bear losses."""
    params: Any = {
        "contact_email": email,
        "display_name": name,
        "dashboard": "express",
        "identity": {"country": country.lower()},
        "configuration": {
            "recipient": {
                "capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}
            }
        },
        "defaults": {
            "locales": [locale],
            "responsibilities": {
                "fees_collector": "application",
                "losses_collector": "application",
            },
        },
        "metadata": {"payee": payee},
        "include": ["configuration.recipient", "requirements"],
    }
    made = await call(
        "v2.core.accounts.create",
        lambda: client().v2.core.accounts.create_async(params, {"idempotency_key": key}),
    )
    return _account(made)


async def account(account_id: str) -> AccountView:
    """A payee's account as it is now."""
    params: Any = {"include": ["configuration.recipient", "requirements"]}
    found = await call(
        "v2.core.accounts.retrieve",
        lambda: client().v2.core.accounts.retrieve_async(account_id, params),
    )
    return _account(found)


async def payout(payout_id: str, account: str) -> PayoutView:
    """A payout from a payee's balance to their own bank."""
    found: Payout = await call(
        "payouts.retrieve",
        lambda: client().v1.payouts.retrieve_async(payout_id, options={"stripe_account": account}),
    )
    return PayoutView(
        found.id,
        found.status,
        money(found.amount, found.currency),
        found.failure_code,
        datetime.fromtimestamp(found.created, UTC),
    )


async def create_login_link(account: str) -> str:
    """The address of the payee's own pages at Stripe, for one visit: bank details, payouts."""
    made = await call(
        "accounts.login_links.create",
        lambda: client().v1.accounts.login_links.create_async(account),
    )
    return made.url


async def create_account_link(*, account: str, return_url: str, refresh_url: str) -> str:
    """The address of Stripe's own onboarding form; valid for minutes, once."""
    params: Any = {
        "account": account,
        "use_case": {
            "type": "account_onboarding",
            "account_onboarding": {"return_url": return_url, "refresh_url": refresh_url},
        },
    }
    made = await call(
        "v2.core.account_links.create", lambda: client().v2.core.account_links.create_async(params)
    )
    return made.url


def _account(found: Account) -> AccountView:
    recipient = found.configuration.recipient if found.configuration else None
    capabilities = recipient.capabilities if recipient else None
    balance = capabilities.stripe_balance if capabilities else None
    transfers = balance.stripe_transfers if balance else None
    wanted = found.requirements.entries if found.requirements else None
    return AccountView(
        found.id,
        "rejected" if found.closed else transfers.status if transfers else "none",
        tuple(entry.description for entry in wanted or () if entry.awaiting_action_from == "user"),
        found.requirements is not None and not wanted,
        metadata_of(found),
    )
