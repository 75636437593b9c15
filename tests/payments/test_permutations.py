"""Stripe's news shuffled, doubled, delayed by days and older than their objects: one final state.

Everything happens at the local Stripe first, while our webhook only stores. Then the same news are
applied again and again to the same rows, each time in another order. The objects do not change any more, so
each is read from Stripe once and the answer is kept: what is permuted is our side.

`PERMUTATIONS` sets their number for each story (`python -m tests.bench.proof orders` does 10,000).
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from marketplace.core import clock
from payments import escrow, inbox, payouts
from payments.config import now
from payments.database import connection
from payments.gateway import accounts, balance, disputes, moving, paying
from payments.models import EventStatus, Movement, MovementKind, Payee, StripeEvent
from tests.payments.conftest import Facts, Stripe, advance, eur, requested

PERMUTATIONS = int(os.environ.get("PERMUTATIONS", "334"))
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

_BOOKS = ("ledger_account", "ledger_transaction", "ledger_entry")
_POST_AGAIN = """
SELECT ledger_post(key, kind, lines, contract, holding, source, ref, created_at)
  FROM (SELECT * FROM kept.ledger_transaction ORDER BY id) kept_in_order
"""


async def money_leaves(stripe: Stripe) -> None:
    """A release that waits for its payee, a part given back, both sent by workers that died."""
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
    for movement in await Movement.all():
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


async def payers_pay(stripe: Stripe) -> None:
    """A good card, a change of card, and a request nobody has paid yet."""
    for holding, cards in {
        "good": ["4242424242424242"],
        "second try": ["4000000000000002", "4242424242424242"],
    }.items():
        await _pay(stripe, holding, cards)
    await requested(eur(20_000), holding="late")
    await stripe.arrived()


async def banks_dispute(stripe: Stripe) -> None:
    """One dispute won, one lost."""
    for holding in ("won", "lost"):
        await _pay(stripe, holding, ["4000000000000259"])
    await stripe.arrived()
    opened = await StripeEvent.filter(type="v1.charge.dispute.created").order_by("received_at")
    for event, result in zip(opened, ("won", "lost"), strict=True):
        await stripe.control(f"disputes/{event.object}", result=result)
    await stripe.arrived()


async def _pay(stripe: Stripe, holding: str, cards: list[str]) -> None:
    funding = await requested(eur(20_000), holding=holding)
    url = await escrow.start_checkout(funding, "http://x/ok", "http://x/no")
    for card in cards:
        await stripe.pay(url, card)


STORIES: dict[Callable[[Stripe], Awaitable[None]], dict[str, list[str]]] = {
    money_leaves: {"movement": ["sent true", "sent true"], "payee": ["active"]},
    payers_pay: {"funding": ["funded 0", "funded 0", "requested 0"]},
    banks_dispute: {"dispute": ["lost", "won"], "funding": ["funded 0", "funded 0"]},
}
"""What happens at Stripe, and how it ends here whatever the order of the news."""


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


Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Snapshot:
    """This package's rows as they are now, to be put back as often as wanted.

    The books are posted again, through their only way in; for that this database alone gives up
    that a ledger cannot be emptied.
    """

    def __init__(self, owner: Owner, tables: list[str]) -> None:
        self.owner = owner
        rows = [name for name in tables if not name.startswith("ledger_")]
        copies = "".join(f"INSERT INTO {t} TABLE kept.{t};" for t in rows)
        emptied = "".join(f"DELETE FROM {t};" for t in [*rows, *_BOOKS])
        self.script = (
            # As a restore does it: in whatever order of the tables.
            f"BEGIN; SET LOCAL session_replication_role = replica; {emptied} {copies}"
            f"SET LOCAL session_replication_role = origin; {_POST_AGAIN}; COMMIT"
        )

    @classmethod
    async def taken(cls, owner: Owner) -> Snapshot:
        found = await connection().execute_query_dict(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename ~ '^(payment_|ledger_transaction|stripe_event)' ORDER BY 1"
        )
        tables = [row["name"] for row in found]
        keeping = "".join(f"CREATE TABLE kept.{t} AS TABLE {t};" for t in tables)
        giving_up = "".join(f"DROP TRIGGER {t}_keep ON {t};" for t in _BOOKS)
        await owner.execute(f"CREATE SCHEMA kept; {keeping} {giving_up}")
        return cls(owner, tables)

    async def put_back(self) -> None:
        await self.owner.execute(self.script)


@pytest.mark.parametrize("story", STORIES)
async def test_no_order_of_news_leads_to_a_wrong_state(
    stripe: Stripe,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    story: Callable[[Stripe], Awaitable[None]],
) -> None:
    await story(stripe)
    await stripe.control("hooks", clear=True)  # nothing new from now on, whatever the time is
    for home, names in READS.items():
        for name in names:
            monkeypatch.setattr(home, name, remembered(getattr(home, name)))
    owner = await asyncpg.connect(database)  # the role of web and worker may do none of this
    began, kept, started = now(), await Snapshot.taken(owner), time.monotonic()
    wrong, expected = 0, dict[str, str]()
    for number in range(PERMUTATIONS):
        await kept.put_back()
        state = await apply_all(random.Random(number))
        clock.advance(int((began - now()).total_seconds()))
        expected = expected or state
        wrong += state != expected
    await owner.close()
    seconds, news = time.monotonic() - started, await StripeEvent.all().count()
    print(f"{PERMUTATIONS} orders of {news} news: {seconds:.0f} s")  # noqa: T201
    for kind, ends in STORIES[story].items():
        assert sorted(v for k, v in expected.items() if k.partition(" ")[0] == kind) == ends
    assert wrong == 0
