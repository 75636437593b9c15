"""The evidence chain: every change is seen, and the database refuses to make one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import BaseORMException

from marketplace.contracts import queries
from marketplace.contracts.models import EvidenceEvent
from marketplace.contracts.rules.evidence import GENESIS, Link, broken_at, digest, initials, seen
from marketplace.contracts.service import documents
from marketplace.core.db import connection
from tests.factories import contracts as make


def chain(length: int) -> list[tuple[Link, str]]:
    links: list[tuple[Link, str]] = []
    prev = GENESIS
    for seq in range(1, length + 1):
        link = Link("c", seq, f"2027-01-0{seq % 9 + 1}T00:00:00.000000Z", "business", "p",
                    "viewed", "f" * 64, "::1", "agent", "s", {"n": str(seq)}, prev)  # fmt: skip
        prev = digest(link)
        links.append((link, prev))
    return links


CHANGES: list[dict[str, Any]] = [
    {"at": "2028-01-01T00:00:00.000000Z"}, {"actor": "assistant"}, {"person": None},
    {"event": "signed"}, {"file_sha256": "0" * 64}, {"ip": None}, {"user_agent": "x"},
    {"session": None}, {"details": {}}, {"prev": "1" * 64}, {"seq": 99}, {"contract": "d"},
]  # fmt: skip


@given(st.integers(1, 12), st.data())
def test_any_change_of_any_link_is_found_where_it_happened(
    length: int, data: st.DataObject
) -> None:
    links = chain(length)
    assert broken_at(links) is None
    index = data.draw(st.integers(0, length - 1))
    change = data.draw(st.sampled_from(CHANGES))
    link, stored = links[index]
    links[index] = (replace(link, **change), stored)
    assert broken_at(links) == index + 1


@given(st.integers(2, 12), st.data())
def test_a_removed_or_swapped_link_is_found(length: int, data: st.DataObject) -> None:
    links = chain(length)
    index = data.draw(st.integers(0, length - 2))
    assert broken_at(links[:index] + links[index + 1 :]) is not None
    links[index], links[index + 1] = links[index + 1], links[index]
    assert broken_at(links) is not None


def test_a_link_that_was_hashed_anew_breaks_the_next() -> None:
    links = chain(3)
    forged = replace(links[0][0], ip="203.0.113.7")
    links[0] = (forged, digest(forged))
    assert broken_at(links) == 2


def test_a_trace_holds_no_secret() -> None:
    trace = seen("203.0.113.7", "x" * 9000, "secret-token")
    assert trace.user_agent is not None
    assert len(trace.user_agent) <= 400
    assert "secret" not in (trace.session or "")
    assert seen(None, None, "").session is None


def test_initials_show_no_name() -> None:
    assert initials("Élise Le Goff-Martin") == "É. L. G. M."


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence_event SET ip = '203.0.113.7'",
        "DELETE FROM evidence_event",
        "TRUNCATE evidence_event",
        "UPDATE contract_version SET file_sha256 = repeat('0', 64)",
        "DELETE FROM contract_signature",
        "TRUNCATE contract_signature CASCADE",
    ],
)
@pytest.mark.usefixtures("application")
async def test_the_database_refuses_to_change_what_was_recorded(statement: str) -> None:
    offer = await make.signed(await make.pair())
    with pytest.raises(
        (BaseORMException, asyncpg.PostgresError), match=r"append-only|permission denied"
    ):
        await connection().execute_query(statement)
    assert queries.broken_at(await queries.evidence(offer.id)) is None


@pytest.mark.usefixtures("application")
async def test_a_link_forged_behind_the_trigger_is_seen(database: str) -> None:
    offer = await make.signed(await make.pair())
    owner = await asyncpg.connect(database)
    await owner.execute(
        "ALTER TABLE evidence_event DISABLE TRIGGER ALL;"
        "UPDATE evidence_event SET ip = '203.0.113.7' WHERE seq = 2;"
        "ALTER TABLE evidence_event ENABLE TRIGGER ALL;"
    )
    await owner.close()
    assert queries.broken_at(await queries.evidence(offer.id)) == 2
    verdict = await queries.verdict(await make.file_of(offer))
    assert verdict.match
    assert verdict.chain_valid is False


@pytest.mark.usefixtures("application")
async def test_the_file_on_disk_is_the_one_that_was_frozen() -> None:
    offer = await make.sent(await make.pair())
    sha256 = await make.file_of(offer)
    assert (await documents.read(sha256)).startswith(b"%PDF")
    assert await EvidenceEvent.filter(contract_id=offer.id, file_sha256=sha256).exists()
