"""A rule-based machine: people, banks, faults and time do anything, in any order, to held money.

One database and one local Stripe over HTTP serve all runs; each run has its own contract, people
and account. After every step the books are checked (I1-I10 of the payments design); our balance is
compared with Stripe's whenever no news is on its way. Rules run in Hypothesis' thread, their work
in the tests' event loop.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tortoise.transactions import in_transaction

from payments import errors, escrow, inbox, movements, payouts, statements
from payments.config import now
from payments.database import connection
from payments.escrow import GoesTo
from payments.fees import FeeTerms
from payments.ledger import book, chart
from payments.models import BankDispute, DisputeStatus, Funding, Movement, MovementKind, Payee
from tests.payments.conftest import Facts, Stripe, advance, eur, requested

T = TypeVar("T")
TERMS = (
    FeeTerms(500, 500, 2000, 2000, 0),
    FeeTerms(0, 0, 0, 0, 2000),
    FeeTerms(333, 1_777, 2000, 2100, 1_000),
)
CARDS = ("4242424242424242", "4000000000000077", "4000000000000002", "4000000000005126")
FAULTS = ("500_before", "500_after", "drop_after", "429")
REFUSALS = (
    errors.InsufficientFunds,
    errors.HoldingFrozen,
    errors.NothingReleased,
    errors.UnknownHolding,
    errors.FundingUnderWay,
)
_NUMBERS = count(1)

_UNBALANCED = """
SELECT e.transaction_id FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
 WHERE e.transaction_id > $1 GROUP BY e.transaction_id, a.currency
HAVING sum(e.amount_minor) <> 0 OR count(*) < 2
"""
_STORED = """
SELECT a.code FROM ledger_account a
  JOIN (SELECT account_id, sum(amount_minor) AS total, max(id) AS last FROM ledger_entry
         WHERE account_id IN (SELECT account_id FROM ledger_entry WHERE transaction_id IN
                              (SELECT id FROM ledger_transaction WHERE contract = $1))
           AND account_id IN (SELECT id FROM ledger_account WHERE code LIKE '%' || $2 || '%')
         GROUP BY 1) e ON e.account_id = a.id
  JOIN ledger_entry l ON l.id = e.last
 WHERE a.balance_minor <> e.total OR a.balance_minor <> l.balance_after_minor
"""
_WRONG_SIDE = (
    "SELECT code FROM ledger_account WHERE NOT may_be_negative AND sign * balance_minor < 0"
)
_OVER = """
SELECT id FROM payment_funding WHERE transferred_minor + refunded_minor > captured_minor
"""
_FORGOTTEN = """
SELECT id FROM payment_movement
 WHERE status = 'sending' AND claimed_at < $1::timestamptz - interval '1 hour' AND contract = $2
"""
_OPEN_CLEARING = """
SELECT a.code FROM ledger_balance a
 WHERE a.balance_minor <> 0
   AND (a.code LIKE 'fx:%' OR (a.code LIKE 'disp:%' AND NOT EXISTS
        (SELECT FROM payment_dispute d WHERE d.status = 'open' AND a.code = 'disp:' || d.id)))
