"""Kill -9 of each part, again and again, while money moves: nothing lost, nothing paid twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from stripe import StripeClient

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.settings import settings
from marketplace.demo.service import money
from marketplace.work.schemas import DeliveryDraft, EntryDraft
from marketplace.work.service import deliveries, timesheets
from tests.factories import accounts, parties, work
from tests.fixtures.days import ahead
from tests.fixtures.product import ROOT, Product
from tests.journeys.instance import Instance, joined, processes_in, session, until

ROOM = timedelta(hours=2)  # every part is killed and waited for
PRICES = ((30000, 12000), (41000, 9900), (25050, 18000), (12345, 6789))
SLOW = {"kind": "slow", "path": "/v1/(transfers|refunds)$", "seconds": 1.0, "times": 3}
BEGUN = """
SELECT id FROM payment_movement
 WHERE first_sent_at IS NOT NULL AND contract = ANY(%s) AND NOT id = ANY(%s)"""
KNOWN = "SELECT coalesce(array_agg(id), '{}') AS ids FROM payment_movement"
UNSETTLED = """
SELECT (SELECT count(*) FROM procrastinate_jobs
         WHERE status IN ('doing', 'failed', 'aborted')
            OR (status = 'todo' AND queue_name <> 'ticks')) AS jobs,
       (SELECT count(*) FROM payment_movement WHERE settled_at IS NULL) AS movements,
       (SELECT count(*) FROM stripe_event WHERE status NOT IN ('applied', 'ignored')) AS news,
       (SELECT count(*) FROM outgoing_mail WHERE sent_at IS NULL) AS mails"""


def _is_sunday() -> bool:
    return clock.today("Europe/Paris").isoweekday() == 7


@dataclass
class World:
    """An instance with running contracts whose units are funded, and the sessions of its people."""

    instance: Instance
    pair: work.Pair
    business: str
    assistant: str
    contracts: list[Contract]
    hourly: Contract
    writer: str
    profile_id: UUID
    words: int = 0
    begun_on_sunday: bool = field(default_factory=_is_sunday)

    async def approve(self, contract: Contract) -> None:
        unit = await self.unit(contract)
        thanks = {"note": "Merci.", "delivery": 1}
        at = f"/api/v1/units/{unit}/approve"
        said = await self.instance.send("POST", at, self.business, thanks)
        # 409: an earlier try whose answer was lost had been carried out.
        assert said.startswith(("200", "409")), said

    async def end(self, contract: Contract) -> None:
        said = await self.instance.send(
            "POST", f"/api/v1/contracts/{contract.id}/ending", self.assistant, {"reason": "Malade."}
        )
        assert said.startswith(("20", "409")), said

    async def rewrite(self) -> None:
        """Change the profile; each version has a word of its own."""
        self.words += 1
        draft = parties.profile_draft().identity.model_dump()
        draft["headline_fr"] = f"Accueil et agenda, {self.word(self.words)}"
        said = await self.instance.send(
            "PUT", f"/api/v1/profiles/{self.profile_id}/identity", self.writer, draft
        )
        assert said.startswith("200"), said

    @staticmethod
    def word(number: int) -> str:
        return f"zygomorphe{chr(96 + number) * 6}"

    async def unit(self, contract: Contract) -> UUID:
        found = "SELECT id FROM unit WHERE contract_id = %s AND position = 1"
        rows = await until("the unit", lambda: _rows(self.instance, found, contract.id))
        return UUID(str(rows[0]["id"]))


async def _rows(instance: Instance, query: str, *values: object) -> list[dict[str, Any]]:
    return instance.rows(query, *values)


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    product = Product(tmp_path_factory.mktemp("crashes"), arguments=("--no-demo",))
    early = ahead(clock.now(), ROOM)
    (product.data_dir / "clock").write_text(f"{early.total_seconds()}\n")
    try:
        product.start()
        async with joined(product):
            yield await _prepare(Instance(product))
    finally:
        product.stop()


async def _prepare(instance: Instance) -> World:
    people = await work.pair()
    await money.ready(people.assistant, people.assistant_id)
    contracts = [await _project(people, prices) for prices in PRICES]
    hourly = await work.signed(people, work.hourly(3000, 10))
    await work.pay(hourly)
    week = await work.unit(hourly)
    entry = EntryDraft(worked_on=clock.today(), minutes=150, task="Appels")
    await timesheets.add_entry(people.assistant, week.id, entry)
    await timesheets.submit_week(people.assistant, week.id)
    writer = await accounts.person(name="Inès Moreau")
    profile = await parties.profile(writer)
    await instance.well()
    return World(
        instance,
        people,
        await session(people.business.person),
        await session(people.assistant.person),
        contracts,
        hourly,
        await session(writer),
        profile.id,
    )


async def _project(people: work.Pair, prices: tuple[int, ...]) -> Contract:
    contract = await work.signed(people, work.project(*prices))
    for position in range(1, len(prices) + 1):
        assert await work.pay(contract, position) == "funded"
    unit = await work.unit(contract)
    await deliveries.submit(people.assistant, unit.id, DeliveryDraft(note="Tout est remis."))
    return contract


async def _strike(
    world: World,
    name: str,
    act: Callable[[Contract], Coroutine[Any, Any, None]],
    *contracts: Contract,
) -> None:
    """Kill a part while money is on its way, and wait until the site works again."""
    instance = world.instance
    await instance.control("faults", clear=True)
    await instance.control("faults", **SLOW)
    known = instance.rows(KNOWN)[0]["ids"]
    acting: list[asyncio.Task[None]] = [
        asyncio.create_task(act(contract)) for contract in contracts
    ]
    acting.append(asyncio.create_task(world.rewrite()))
    concerned = [str(contract.id) for contract in contracts]
    await until("a call to Stripe", lambda: _rows(instance, BEGUN, concerned, known))
    before = instance.product.pids()[name]
    instance.kill(name)
    await asyncio.gather(*acting)
    await instance.replaced(name, before)
    await instance.well()
    assert (await instance.get("/fr/assistants")).status_code == 200


@pytest.mark.parametrize(
    ("name", "part", "whole"),
    [
        ("postgres", "database", (503, "unavailable")),
        ("meilisearch", "search", (200, "degraded")),
        ("stripe-sandbox", "payments", (200, "degraded")),
    ],
)
async def test_an_outage_is_told_honestly_and_passes_by_itself(
    world: World, name: str, part: str, whole: tuple[int, str]
) -> None:
    instance = world.instance
    paths = ("/fr/assistants", "/en/contracts", "/api/v1/contracts", "/api/v1/assistants", "/fr/")
    with instance.nobody_watching():
        under_way = [asyncio.create_task(instance.get(path, world.business)) for path in paths * 4]
        await asyncio.sleep(0)
        instance.kill(name)
        answers = [*await asyncio.gather(*under_way)]
        if name == "postgres":
            answers += [await instance.get(path, world.business) for path in paths]
        else:  # without anything else every page is there
            answers += [await _there(instance, path, world.business) for path in paths]
        code, health = await instance.health()
        assert (code, health["status"]) == whole
        assert health["parts"][part]["status"] != "ok"
    for answer in answers:
        assert answer.status_code in {200, 503}, (str(answer.url), answer.text)
        assert "Traceback" not in answer.text
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) > 0
            kind = "application/problem+json" if "/api/" in str(answer.url) else "text/html"
            assert answer.headers["content-type"].startswith(kind)
    away = {answer.url.path for answer in answers if answer.status_code == 503}
    if name == "postgres":
        assert away
    else:  # a busy machine may turn searches away when they come all at once
        assert away <= {"/fr/assistants", "/api/v1/assistants"}
    await instance.well()
    for path in paths:
        assert (await instance.get(path, world.business)).status_code == 200


async def _there(instance: Instance, path: str, token: str) -> httpx.Response:
    """The page when nobody else asks for anything; a person would also try twice."""

    async def there() -> httpx.Response | None:
        answer = await instance.get(path, token)
        return answer if answer.status_code == 200 else None

    found: httpx.Response = await until(path, there)
    return found


async def test_requests_that_come_while_the_web_process_is_away_are_answered_later(
    world: World,
) -> None:
    with world.instance.nobody_watching():
        state = Path(f"/proc/{world.instance.product.pids()['web']}/stat")
        world.instance.kill("web")

        async def dead() -> bool:  # until then it may still take a connection
            return state.read_text().rpartition(")")[2].split()[0] == "Z"  # nobody buries it

        await until("the web process is dead", dead)
        waiting = [asyncio.create_task(world.instance.get("/fr/assistants")) for _ in range(5)]
        await asyncio.sleep(0.2)
        assert not [each for each in waiting if each.done()]
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}


async def test_nothing_is_lost_or_paid_twice_whatever_is_killed(world: World) -> None:
    first, second, third, fourth = world.contracts
    await _strike(world, "worker", world.approve, first)
    await _strike(world, "postgres", world.approve, second)
    await _strike(world, "stripe-sandbox", world.approve, third)
    await _strike(world, "web", world.approve, fourth)
    await _strike(world, "meilisearch", world.approve, world.hourly)
    await _strike(world, "postgres", world.end, first)
    await _strike(world, "worker", world.end, second, world.hourly)
    await _strike(world, "stripe-sandbox", world.end, third)
    await _kill_supervisor(world, world.end(fourth))
    await _settled(world.instance)
    await _accounts_agree(world)
    assert not [str(a.url) for a in world.instance.answers if a.status_code == 500]


async def _kill_supervisor(world: World, act: Any) -> None:
    """The whole instance is shot in the middle of a refund and started again."""
    instance = world.instance
    await instance.control("faults", clear=True)
    await instance.control("faults", **SLOW)
    await act
    assert instance.product.stop(signal.SIGKILL) == -signal.SIGKILL

    async def gone() -> bool:
        return not processes_in(instance.product.data_dir)

    await until("no orphan", gone)
    instance.product.start()
    await instance.well()


async def _settled(instance: Instance) -> None:
    async def nothing_left() -> bool:
        (left,) = instance.rows(UNSETTLED)
        if any(left.values()):
            raise ValueError(left)  # `until` tells what it was
        return True

    await until("every job done, movement settled, piece of news applied, mail sent", nothing_left)


async def _accounts_agree(world: World) -> None:
    """The sandbox, asked through the SDK, has what the books have, and each thing once."""
    instance = world.instance
    client = StripeClient(
        settings().stripe_secret_key, base_addresses={"api": settings().stripe_api_base}
    )
    transfers: list[Any] = list(client.v1.transfers.list({"limit": 100}).data)
    refunds: list[Any] = list(client.v1.refunds.list({"limit": 100}).data)
    told = Counter(
        (kind, made.metadata["movement"], made.metadata["holding"], made.amount)
        for kind, all_made in (("transfer", transfers), ("refund", refunds))
        for made in all_made
    )
    owed = instance.rows(
        "SELECT kind, id::text, holding, amount_minor, status, failure FROM payment_movement"
    )
    assert {row["status"] for row in owed} == {"sent"}
    assert told == Counter(
        (row["kind"], row["id"], row["holding"], row["amount_minor"]) for row in owed
    )
    units = instance.rows("SELECT id::text, status, position, contract_id::text FROM unit")
    approved = [row["id"] for row in units if row["status"] == "approved"]
    assert len(approved) == len(PRICES) + 1
    assert Counter(made.metadata["holding"] for made in transfers) == Counter(approved)
    refunded = [row["id"] for row in units if row["status"] == "cancelled"]
    hourly = [row["id"] for row in units if row["contract_id"] == str(world.hourly.id)]
    weeks = len({*hourly} & {*refunded})  # the one carried over to; from Sunday on the next, too
    assert weeks in ({1, 2} if world.begun_on_sunday or _is_sunday() else {1})
    assert len(refunded) == len(PRICES) + weeks  # the second milestones, and those weeks
    assert Counter(made.metadata["holding"] for made in refunds) == Counter(refunded)
    await _books_agree(world)
    await _newest_is_found(world)


async def _books_agree(world: World) -> None:
    instance = world.instance
    holdings = "SELECT coalesce(sum(price_minor), 0)::bigint AS left FROM payment_holding"
    assert instance.rows(holdings)[0]["left"] == 0  # every unit is paid or sent back
    state = httpx.get(f"{settings().stripe_api_base}/_sandbox/state", timeout=120).json()
    assert state["violation_count"] == 0
    command = (sys.executable, "-m", "marketplace.cli", "reconcile")
    done = subprocess.run(
        [*command, "--data", str(instance.product.data_dir)],
        cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith(" 0 differences")
    mails = instance.rows("SELECT count(*) AS count FROM outgoing_mail")[0]["count"]
    assert len(list((instance.product.data_dir / "mail").glob("*.eml"))) == mails


async def _newest_is_found(world: World) -> None:
    async def found() -> bool:
        answer = await world.instance.get(f"/api/v1/assistants?q={world.word(world.words)}")
        return str(world.profile_id) in answer.text or world.word(world.words) in answer.text

    await until("the profile in its newest version", found)
