"""Payees' accounts, our own balance and the list of events, on the sandbox and on Stripe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from payments import errors
from payments.gateway import accounts, balance, events
from payments.gateway.views import BalanceLine
from tests.payments.gateway.conftest import Backend, charge_of, eur, key, paid


async def test_a_payees_account_waits_for_its_onboarding(backend: Backend) -> None:
    used = key()
    made, again = [
        await accounts.create_account(
            payee="ana", email="ana@example.org", name="Ana", country="FR", locale="fr", key=used
        )
        for _ in range(2)
    ]
    assert made.id == again.id
    assert made.transfers not in ("active", "none")
    assert made.requirements
    assert made.metadata["payee"] == "ana"
    assert (await accounts.account(made.id)).requirements == made.requirements
    url = await accounts.create_account_link(
        account=made.id,
        return_url="https://example.org/done",
        refresh_url="https://example.org/again",
    )
    assert url.startswith("http")


async def test_an_account_that_finished_can_receive(paying_out: Backend) -> None:
    payee = await paying_out.payee()
    assert (await accounts.account(payee)).transfers == "active"


async def test_an_unknown_account_is_refused(backend: Backend) -> None:
    with pytest.raises(errors.StripeRefused):
        await accounts.account("acct_0000000000000000")


async def test_every_payment_is_a_line_of_our_balance(backend: Backend) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    charge = charge_of(await paid(eur(7_000), "pm_card_bypassPending"))

    async def mine() -> list[BalanceLine]:
        return [line async for line in balance.balance_lines(since) if line.source == charge]

    (line,) = await backend.eventually(mine, bool)
    assert line.type == "charge"
    assert 6_000 < line.net.minor < 7_000
    assert line.created >= since


async def test_only_what_is_available_can_leave(backend: Backend) -> None:
    await paid(eur(7_000), "pm_card_bypassPending")
    there = await backend.eventually(
        lambda: balance.available("EUR"), lambda amount: amount.minor > 100
    )
    with pytest.raises(errors.StripeRefused) as refused:
        await balance.create_payout(
            amount=eur(there.minor + 100_000_00), metadata={"movement": "p1"}, key=key()
        )
    assert refused.value.code == "balance_insufficient"
    sent = await balance.create_payout(amount=eur(100), metadata={"movement": "p2"}, key=key())
    seen = await balance.payout(sent)
    assert (seen.kind, seen.amount) == ("payout", eur(100))
    assert seen.status in ("pending", "in_transit", "paid")


async def test_what_happened_is_listed_by_its_object(backend: Backend) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    made = await paid(eur(5_000))

    async def told() -> set[str]:
        return {news.type async for news in events.news(since) if news.object == made.id}

    wanted = {"v1.payment_intent.created", "v1.payment_intent.succeeded"}
    await backend.eventually(told, lambda types: wanted <= types)
