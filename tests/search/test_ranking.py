"""The published order: its parts reproduce it, payments cannot move it, newcomers take turns."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import ranking
from search.explain import order_key
from search.schema import AssistantDocument
from tests.search.corpus import TODAY, people
from tests.search.judged import JUDGED

if TYPE_CHECKING:
    from tests.search.conftest import Directory

TEXTS: list[dict[str, str | list[str]]] = [{"q": one.text} for one in JUDGED]
ASKED: tuple[dict[str, str | list[str]], ...] = (
    *TEXTS,
    {},
    {"q": "facturation", "sort": "rate"},
    {"sort": "-rate"},
    {"q": "standardiste", "sort": "rating"},
    {"sort": "newest"},
    {"sort": "response"},
    {"q": "assistante", "near": "lyon", "sort": "distance"},
    {"q": "assistante", "near": "lyon"},
    {"skill": ["invoicing"], "country": ["FR", "BE"]},
)
PAID = frozenset({"payable", "photo"})
"""Document fields that a payment, a subscription or an onboarding at Stripe could ever write."""


async def test_the_published_combination_reproduces_every_order_exactly(filled: Directory) -> None:
    for asked in ASKED:
        hits = (await filled.find(**asked, explain="1", per_page="50", facets="0")).hits
        keys = [order_key(hit["explain"]["parts"]) for hit in hits]
        assert keys == sorted(keys), asked
        assert len(set(keys)) == len(keys), f"undecided: {asked}"


async def test_merit_is_the_published_sum_of_its_parts(filled: Directory) -> None:
    for hit in (await filled.find(q="facturation", explain="1")).hits:
        assert hit["explain"]["version"] == ranking.VERSION
        merit = next(part for part in hit["explain"]["parts"] if part["rule"] == "merit")
        points = sum(one["weight"] * one["value"] for one in merit["facts"].values())
        assert merit["value"] == pytest.approx(points)


async def test_no_field_a_payment_writes_changes_a_rank(empty: Directory) -> None:
    some = people()[:150]
    await empty.admin.upsert(some, TODAY, wait=True)
    before = [await _order(empty, asked) for asked in ASKED]
    assert any(before)
    for changed in (
        [replace(one, payable=True, photo="paid.webp") for one in some],
        [replace(one, payable=not n % 2, photo="") for n, one in enumerate(some)],
    ):
        await empty.admin.upsert(changed, TODAY, wait=True)
        assert [await _order(empty, asked) for asked in ASKED] == before


async def test_one_review_puts_nobody_first_or_last(empty: Directory) -> None:
    loved, praised, unknown, blamed = people()[:4]
    some = [
        replace(blamed, rating=1.0, reviews=1),
        replace(unknown, rating=None, reviews=0),
        replace(praised, rating=5.0, reviews=1),
        replace(loved, rating=4.9, reviews=50),
    ]
    await empty.admin.upsert(some, TODAY, wait=True)
    wanted = [one.id for one in (loved, praised, unknown, blamed)]
    for asked in ({}, {"sort": "rating"}):
        assert await _order(empty, asked) == wanted, asked


async def _order(directory: Directory, asked: dict[str, Any]) -> list[str]:
    answer = await directory.find(**asked, per_page="50", facets="0")
    return [hit["id"] for hit in answer.hits]


def test_what_may_rank_is_listed_and_nothing_paid_is_among_it() -> None:
    known = {one.name for one in fields(AssistantDocument)}
    assert known >= ranking.RANKED_FIELDS
    assert not ranking.RANKED_FIELDS & PAID


def test_months_passing_never_turn_two_people_round() -> None:
    early, late = 1_700_000_000, 1_790_000_000
    assert ranking.merit(None, late) - ranking.merit(None, early) == 34.0
    assert ranking.merit(30, early) > ranking.merit(300, early) > ranking.merit(100_000, early)


async def test_newcomers_take_turns_within_the_quota_and_the_draw_can_be_replayed(
    empty: Directory,
) -> None:
    fresh = ranking.new_since(TODAY) + 3600
    some = [
        replace(one, published_at=fresh, skills=("invoicing",)) if n % 2 else one
        for n, one in enumerate(people()[:120])
    ]
    await empty.admin.upsert(some, TODAY, wait=True)
    new = {one.id for one in some if one.published_at == fresh}
    answer = await empty.find(q="facturation", per_page="10", explain="1")
    there = {hit["id"] for hit in answer.hits}
    rotation = answer.rotation
    assert rotation
    assert len(rotation.placed) == ranking.QUOTA
    assert [hit["id"] for hit in answer.turns] == list(rotation.placed)
    found = [
        await empty.ids(q="facturation", sort="newest", per_page="50", page=page) for page in "123"
    ]
    assert set(rotation.candidates) == new & set().union(*found) - there
    replayed = sorted(
        rotation.candidates,
        key=lambda id_: hashlib.sha256(f"{rotation.seed}:{id_}".encode()).hexdigest(),
    )
    assert tuple(replayed) == rotation.candidates
    assert tuple(replayed[: ranking.QUOTA]) == rotation.placed
    for size in ("10", "20", "50"):  # the more on the page, the fewer of the first are left
        told = (await empty.find(q="facturation", per_page=size, explain="1")).rotation
        plain = (await empty.find(q="facturation", per_page=size)).rotation
        assert told
        assert plain
        assert plain.placed == told.placed
    assert not (await empty.find(q="facturation", per_page="10", page="2")).turns
    assert not (await empty.find(q="facturation", sort="rate", per_page="10")).turns


@given(st.uuids().map(str), st.uuids().map(str), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_indexed_numbers_stand_in_the_order_of_the_tickets(one: str, other: str, day: date) -> None:
    seed, draw = ranking.seed_of(day), ranking.drawn_by(day).partition(".")[2]
    numbers = ranking.tickets(one)[draw], ranking.tickets(other)[draw]
    assert (numbers[0] < numbers[1]) == (ranking.ticket(seed, one) < ranking.ticket(seed, other))
    assert float(numbers[0]) == numbers[0]


def test_somebody_new_draws_another_number_every_day_and_all_get_turns() -> None:
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(ranking.NEW_DAYS + 1)]
    assert ranking.new_since(days[-1]) == datetime(2026, 11, 1, tzinfo=UTC).timestamp()
    assert len({ranking.seed_of(day) for day in days}) == len(days)
    people = {f"p{n}": ranking.tickets(f"p{n}") for n in range(20)}
    shown = [
        one
        for day in days
        for one in sorted(people, key=lambda id_: people[id_][ranking.drawn_by(day)[5:]])[:2]
    ]
    assert len(set(shown)) > 15
