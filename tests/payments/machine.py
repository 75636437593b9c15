"""A rule-based machine: people, banks, faults and time do anything, in any order, to held money.

One database and one local Stripe over HTTP serve all runs; each run has its own contract. After
every step the books are checked (invariants.py); our balance is compared with Stripe's whenever no
news is on its way (machinery.py).

Rules choose among what is there (a holding with money, a charge that was paid), and sometimes too
much of it: amounts go up to 130 % of what is left. Where nothing is there, nothing is done: which
rules may run follows from the rules before alone, as Hypothesis needs it, never from what came of
them, which a slow machine may change.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from tortoise.transactions import in_transaction

from payments import errors, escrow, explorer, movements
from payments.config import config, configure
from payments.escrow import GoesTo
from payments.fees import FeeTerms
from payments.models import BankDispute, DisputeStatus, Movement, MovementKind
from tests.payments.conftest import advance, eur, requested
from tests.payments.machinery import Run, T, onboard

TERMS = (
    FeeTerms(500, 500, (200_000,), (200_000,), ()),
    FeeTerms(0, 0, (), (), (200_000,)),
    FeeTerms(333, 1_777, (200_000,), (210_000,), (100_000,)),
)
GOOD, AT_ONCE, DECLINED = "4242424242424242", "4000000000000077", "4000000000000002"
REFUND_FAILS, DEBIT, DEBIT_FAILS = (
    "4000000000005126",
    "AT611904300234573201",
    "AT861904300235473202",
)
WAYS = (GOOD, GOOD, AT_ONCE, DECLINED, REFUND_FAILS, DEBIT, DEBIT_FAILS)
FAULTS = ("500_before", "500_after", "500_stored", "drop_after", "429")
PATHS = ("transfers", "refunds", "reversals", "sessions", "payment_intents/[^/]+")
NEWS = (
    *("v1.payment_intent.processing", "v1.payment_intent.succeeded"),
    *("v1.payment_intent.payment_failed", "v1.payment_intent.canceled"),
    "v1.checkout.session.expired",
    *("v1.transfer.created", "v1.transfer.reversed"),
    *("v1.refund.created", "v1.refund.updated", "v1.refund.failed"),
    *("v1.charge.dispute.created", "v1.charge.dispute.funds_withdrawn"),
    *("v1.charge.dispute.funds_reinstated", "v1.charge.dispute.closed", "v1.topup.succeeded"),
    "v2.core.account[configuration.recipient].capability_status_updated",
)
"""What is delivered here, as Stripe's event destinations let one choose. All kinds, also those that
mean nothing to us, are in test_permutations."""
READY = tuple(f"assistant{number}" for number in range(3))


@dataclass(frozen=True)
class Command:
    """Something a person asked for, as it was asked."""

    what: str
    key: str
    holding: str
    target: str
    price: int


class Machine(Run):
    """One contract with up to three holdings and its tips."""

    def __init__(self) -> None:
        super().__init__()
        self.terms = TERMS[0]
        self.keys = 0
        self.asked: list[Command] = []
        self.moved: set[str] = set()
        self.disputed = False

    # -- what people do ----------------------------------------------------------------------------

    @initialize(
        ready=st.sampled_from([True, True, True, False]),
        terms=st.sampled_from(TERMS),
        price=st.integers(1_000, 200_000),
        seed=st.integers(0, 9_999),
    )
    def begin(self, ready: bool, terms: FeeTerms, price: int, seed: int) -> None:
        self.terms, self.chance = terms, random.Random(seed)
        if ready:
            self.payee = READY[seed % len(READY)]
        self._do("pay", self._pay(0, price, GOOD))

    @rule(number=st.integers(0, 2), price=st.integers(100, 200_000), way=st.sampled_from(WAYS))
    def pay(self, number: int, price: int, way: str) -> None:
        self._do("pay", self._pay(number, price, way))

    async def _pay(self, number: int, price: int, way: str) -> None:
        people = {"contract": self.contract, "payer": self.payer, "payee": self.payee}
        funding = await requested(
            eur(price), holding=self._holding(number), terms=self.terms, **people
        )
        url = await self._insist(lambda: self._page(funding))
        kind = "iban" if way[0] == "A" else "number"
        await self.world.stripe.control(f"pay/{url.rsplit('/', 1)[-1]}", **{kind: way})
        if way == DECLINED:
            facts = self.world.stripe.facts
            await self._insist(lambda: escrow.cancel_funding(funding, facts))

    async def _page(self, funding: UUID) -> str:
        return await escrow.start_checkout(funding, "http://x/ok", "http://x/no")

    async def _insist(self, work: Callable[[], Awaitable[T]]) -> T:
        """A person tries again, in a moment or tomorrow."""
        for _ in range(6):
            try:
                return await work()
            except errors.StripeProblem:
                await advance(86_400 if self.chance.random() < 0.2 else 1)
        raise AssertionError("Stripe never answers")

    @rule(price=st.integers(100, 20_000))
    def tip(self, price: int) -> None:
        self._do("tip", self._tip(price))

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
        await self.world.stripe.pay(await self._insist(lambda: self._page(funding.id)))

    def _move(self, what: str, index: int, permille: int, *, news: bool) -> None:
        self.moved.add(what)
        target = self._holding((index + 1) % 3)
        held = {name: left for name, left in sorted(self.checked.held.items()) if left}
        full = [name for name in held if what != "carry" or name != target]
        if not full:
            self._do(what, None, news=news)
            return
        holding = full[index % len(full)]
        self.keys += 1
        price = max(1, held[holding] * permille // 1000)
        move = Command(what, f"{self.contract}{self.keys}", holding, target, price)
        self._do(what, self._clicked(move), news=news)

    @rule(index=st.integers(0, 5), permille=st.integers(1, 1_300), news=st.booleans())
    def release(self, index: int, permille: int, news: bool) -> None:
        self._move("release", index, permille, news=news)

    @rule(index=st.integers(0, 5), permille=st.integers(1, 1_300), news=st.booleans())
    def refund(self, index: int, permille: int, news: bool) -> None:
        self._move("refund", index, permille, news=news)

    @rule(index=st.integers(0, 5), permille=st.integers(0, 1_000))
    def split(self, index: int, permille: int) -> None:
        self._move("split", index, permille, news=True)

    @rule(index=st.integers(0, 5), permille=st.integers(1, 1_100))
    def carry_over(self, index: int, permille: int) -> None:
        self._move("carry", index, permille, news=False)

    async def _clicked(self, asked: Command) -> None:
        """Once or twice, also by two people in the same moment; it happens once."""
        times = self.chance.choice((1, 1, 2))
        results = await asyncio.gather(
            *(self._carry_out(asked) for _ in range(times)), return_exceptions=True
        )
        failed = [result for result in results if isinstance(result, BaseException)]
        if failed:
            assert len(failed) == times, results
            raise failed[0]
        assert sum(bool(result) for result in results) == 1, results
        self.asked.append(asked)

    async def _carry_out(self, asked: Command, more: int = 0) -> tuple[object, ...]:
        key, holding, price = asked.key, asked.holding, eur(asked.price + more)
        async with in_transaction():
            if asked.what == "release":
                return await escrow.release(key=key, holding=holding, payee=self.payee, price=price)
            if asked.what == "refund":
                return await escrow.refund(key=key, holding=holding, price=price)
            if asked.what == "split":
                return await escrow.split(
                    key=key, holding=holding, payee=self.payee, to_payee=price
                )
            return await escrow.carry_over(
                key=key, source=holding, target=asked.target, price=price
            )

    @rule(index=st.integers(0, 20))
    @precondition(lambda self: self.moved)
    def ask_again(self, index: int) -> None:
        """I5: the same again does nothing, another amount under the same key is an error."""
        asked = self.asked[index % len(self.asked)] if self.asked else None
        self._do("again", self._ask_again(asked) if asked else None)

    async def _ask_again(self, asked: Command) -> None:
        assert await self._carry_out(asked) == ()
        try:
            await self._carry_out(asked, more=1)
        except errors.KeyReused:
            return
        raise AssertionError(f"{asked} was taken for another")

    @rule(
        index=st.integers(0, 5),
        permille=st.integers(1, 1_100),
        goes_to=st.sampled_from([GoesTo.PAYER, GoesTo.PAYER, GoesTo.LOSS]),
        fee=st.booleans(),
    )
    @precondition(lambda self: self.moved & {"release", "split"})
    def take_back(self, index: int, permille: int, goes_to: GoesTo, fee: bool) -> None:
        there = [name for name, minor in sorted(self.checked.released.items()) if minor > 0]
        holding = there[index % len(there)] if there else ""
        self._do("take back", self._take_back(holding, permille, goes_to, fee) if there else None)

    async def _take_back(self, holding: str, permille: int, goes_to: GoesTo, fee: bool) -> None:
        self.keys += 1
        async with in_transaction():
            await escrow.take_back(
                key=f"{self.contract}{self.keys}",
                holding=holding,
                decided_by="Ines",
                reason="agreed",
                price=eur(max(1, self.checked.released[holding] * permille // 1200)),
                goes_to=goes_to,
                client_fee_too=fee,
            )

    @rule(permille=st.integers(1, 1_100))
    @precondition(lambda self: self.disputed)
    def recover(self, permille: int) -> None:
        self._do("recover", self._recover(permille))

    async def _recover(self, permille: int) -> None:
        """A named person lets the payee bear a part of what a bank took for good."""
        mine = [row.id for row in await self._fundings()]
        lost = BankDispute.filter(status=DisputeStatus.LOST, funding_id__in=mine)
        for row in await lost.order_by("opened_at"):
            shown = await explorer.dispute(row.id)
            assert shown is not None
            self.keys += 1
            async with in_transaction():
                await escrow.recover(
                    key=f"{self.contract}{self.keys}",
                    dispute=row.id,
                    decided_by="Ines",
                    reason="agreed",
                    price=eur(max(1, shown.recoverable.minor * permille // 1000)),
                )

    # -- what banks, Stripe and time do ------------------------------------------------------------

    @rule(index=st.integers(0, 5), news=st.booleans())
    def dispute(self, index: int, news: bool) -> None:
        self.disputed = True
        self._do("dispute", self._dispute(index), news=news)

    async def _dispute(self, index: int) -> None:
        paid = [row.charge for row in await self._fundings() if row.charge]
        if paid:
            await self.world.stripe.control("disputes", charge=paid[index % len(paid)])

    @rule(result=st.sampled_from(["won", "lost"]))
    @precondition(lambda self: self.disputed)
    def bank_decides(self, result: str) -> None:
        self._do(result, self._bank_decides(result))

    async def _bank_decides(self, result: str) -> None:
        mine = [row.id for row in await self._fundings()]
        for row in await BankDispute.filter(status=DisputeStatus.OPEN, funding_id__in=mine):
            await self.world.stripe.control(f"disputes/{row.id}", result=result)

    @rule(index=st.integers(0, 5))
    @precondition(lambda self: self.moved & {"refund", "split"})
    def refund_comes_back(self, index: int) -> None:
        self._do("refund comes back", self._refund_comes_back(index))

    async def _refund_comes_back(self, index: int) -> None:
        """A bank sends it back, a person sends it again; a debit's waits for a person."""
        sent = await Movement.filter(contract=self.contract, kind=MovementKind.REFUND)
        if not sent:
            return
        chosen = sent[index % len(sent)]
        if chosen.status == "failed":
            async with in_transaction():
                await escrow.resend_refund(chosen.id)
        elif chosen.status == "credit":
            async with in_transaction():
                await escrow.send_credit(chosen.id)
        elif chosen.stripe_id:
            await self.world.stripe.control(f"refunds/{chosen.stripe_id}")

    @rule(days=st.sampled_from([1, 2, 8]))
    def time_passes(self, days: int) -> None:
        self._do("time", self._time_passes(days * 86_400))

    async def _time_passes(self, seconds: int) -> None:
        await advance(seconds)
        await self.world.stripe.control("advance", seconds=1)

    @rule(kind=st.sampled_from(FAULTS), path=st.sampled_from(PATHS))
    def fault(self, kind: str, path: str) -> None:
        method = "GET" if path.startswith("payment") else "POST"
        self._do("fault", self._fault(kind=kind, path=f"/{path}$", method=method), news=False)

    async def _fault(self, **what: Any) -> None:
        await self.world.stripe.control("faults", **what)

    @rule(slow=st.booleans())
    def workers_are_faster_than_the_news(self, slow: bool) -> None:
        self._do("workers", self._workers(slow))

    async def _workers(self, slow: bool) -> None:
        """Three of them take the same movements in the same moment and respect no claim."""
        due = await movements.due(100)
        if slow and due:
            await self._fault(kind="slow", path="/(transfers|refunds)$", seconds=0.02)
        before = config()
        configure(replace(before, claim_seconds=0))
        try:
            for movement in due:
                facts = self.world.stripe.facts
                await asyncio.gather(*(movements.send(movement, facts) for _ in range(3)))
        finally:
            configure(before)

    @rule()
    @precondition(lambda self: self.waiting)
    def news_arrives(self) -> None:
        self._do("news", self._nothing())

    @rule()
    @precondition(lambda self: self.payee not in READY)
    def payee_onboards(self) -> None:
        self._do("onboarding", onboard(self.world.stripe, self.payee))

    async def _nothing(self) -> None:
        """Only what was waiting happens."""
