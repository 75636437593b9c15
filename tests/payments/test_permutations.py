"""Stripe's news shuffled, doubled, delayed by days and older than their objects: one final state.

Everything happens at the local Stripe first, while our webhook only stores. Then the same news are
applied to copies of that database, each in another order. The objects do not change any more, so
each is read from Stripe once and the answer is kept: what is permuted is our side.

`PERMUTATIONS` sets their number; the nightly run is
`PERMUTATIONS=1000 ./test tests/payments/test_permutations.py`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from marketplace.core import clock, db
from payments import escrow, inbox, payouts
from payments.config import now
from payments.database import connection
from payments.gateway import accounts, balance, disputes, moving, paying
from payments.models import EventStatus, Movement, MovementKind, Payee, StripeEvent
from tests.fixtures.services import PostgresServer
from tests.payments.conftest import Facts, Stripe, advance, eur, requested

PERMUTATIONS = int(os.environ.get("PERMUTATIONS", "40"))
READS = {
    accounts: ("account",),
    balance: ("payout",),
    disputes: ("dispute",),
    moving: ("refund", "reversals", "transfer"),
    paying: ("intent", "session"),
}

_STATE = """
SELECT 'funding ' || holding_id AS what, status || ' ' || refunded_minor AS state
  FROM payment_funding
 UNION ALL SELECT 'movement ' || id, status || ' ' || (settled_at IS NOT NULL) FROM payment_movement
 UNION ALL SELECT 'dispute ' || id, status FROM payment_dispute
 UNION ALL SELECT 'payee ' || id, status FROM payment_payee
 UNION ALL SELECT 'holding ' || id, price_minor || ' ' || (frozen_at IS NOT NULL)
             FROM payment_holding
 UNION ALL SELECT 'account ' || code, balance_minor::text FROM ledger_balance
 UNION ALL SELECT 'key ' || key, kind FROM ledger_transaction
"""


async def story(stripe: Stripe) -> None:
    """Payments, a change of mind, disputes won and lost, a transfer and a refund cut off."""
    await stripe.fund(eur(100_000), holding="sent")
    async with in_transaction():
        await escrow.release(key="r", holding="sent", payee="assistant", price=eur(60_000))
        await escrow.refund(key="b", holding="sent")
    await payouts.ensure_payee(
        payee="assistant", email="a@example.org", name="A", country="FR", locale="fr"
    )
    await payouts.onboarding_link("assistant", "http://x/ok", "http://x/again")
    account = (await Payee.get(id="assistant")).account
    assert account is not None
    await stripe.control(f"onboard/{account}")
    for holding, cards in {
        "good": ["4242424242424242"],
        "second try": ["4000000000000002", "4242424242424242"],
        "won": ["4000000000000259"],
        "lost": ["4000000000000259"],
    }.items():
        funding = await requested(eur(20_000), holding=holding)
        url = await escrow.start_checkout(funding, "http://x/ok", "http://x/no")
        for card in cards:
            await stripe.pay(url, card)
    await requested(eur(20_000), holding="late")
    await stripe.arrived()
    opened = await StripeEvent.filter(type="v1.charge.dispute.created").order_by("received_at")
    for event, result in zip(opened, ("won", "lost"), strict=True):
        await stripe.control(f"disputes/{event.object}", result=result)
    for movement in await Movement.all():  # workers that died before they heard the answer
        metadata = {"movement": str(movement.id)}
        key = f"movement:{movement.id}"
        if movement.kind is MovementKind.REFUND:
            await moving.create_refund(
                amount=movement.amount, charge=movement.charge, metadata=metadata, key=key
            )
        else:
            await moving.create_transfer(
                amount=movement.amount,
                account=account,
                charge=movement.charge,
                group="contract:c1",
                metadata=metadata,
                key=key,
            )
    await stripe.arrived()


def remembered(read: Callable[[str], Awaitable[Any]]) -> Callable[[str], Awaitable[Any]]:
    known: dict[str, Any] = {}

    async def once(name: str) -> Any:
        if name not in known:
            known[name] = await read(name)
        return known[name]

    return once


async def apply_all(chance: random.Random) -> dict[str, str]:
    """Every piece of news in some order, some twice, with hours and days in between."""
    facts = Facts()
    names: list[UUID] = [row.id for row in await StripeEvent.filter(status=EventStatus.RECEIVED)]
    chance.shuffle(names)
    names += chance.sample(names, len(names) // 4)
    for name in names:
        await inbox.apply(name, facts)
        if chance.random() < 0.1:
            await advance(chance.choice((60, 3_600, 86_400)))
    for _ in range(40):
        if not await StripeEvent.filter(status=EventStatus.WAITING).exists():
            break
        await advance(7 * 3_600)
        for name in await inbox.pending(200):
            await inbox.apply(name, facts)
    left = await StripeEvent.exclude(status__in=[EventStatus.APPLIED, EventStatus.IGNORED])
    assert [(row.type, row.status.value, row.failure) for row in left] == []
    rows = await connection().execute_query_dict(_STATE)
    return {row["what"]: row["state"] for row in rows}


async def test_no_order_of_news_leads_to_a_wrong_state(
    stripe: Stripe,
    database: str,
    migrated: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await story(stripe)
    await stripe.control("hooks", clear=True)  # nothing new from now on, whatever the time is
    for home, reads in READS.items():
        for read in reads:
            monkeypatch.setattr(home, read, remembered(getattr(home, read)))
    await db.close_db()
    began, source = now(), database.rsplit("/", 1)[-1].partition("?")[0]
    wrong, expected = 0, dict[str, str]()
    try:
        for number in range(PERMUTATIONS):
            name = migrated.create(source)
            await db.init_db(migrated.dsn(name), pool=2)
            try:
                state = await apply_all(random.Random(number))
            finally:
                await db.close_db()
                migrated.drop(name)
                clock.advance(int((began - now()).total_seconds()))
            expected = expected or state
            wrong += state != expected
    finally:
        await db.init_db()
    assert {k.partition(" ")[0] for k in expected} >= {"funding", "movement", "dispute", "account"}
    assert expected["funding won"].startswith("funded")
    assert sorted(v for k, v in expected.items() if k.startswith("dispute")) == ["lost", "won"]
    assert {v for k, v in expected.items() if k.startswith("movement")} == {"sent true"}
    assert wrong == 0
