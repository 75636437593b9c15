"""An operator reads the books and the queues a page at a time, and they say what the ledger says."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from tortoise.transactions import in_transaction

from marketplace.core import clock
from payments import explorer
from payments.config import PaymentsConfig
from payments.explorer.reading import rows
from payments.fees import Share
from payments.ledger import book, chart, postings
from payments.models import EventStatus, StripeEvent
from payments.money import Money
from tests.payments.conftest import Stripe, eur, requested

pytestmark = pytest.mark.usefixtures("offline")


async def top_up(number: int, currency: str = "EUR") -> None:
    async with in_transaction():
        posting = postings.top_up(Money(100 * number, currency))
        await book.post(
            posting, key=f"topup:tu_{number}{currency}", source=f"tu_{number}{currency}"
        )


async def funded(holding: str, contract: str) -> None:
    share = Share("EUR", 100_000, 0, 5_000, 1_000, 10_000, 2_000)
    async with in_transaction():
        posting = postings.fund(share, holding=holding, contract=contract, stripe_fee=eur(1_615))
        await book.post(
            posting, key=f"fund:{holding}", contract=contract, holding=holding, source=holding
        )


async def test_every_account_appears_once_whatever_the_page() -> None:
    for number in range(5):
        await funded(f"h{number}", f"c{number}")
    await top_up(1, "CHF")
    seen, after = list[tuple[str, str]](), None
    while True:
        page = await explorer.accounts(after=after, limit=3)
        seen += [(row.code, row.currency) for row in page]
        if len(page) < 3:
            break
        after = seen[-1]
    assert len(seen) == len(set(seen)) == 5 + 5 + 2 + 2  # held, deferred, EUR's and CHF's own
    assert [row.code for row in await explorer.accounts(prefix="escrow:h1")] == ["escrow:h1"]
    assert {row.currency for row in await explorer.accounts(currency="CHF")} == {"CHF"}
    assert await explorer.accounts(prefix="escrow:%") == []


async def test_balances_and_running_balances_are_the_ledgers() -> None:
    for number in range(1, 8):
        await top_up(number)
    account = await explorer.account(chart.PLATFORM, "EUR")
    assert account is not None
    assert account.balance == await book.balance(chart.PLATFORM, "EUR") == eur(2_800)
    rows = await explorer.entries(chart.PLATFORM, "EUR", limit=4)
    rows += await explorer.entries(chart.PLATFORM, "EUR", before=rows[-1].id, limit=4)
    assert [row.after.minor for row in rows] == [2_800, 2_100, 1_500, 1_000, 600, 300, 100]
    assert all(later.after - later.amount == earlier.after for later, earlier in pairwise(rows))
    equity = await explorer.account(chart.EQUITY, "EUR")
    assert equity is not None
    assert (equity.balance, equity.natural) == (eur(-2_800), eur(2_800))
    assert await explorer.account("no:such", "EUR") is None


async def test_running_balances_hold_across_the_rows_of_a_shared_account() -> None:
    await asyncio.gather(*(top_up(number) for number in range(1, 25)))
    used = "SELECT count(*) AS n FROM ledger_account WHERE code = $1 AND entries_count > 0"
    assert (await rows(used, [chart.PLATFORM]))[0]["n"] > 1
    seen, before = list[explorer.Entry](), None
    while page := await explorer.entries(chart.PLATFORM, "EUR", before=before, limit=7):
        seen += page
        before = page[-1].id
    assert len(seen) == 24
    assert seen[0].after == await book.balance(chart.PLATFORM, "EUR") == eur(30_000)
    assert all(later.after - later.amount == earlier.after for later, earlier in pairwise(seen))
    assert seen[-1].after == seen[-1].amount
    [account] = await explorer.accounts(prefix=chart.PLATFORM)
    assert (account.balance, account.entries_count) == (eur(30_000), 24)
    transactions = await explorer.transactions(account=chart.PLATFORM)
    after = {row.transaction_id: row.after for row in seen}
    assert {row.id: row.lines[0].after for row in transactions} == after


async def test_the_trial_balance_sums_to_zero_in_each_currency() -> None:
    await funded("h1", "c1")
    await top_up(3, "CHF")
    for currency in ("EUR", "CHF"):
        rows = [row for row in await explorer.families() if row.currency == currency]
        assert Money.sum([row.balance for row in rows], currency) == Money.zero(currency)


async def test_transactions_are_found_by_account_contract_kind_and_day() -> None:
    await funded("h1", "c1")
    before = clock.now()
    clock.advance(86_400)
    await funded("h2", "c2")
    await top_up(1)

    async def keys(**given: object) -> list[str]:
        found = await explorer.transactions(**given)  # type: ignore[arg-type]
        return [row.key for row in found]

    assert await keys() == ["topup:tu_1EUR", "fund:h2", "fund:h1"]
    assert await keys(contract="c1") == ["fund:h1"]
    assert await keys(account="escrow:h2") == ["fund:h2"]
    assert await keys(kind="top_up") == ["topup:tu_1EUR"]
    assert await keys(until=before + timedelta(seconds=1)) == ["fund:h1"]
    assert await keys(since=before + timedelta(seconds=1), kind="fund") == ["fund:h2"]
    [first] = await explorer.transactions(limit=1)
    assert await keys(before=first.id) == ["fund:h2", "fund:h1"]


async def test_a_transaction_comes_with_its_lines() -> None:
    await funded("h1", "c1")
    [row] = await explorer.transactions()
    assert await explorer.transaction(row.id) == row
    assert Money.sum([line.amount for line in row.lines], "EUR") == eur(0)
    assert row.turnover == {"EUR": eur(106_000)}
    for strange in (0, -1, 2**63, 999_999):
        assert await explorer.transaction(strange) is None


async def test_the_journal_is_whole_and_in_order_beyond_one_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("payments.explorer.books._BATCH", 3)
    start = clock.now()
    for number in range(1, 9):
        await top_up(number)
    await top_up(1, "CHF")
    end = clock.now() + timedelta(seconds=1)
    rows = [row async for row in explorer.journal(start, end)]
    assert len(rows) == 9
    assert [(row.at, row.id) for row in rows] == sorted((row.at, row.id) for row in rows)
    assert [row async for row in explorer.journal(end, end + timedelta(days=1))] == []
    assert await explorer.currencies(start, end) == ["CHF", "EUR"]
    moves = [move async for move in explorer.ledger_moves()]
    assert sum(move.amount.minor for move in moves if move.amount.currency == "EUR") == 3_600
    assert {move.source for move in moves} >= {"tu_1EUR", "tu_8EUR", "tu_1CHF"}


async def test_balances_of_a_day_leave_out_what_came_later() -> None:
    await top_up(1)
    moment = clock.now()
    clock.advance(60)
    await top_up(2)
    found = {row.code: row.balance for row in await explorer.balances(moment)}
    assert found == {chart.PLATFORM: eur(100), chart.EQUITY: eur(-100)}


async def test_news_is_listed_by_state_and_by_page() -> None:
    now = clock.now()
    for number in range(5):
        await StripeEvent.create(
            id=uuid4(), event=f"evt_{number}", type="v1.payout.paid", object="po_1",
            status=EventStatus.PARKED if number % 2 else EventStatus.APPLIED, next_attempt_at=now,
            received_at=now + timedelta(seconds=number),
        )  # fmt: skip
    assert [row.event for row in await explorer.news(status="parked")] == ["evt_3", "evt_1"]
    first = await explorer.news(limit=2)
    rest = await explorer.news(before=first[-1].id)
    assert [row.event for row in [*first, *rest]] == [f"evt_{n}" for n in (4, 3, 2, 1, 0)]
    assert await explorer.news_item(first[0].id) == first[0]
    assert await explorer.news_item(uuid4()) is None
    [queue] = await explorer.queues()
    assert (queue.queue, queue.status, queue.count) == ("news", "parked", 2)
    assert queue.oldest == now + timedelta(seconds=1)


async def test_both_sides_of_the_balance_name_the_same_objects(stripe: Stripe) -> None:
    from payments import escrow, reconcile
    from payments.money import Money

    funding_id = await requested(eur(20_000), holding="m1")
    await stripe.pay(await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no"))
    await stripe.settle()
    theirs = set[tuple[str, Money]]()

    async def keep(move: explorer.BalanceMove) -> None:
        theirs.add((move.source, move.amount))

    assert (await reconcile.reconcile(keep=keep)).clean
    ours = {(m.source, m.amount) async for m in explorer.ledger_moves()}
    assert theirs == ours
    assert len(ours) == 1


async def test_movements_are_listed_and_read(stripe: Stripe, offline: PaymentsConfig) -> None:
    from payments import escrow

    await stripe.fund(eur(100_000), holding="m1")
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    [row] = await explorer.movements(status="waiting_payee")
    assert (row.kind, row.amount, row.contract) == ("transfer", eur(94_000), "c1")
    assert await explorer.movements(status="sent") == []
    assert await explorer.movement(row.id) == row
    assert await explorer.movement(uuid4()) is None
    assert [each.status for each in await explorer.queues()] == ["waiting_payee"]
    assert await explorer.disputes() == []
