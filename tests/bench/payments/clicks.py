"""From the click on "approve" to the call that moves the money, through web, queue and worker.

The click is an HTTP request to the web process; the call is seen by its mark on the movement, and
its end by the transfer's own id. The local Stripe takes product.LATENCY_MS to answer.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import timedelta
from uuid import uuid4

import httpx

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Scope
from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.parties.models import Membership
from marketplace.runtime import application
from marketplace.work.models import Unit
from marketplace.work.rules import Status
from tests.bench.payments import product
from tests.bench.payments.flows import quantile
from tests.bench.payments.server import Server
from tests.factories.admin import bearer

_SENT = """
SELECT first_sent_at IS NOT NULL AS called, stripe_id IS NOT NULL AS made
  FROM payment_movement WHERE holding = $1"""


async def approvals(server: Server, count: int) -> dict[str, float]:
    """One click after the other, each waited for until its transfer is made."""
    monday = product.this_monday()
    took: dict[str, list[float]] = {"answer": [], "call": [], "transfer": []}
    async with (
        product.stripe(server, monday, count) as ready,
        product.web(server, ready),
        product.child(application.worker(server.data_dir, {})),
        httpx.AsyncClient(base_url=ready.url, timeout=60) as http,
    ):
        product.travel(monday + timedelta(days=6), 12)
        await Unit.filter(status=Status.FUNDED).update(
            status=Status.SUBMITTED, review_until=clock.now() + timedelta(days=4)
        )
        await asyncio.sleep(5)
        units = await Unit.filter(status=Status.SUBMITTED).prefetch_related("contract")
        for unit in units:
            headers = await _headers(unit)
            began = time.monotonic()
            answer = await http.post(f"/api/v1/units/{unit.id}/approve", json={}, headers=headers)
            assert answer.status_code == 200, answer.text
            took["answer"].append(time.monotonic() - began)
            for what, column in (("call", "called"), ("transfer", "made")):
                while not await _is(column, unit):
                    await asyncio.sleep(0.004)
                took[what].append(time.monotonic() - began)
    names = {"answer": "click_answered", "call": "click_to_call", "transfer": "click_to_transfer"}
    return {
        f"{names[what]}_{name}_ms": value
        for what, seconds in took.items()
        for name, value in (
            ("p50", round(statistics.median(seconds) * 1000, 1)),
            ("p99", quantile(seconds, 0.99)),
        )
    }


async def _headers(unit: Unit) -> dict[str, str]:
    owner = await Membership.get(party_id=unit.contract.business_id)
    person = await Person.get(pk=owner.person_id)
    token = await bearer(person, Scope.WORK_WRITE, Scope.WORK_READ)
    return {**token, "idempotency-key": uuid4().hex}


async def _is(column: str, unit: Unit) -> bool:
    rows = await connection().execute_query_dict(_SENT, [str(unit.id)])
    return bool(rows and rows[0][column])
