"""What a reading operation really answers is what the description says it answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from marketplace.work.models import TimeEntry
from tests.marketplace.developers.test_hostile_calls import CALLS, checked

if TYPE_CHECKING:
    from tests.marketplace.developers.world import World

# The operator's readings need books with news and comparisons: tests/marketplace/admin has them.
READS = sorted(
    name
    for name, (method, _path, operation) in CALLS.items()
    if method == "get" and operation["tags"] != ["admin"]
)
ASKED = {
    "jurisdictions_towns": "?q=Lyo",
    "directory_suggest": "?q=comp",
    "directory_search": "?q=a",
}


# What only other countries' parties have: here a 404 that is described.
ABROAD = frozenset({"invoicing_ubl", "contracts_french_file"})


async def path_of(world: World, name: str) -> str:
    """The operation's address with the values of what is really there."""
    profile, business, assistant, *_more = world.values["id"]
    chosen = {key: values[-1] for key, values in world.values.items() if values}
    chosen["contract_id"] = world.values["contract_id"][4]  # the project whose money is held
    chosen["code"] = "CA-QC"
    chosen["id"] = profile if name.startswith("profiles") else business
    chosen["party_id"] = assistant
    if name == "contracts_imported_file":
        chosen["contract_id"] = world.values["contract_id"][0]
    if name == "billing_methods":
        chosen["party_id"] = business
    if name == "billing_payments":
        chosen["unit_id"] = world.values["unit_id"][0]
    if name == "work_pack":
        chosen["contract_id"] = world.values["contract_id"][-3]
    if name == "work_list_entries":
        chosen["unit_id"] = str((await TimeEntry.all())[0].unit_id)
    return re.sub(r"{(\w+)}", lambda match: chosen[match[1]], CALLS[name][1]) + ASKED.get(name, "")


@pytest.mark.parametrize("name", READS)
async def test_a_reading_answers_what_is_described(world: World, name: str) -> None:
    _method, _path, operation = CALLS[name]
    path = await path_of(world, name)
    answered, said = 0, ""
    for who in ("business", "assistant", "operator"):
        async with world.client(who) as client:
            answer = await client.get(path)
        checked(answer, operation)
        answered, said = answered + (answer.status_code == 200), answer.text
    assert answered or name in ABROAD, said


async def test_the_seeded_lists_are_not_empty(world: World) -> None:
    async with world.client("business") as client:
        for name in ("contracts_index", "work_room", "billing_statement", "parties_team"):
            body = (await client.get(await path_of(world, name))).json()
            key = {"contracts_index": "items", "work_room": "units", "parties_team": "members"}
            assert body[key.get(name, "lines")], name
