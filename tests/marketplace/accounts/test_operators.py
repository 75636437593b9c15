"""Who runs an instance: named on its machine, told to all who do."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import pytest

from marketplace.accounts import queries
from marketplace.accounts.models import Person
from marketplace.accounts.service import operators
from marketplace.core.errors import NotFound
from marketplace.core.models import OutgoingMail
from tests.factories import accounts as make

if TYPE_CHECKING:
    import httpx


async def _run(*arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "marketplace.cli", "operator", *arguments]
    child = await asyncio.create_subprocess_exec(
        *command, env=os.environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, said = await child.communicate()
    return child.returncode or 0, out.decode(), said.decode()


async def test_the_command_names_the_first_operator(client: httpx.AsyncClient) -> None:
    who = await make.person(email="olga@relais.example")
    await make.log_in(client, who)
    assert (await client.get("/en/operator")).status_code == 404
    status, out, said = await _run("grant", "Olga@relais.example")
    assert (status, out) == (0, "olga@relais.example: no second factor yet\n"), said
    assert (await client.get("/en/operator")).status_code == 200


@pytest.mark.usefixtures("application")
async def test_every_operator_hears_of_another_and_of_an_end() -> None:
    first, second = await make.person(is_operator=True), await make.person(locale="en")
    for _ in range(2):  # once more changes nothing
        await operators.name_operator(second.email.upper(), on=True)
    told = OutgoingMail.filter(template="accounts_operator")
    assert {each.recipient for each in await told} == {first.email, second.email}
    assert await told.count() == 2
    await operators.name_operator(first.email, on=False)
    assert await told.count() == 4
    assert [each.id for each in await queries.operators()] == [second.id]
    unproven = await make.person()
    await Person.filter(pk=unproven.id).update(email_verified_at=None)
    for email in (unproven.email, "nobody@relais.example"):
        with pytest.raises(NotFound):
            await operators.name_operator(email, on=True)