"""


@dataclass
class World:
    """What every run shares."""

    stripe: Stripe
    loop: asyncio.AbstractEventLoop
    seen: int = 0
    steps: int = 0
    done: dict[str, int] = field(default_factory=dict)

    found: BaseException | None = None

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(work, self.loop).result()
        except BaseException as error:
            self.found = self.found or error  # the first; what follows is a run on broken books
            raise


class Machine(RuleBasedStateMachine):
    """One contract with up to three holdings."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.number = next(_NUMBERS)
        self.contract = f"k{self.number}-"
        self.payer, self.payee = f"p{self.number}-", f"v{self.number}-"
        self.terms = TERMS[0]
        self.keys = 0
        self.settled = True
        self.chance = random.Random(0)

    # -- what people do ----------------------------------------------------------------------------

    @initialize(ready=st.booleans(), terms=st.sampled_from(TERMS), seed=st.integers(0, 99))
    def begin(self, ready: bool, terms: FeeTerms, seed: int) -> None:
        self.terms, self.chance = terms, random.Random(seed)
        self._do(self._begin(ready), now=True)

    async def _begin(self, ready: bool) -> None:
        if ready:
            await self._onboard()
        await self._pay(0, 50_000, CARDS[0])

    @rule(holding=st.integers(0, 2), price=st.integers(100, 200_000), card=st.sampled_from(CARDS))
    def pay(self, holding: int, price: int, card: str) -> None:
        self._do(self._pay(holding, price, card), now=True)

    async def _pay(self, holding: int, price: int, card: str) -> None:
        people = {"contract": self.contract, "payer": self.payer, "payee": self.payee}
        funding = await requested(
            eur(price), holding=self._holding(holding), terms=self.terms, **people
        )
        url = await escrow.start_checkout(funding, "http://x/ok", "http://x/no")
        await self.world.stripe.pay(url, card)
        if card == "4000000000000002":
            await escrow.cancel_funding(funding, self.world.stripe.facts)

    @rule(price=st.integers(100, 20_000))
    def tip(self, price: int) -> None:
        self._do(self._tip(price), now=True)

    async def _tip(self, price: int) -> None:
        self.keys += 1
        async with in_transaction():
            funding = await escrow.request_tip(
                holding=f"{self.contract}tip{self.keys}",
                contract=self.contract,
                payer=self.payer,
                payee=self.payee,
                amount=eur(price),
                description="Merci",
                locale="fr",
            )
        await self.world.stripe.pay(
            await escrow.start_checkout(funding.id, "http://x/ok", "http://x/no")
        )

    @rule(
        holding=st.integers(0, 2),
        what=st.sampled_from(["release", "release", "refund", "split", "carry"]),
        permille=st.integers(1, 1_300),
        later=st.booleans(),
    )
    def move(self, holding: int, what: str, permille: int, later: bool) -> None:
        self._do(self._move(self._holding(holding), holding, what, permille), now=not later)

    async def _move(self, holding: str, number: int, what: str, permille: int) -> None:
        self.keys += 1
        key = f"{self.contract}{self.keys}"
        left = (await escrow.balance(holding)).price
        price = eur(max(1, left.minor * permille // 1000))
        for _ in range(self.chance.choice((1, 1, 2))):  # a second click changes nothing
            async with in_transaction():
                if what == "release":
                    await escrow.release(key=key, holding=holding, payee=self.payee, price=price)
                elif what == "refund":
                    await escrow.refund(key=key, holding=holding, price=price)
                elif what == "split":
                    await escrow.split(key=key, holding=holding, payee=self.payee, to_payee=price)
                else:
                    target = self._holding((number + 1) % 3)
                    await escrow.carry_over(key=key, source=holding, target=target, price=price)

    @rule(
        holding=st.integers(0, 2),
        permille=st.integers(1, 1_100),
        goes_to=st.sampled_from([GoesTo.PAYER, GoesTo.PAYER, GoesTo.LOSS]),
        fee=st.booleans(),
    )
    def take_back(self, holding: int, permille: int, goes_to: GoesTo, fee: bool) -> None:
        self._do(self._take_back(self._holding(holding), permille, goes_to, fee), now=True)

    async def _take_back(self, holding: str, permille: int, goes_to: GoesTo, fee: bool) -> None:
        self.keys += 1
        released = (await escrow.balance(holding)).released.minor
        async with in_transaction():
            await escrow.take_back(
                key=f"{self.contract}{self.keys}",
                holding=holding,
                decided_by="Ines",
                reason="agreed",
                price=eur(max(1, released * permille // 1200)),
                goes_to=goes_to,
                client_fee_too=fee,
            )

    # -- what banks, Stripe and time do ------------------------------------------------------------

    @rule(index=st.integers(0, 5), result=st.sampled_from(["won", "lost"]), later=st.booleans())
    def dispute(self, index: int, result: str, later: bool) -> None:
        self._do(self._dispute(index, result), now=not later)

    async def _dispute(self, index: int, result: str) -> None:
        opened = await BankDispute.filter(
            status=DisputeStatus.OPEN, funding_id__in=await self._fundings()
        )
        if opened:
            await self.world.stripe.control(f"disputes/{opened[0].id}", result=result)
            return
        charges = [row.charge for row in await Funding.filter(id__in=await self._fundings())]
        paid = [charge for charge in charges if charge]
        if paid:
            await self.world.stripe.control("disputes", charge=paid[index % len(paid)])

    @rule(index=st.integers(0, 5))
    def refund_comes_back(self, index: int) -> None:
        self._do(self._refund_comes_back(index), now=True)

    async def _refund_comes_back(self, index: int) -> None:
        sent = await Movement.filter(contract=self.contract, kind=MovementKind.REFUND)
        made = [row for row in sent if row.stripe_id]
        if made:
            chosen = made[index % len(made)]
            if chosen.status == "failed":
                async with in_transaction():
                    await escrow.resend_refund(chosen.id)
            else:
                await self.world.stripe.control(f"refunds/{chosen.stripe_id}")

    @rule(days=st.sampled_from([1, 2, 8]))
    def time_passes(self, days: int) -> None:
        self._do(self._time_passes(days * 86_400), now=True)

    async def _time_passes(self, seconds: int) -> None:
        await advance(seconds)
        await self.world.stripe.control("advance", seconds=1)

    @rule(kind=st.sampled_from(FAULTS), path=st.sampled_from(["transfers", "refunds", "reversals"]))
    def fault(self, kind: str, path: str) -> None:
        self._do(self.world.stripe.control("faults", kind=kind, path=f"/{path}$"), now=False)

    @rule()
    def a_worker_is_faster_than_the_news(self) -> None:
        self._do(self._send_twice(), now=True)

    async def _send_twice(self) -> None:
        for _ in range(2):
            for movement in await movements.due(100):
                await movements.send(movement, self.world.stripe.facts)
            await advance(70)

    @rule()
    @precondition(lambda self: not self.settled)
    def news_arrives(self) -> None:
        self._do(self._nothing(), now=True)

    @rule()
    def payee_onboards(self) -> None:
        self._do(self._onboard(), now=True)

    async def _onboard(self) -> None:
        if await Payee.get_or_none(id=self.payee) is None:
            await payouts.ensure_payee(
                payee=self.payee, email="a@example.org", name="A", country="FR", locale="fr"
            )
            await payouts.onboarding_link(self.payee, "http://x/ok", "http://x/again")
            row = await Payee.get(id=self.payee)
            await self.world.stripe.control(f"onboard/{row.account}")

    async def _nothing(self) -> None:
        """Only what was waiting happens."""

    # -- the machinery -----------------------------------------------------------------------------

    def _holding(self, number: int) -> str:
        return f"{self.contract}h{number}"

    async def _fundings(self) -> list[UUID]:
        return [
            row["id"]
            for row in await connection().execute_query_dict(
                "SELECT f.id FROM payment_funding f JOIN payment_holding h ON h.id = f.holding_id"
                " WHERE h.contract = $1 ORDER BY f.created_at",
                [self.contract],
            )
        ]

    def _do(self, work: Coroutine[Any, Any, Any], *, now: bool) -> None:
        self.world.steps += 1
        self.world.wait(self._step(work, now=now))

    async def _step(self, work: Coroutine[Any, Any, Any], *, now: bool) -> None:
        try:
            await work
        except REFUSALS as refusal:
            name = type(refusal).__name__
            self.world.done[name] = self.world.done.get(name, 0) + 1
        self.settled = False
        if now:
            await self._settle()

    async def _settle(self) -> None:
        """News in any order, some of it twice; movements in any order; until nothing is left."""
        facts = Facts()
        for _ in range(40):
            await self.world.stripe.arrived()
            news, queued = await inbox.pending(200), await movements.due(100)
            if not news and not queued:
                if not await self._waits():
                    self.settled = True
                    return
                await advance(70)
                continue
            self.chance.shuffle(news)
            self.chance.shuffle(queued)
            for event in (*news, *news[:1]):
                await inbox.apply(event, facts)
            for movement in queued:
                await movements.send(movement, facts)
        raise AssertionError("there is always something left to do")

    async def _waits(self) -> bool:
        """Something was put off by a fault and will be tried again in a moment."""
        rows = await connection().execute_query_dict(
            "SELECT 1 AS one FROM payment_movement WHERE status IN ('queued', 'sending')"
            " AND contract = $1 UNION ALL SELECT 1 FROM stripe_event WHERE status = 'waiting'",
            [self.contract],
        )
        return bool(rows)

    @invariant()
    def the_books_are_right(self) -> None:
        self.world.wait(self._check())

    async def _check(self) -> None:
        query = connection().execute_query_dict
        assert await query(_UNBALANCED, [self.world.seen]) == []  # I1
        assert await query(_STORED, [self.contract, self.contract]) == []  # I3
        assert await query(_WRONG_SIDE) == []  # I4
        assert await query(_OVER) == []  # I6
        assert await query(_FORGOTTEN, [now(), self.contract]) == []  # I9
        assert await query(_OPEN_CLEARING) == []  # I10
        await statements.contract_statement(self.contract)  # I8, raises when it does not agree
        for row in await query(
            "SELECT id FROM payment_holding WHERE contract = $1", [self.contract]
        ):
            balance = await escrow.balance(row["id"])
            came = balance.funded + balance.carried
            assert came == balance.released + balance.refunded + balance.held + balance.disputed
        if self.settled:  # I7
            ours = await book.balance(chart.PLATFORM, "EUR")
            assert ours == eur(await self._at_stripe())
        [last] = await query("SELECT coalesce(max(id), 0) AS id FROM ledger_transaction")
        self.world.seen = last["id"]

    async def _at_stripe(self) -> int:
        balance = (await self.world.stripe.state())["balance"]
        parts = (*balance["available"], *balance["pending"])
        return sum(part["amount"] for part in parts if part["currency"] == "eur")

    def teardown(self) -> None:
        self.world.wait(self._end())

    async def _end(self) -> None:
        await self.world.stripe.control("faults", clear=True)
        await self._settle()
        await self._check()
