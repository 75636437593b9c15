"""Owns a small marketplace with money in its books and an operator looking at it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from marketplace.accounts.models import Person
from marketplace.contracts.models import Contract
from marketplace.core.events import on_fact
from marketplace.work.service import deliveries
from payments import movements
from payments.models import Movement
from tests.factories import admin, work


@dataclass
class Scene:
    """A project of two parts: the first released (its transfer waits), the second held."""

    operator: Person
    contract: Contract

    async def movement(self) -> Movement:
        """The transfer that is owed for the first part."""
        return await Movement.get(kind="transfer")

    async def send_all(self) -> None:
        """What the worker does with the movements that are due."""
        for each in await movements.due(100):
            await movements.send(each, on_fact)


@pytest.fixture
async def scene(stripe_sandbox: object, application: object) -> Scene:
    """Money held, released and owed."""
    people, contract, first = await work.handed_in(20_000, 30_000)
    await work.pay(contract, position=2)
    await deliveries.approve(people.business, first.id)
    return Scene(await admin.operator(), contract)
