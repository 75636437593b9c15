"""Whatever people, banks and faults do: the books are right after every step, and agree with Stripe.

`MACHINE_RUNS` sets the number of runs. They are the same ones each time; `MACHINE_SEED` chooses
others (`python -m tests.bench.proof machine` does 20,000).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tortoise.exceptions import IntegrityError

from payments import errors, fundings, reconcile, releases
from payments.config import config, configure
from payments.escrow import GoesTo
from payments.holdings import Backing
from payments.ledger import balanced, chart, postings
from payments.ledger.balanced import Posting
from payments.models import Holding
from payments.money import Money
from payments.movements import sending
from tests.payments import invariants, machine, machinery
from tests.payments.conftest import Stripe, eur

RUNS = int(os.environ.get("MACHINE_RUNS", "500"))
STEPS = 8
SEED = os.environ.get("MACHINE_SEED")


@pytest.fixture
async def world(stripe: Stripe) -> AsyncIterator[machinery.World]:
    """All the money in the world, so that refunds do not wait for other people's payments."""
    configure(replace(config(), network_retries=0))
    answer = await stripe.http.post(
        f"{stripe.url}/v1/topups",
        data={"amount": "1000000000", "currency": "eur"},
        headers={"Authorization": f"Bearer {config().secret_key}"},
    )
    assert answer.status_code == 200, answer.text
    await stripe.control("hooks", events=list(machine.NEWS))
    for payee in machine.READY:
        await machinery.onboard(stripe, payee)
    await stripe.settle()
    made = machinery.World(stripe, asyncio.get_running_loop())
    machine.Machine.world = made
    yield made


def run(runs: int) -> None:
    chosen = machine.Machine if SEED is None else seed(int(SEED))(machine.Machine)
    run_state_machine_as_test(
        chosen,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=SEED is None,
            phases=(Phase.generate,),  # a failing run is told as it is; shrinking over HTTP is slow
            suppress_health_check=list(HealthCheck),
        ),
    )


async def test_every_invariant_holds_after_every_step(world: machinery.World) -> None:
    started = time.monotonic()
    await asyncio.to_thread(run, RUNS)
    seconds = time.monotonic() - started
    print(f"{RUNS} runs, {world.steps} steps, {seconds:.0f} s: {dict(world.done)}")  # noqa: T201
    await invariants.whole()
    report = await reconcile.reconcile()
    assert report.clean, report.differences[:5]


def story() -> None:
    """Rules of the machine that meet every planted bug, so that no chance is needed to find it."""
    told = machine.Machine()
    steps: tuple[Any, ...] = (
        lambda: told.begin(True, machine.TERMS[0], 100_000, 0),
        lambda: told.fault("drop_after", "transfers"),
        lambda: told.release(0, 400, False),  # a second transfer of as much would fit the charge
        lambda: told.workers_are_faster_than_the_news(False),
        lambda: told.take_back(0, 1000, GoesTo.PAYER, True),
        lambda: told.pay(1, 20_000, machine.GOOD),
        lambda: told.dispute(1, True),
        lambda: told.bank_decides("lost"),
    )
    for step in steps:
        step()
        told.the_books_are_right()
    told.teardown()


def free_of_charge(charge: object) -> Money:
    return eur(0)


def without_fee(amount: Money, fee: Money, *, dispute: str) -> Posting:
    return dispute_open(amount, fee - fee, dispute=dispute)


async def gross(row: Holding, part: Backing, cause: str, at: object) -> None:
    await transfer(row, Backing(part.funding_id, part.minor + part.minor // 20 + 1), cause, None)


def kept(kind: object, share: object, *, holding: str, net_from: str) -> Posting:
    made = clawback(kind, share, holding=holding, net_from=net_from)  # type: ignore[arg-type]
    lines = [line for line in made.lines if line.code in (net_from, chart.held(holding))]
    net = next(line.amount for line in lines if line.code == net_from)
    return Posting(made.kind, (lines[0], balanced.Line(chart.held(holding), -net)))


def by_chance(movement: object) -> str:
    return uuid4().hex


dispute_open, clawback = postings.dispute_open, postings._clawback
transfer = releases._transfer
FOUND_BY = (AssertionError, errors.PaymentsError, IntegrityError)
"""An invariant of the machine, a refusal of the books, or the rows' own CHECKs."""
BUGS = {
    "a forgotten Stripe fee": (fundings, "require_settled", free_of_charge),
    "a forgotten dispute fee": (postings, "dispute_open", without_fee),
    "a gross transfer": (releases, "_transfer", gross),
    "a kept commission": (postings, "_clawback", kept),
    "random idempotency keys": (sending, "_key", by_chance),
}


@pytest.mark.parametrize("bug", BUGS)
async def test_a_planted_bug_is_found(
    world: machinery.World, monkeypatch: pytest.MonkeyPatch, bug: str
) -> None:
    module, name, replacement = BUGS[bug]
    monkeypatch.setattr(module, name, replacement)
    with pytest.raises(FOUND_BY):
        await asyncio.to_thread(story)


async def test_the_story_of_the_planted_bugs_is_right_without_them(world: machinery.World) -> None:
    await asyncio.to_thread(story)
