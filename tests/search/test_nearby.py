"""Where few are found, who misses one wish alone follows, apart and under that wish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search import client, nearby, taxonomy
from search.schema import Spoken
from tests.search.corpus import person

if TYPE_CHECKING:
    import pytest

    from tests.search.conftest import Directory


async def test_who_misses_one_wish_alone_follows_under_it(filled: Directory) -> None:
    answer = await filled.find(q="standardiste", city="lyon", speaks="de:C1")
    assert answer.total < nearby.FEW
    found = {hit["id"] for hit in answer.hits}
    near = {one.wish: one.hits for one in answer.nearby}
    assert {("speaks", "de:C1"), ("city", "lyon")} <= set(near)
    followers = [hit["id"] for hits in near.values() for hit in hits]
    assert len(set(followers)) == len(followers)
    assert not found & set(followers)
    assert {person(hit).city for hit in near["speaks", "de:C1"]} == {"lyon"}
    assert {person(hit).spoken[0] for hit in near["city", "lyon"]} == {Spoken("de", "C2")}


async def test_first_those_of_the_same_trade_who_meet_every_filter(filled: Directory) -> None:
    answer = await filled.find(skill="call-routing", city="lyon")
    assert answer.total < nearby.FEW
    trade = answer.nearby[0]
    assert trade.wish == (nearby.WORK, "")
    for hit in trade.hits:
        assert "reception" in {taxonomy.taxonomy().terms[code].group for code in person(hit).skills}
        assert person(hit).city == "lyon"
        assert "call-routing" not in person(hit).skills


async def test_nobody_follows_where_enough_are_found_or_on_later_pages(filled: Directory) -> None:
    assert not (await filled.find(q="standardiste")).nearby
    assert not (await filled.find(q="standardiste", near="lyon", page="2")).nearby
    assert (await filled.find(skill="payroll", city="bruxelles")).nearby


async def test_who_nobody_was_found_for_sees_who_misses_one_filter(filled: Directory) -> None:
    answer = await filled.find(skill="payroll", rate_max="1", sort="distance", near="lyon")
    assert not answer.total
    assert ("rate_max", "1") in [one.wish for one in answer.nearby]


async def test_what_was_found_stands_when_neighbours_are_late(
    filled: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "NEARBY_SECONDS", 0)
    answer = await filled.find(q="standardiste", city="lyon", speaks="de:C1")
    assert answer.hits
    assert not answer.nearby
