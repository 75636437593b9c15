"""How the machine does and checks its steps: news and movements are settled, the books looked at.

Rules run in Hypothesis' thread, their work in the tests' event loop.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from payments import errors, inbox, movements, payouts
from payments.config import now
from payments.database import connection
from payments.models import Funding, Payee
from tests.payments.conftest import Facts, Stripe, advance
from tests.payments.invariants import Checked

T = TypeVar("T")
ROUNDS_MAX = 999  # several things may wait at once, each tried up to 20 times at times of its own
REFUSALS = (
    errors.InsufficientFunds,
    errors.HoldingFrozen,
    errors.NothingReleased,
    errors.FundingUnderWay,
    errors.PaymentProcessing,
    errors.AlreadyFunded,
)
_LEFT = """
SELECT true AS news, id, extract(epoch FROM next_attempt_at - $1::timestamptz)::float AS seconds
  FROM stripe_event WHERE status IN ('received', 'waiting')
UNION ALL SELECT false, id, extract(epoch FROM next_attempt_at - $1::timestamptz)::float
  FROM payment_movement WHERE status IN ('queued', 'sending') AND contract = $2
 ORDER BY seconds, id
"""
_NUMBERS = count(1)


@dataclass
class World:
    """What every run shares."""

    stripe: Stripe
    loop: asyncio.AbstractEventLoop
    steps: int = 0
    last: int = 0
    done: Counter[str] = field(default_factory=Counter)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


class Run(RuleBasedStateMachine):
    """One run: a contract of its own in a world that all runs share."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        number = next(_NUMBERS)
        self.contract = f"k{number}-"
        self.payer, self.payee = f"payer{number % 3}", f"v{number}-"
        self.at_stripe: int | None = None
        self.waiting = False
        self.chance = random.Random(0)
        self.checked = Checked(self.contract, self.world.last)

    def _holding(self, number: int) -> str:
        return f"{self.contract}h{number}"

    async def _fundings(self) -> Sequence[Funding]:
        mine = Funding.filter(holding_id__startswith=self.contract)
        return await mine.order_by("created_at", "id")

    def _do(self, name: str, work: Coroutine[Any, Any, Any] | None, *, news: bool = True) -> None:
        """A step; `work` is None where there is nothing to do it with."""
        self.waiting = not news
        if work is None:
            return
        self.world.steps += 1
        self.world.done[name] += 1
        self.world.wait(self._step(work, news=news))

    async def _step(self, work: Coroutine[Any, Any, Any], *, news: bool) -> None:
        try:
            await work
        except REFUSALS as refusal:
            self.world.done[type(refusal).__name__] += 1
        self.at_stripe = None
        if news:
            await self._settle()

    async def _settle(self) -> None:
        """News in any order, some of it twice; movements in any order; until nothing is left."""
        facts = Facts()
        for _ in range(ROUNDS_MAX):
            balance = await self.world.stripe.quiet()  # what it tells of has arrived here
            news, due, seconds = await self._left()
            self.chance.shuffle(news)
            self.chance.shuffle(due)
            for event in (*news, *news[:1]):
                await inbox.apply(event, facts)
            for movement in due:
                await movements.send(movement, facts)
            if not news and not due:
                if seconds is None:
                    self.at_stripe = total(balance)
                    return
                await advance(max(1, seconds))
        raise AssertionError("there is always something left to do")

    async def _left(self) -> tuple[list[Any], list[Any], int | None]:
        """News and movements to be done now, and the seconds until the next later one."""
        rows = await connection().execute_query_dict(_LEFT, [now(), self.contract])
        later = [math.ceil(row["seconds"]) for row in rows if row["seconds"] > 0]
        ready = [row for row in rows if row["seconds"] <= 0]
        news = [row["id"] for row in ready if row["news"]]
        due = [row["id"] for row in ready if not row["news"]]
        return news, due, min(later, default=None)

    @invariant()
    def the_books_are_right(self) -> None:
        self.world.wait(self.checked.step(self.at_stripe))
        self.world.last = self.checked.last

    def teardown(self) -> None:
        self.world.wait(self._end())
        self.world.last = self.checked.last

    async def _end(self) -> None:
        await self.world.stripe.control("faults", clear=True)
        await self._settle()
        await self.checked.step(self.at_stripe)


async def onboard(stripe: Stripe, payee: str) -> None:
    """A payee whose account may receive transfers, once."""
    if await Payee.get_or_none(id=payee) is None:
        await payouts.ensure_payee(
            payee=payee, email="a@example.org", name="A", country="FR", locale="fr"
        )
        await payouts.onboarding_link(payee, "http://x/ok", "http://x/again")
        row = await Payee.get(id=payee)
        await stripe.control(f"onboard/{row.account}")


def total(balance: Any) -> int:
    """All of a Stripe balance in euros, minor units."""
    parts = (*balance["available"], *balance["pending"])
    return sum(part["amount"] for part in parts if part["currency"] == "eur")
