"""Where few are found, who has kindred skills follows, then who misses one wish alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search import client, kindred, nearby, taxonomy
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


def test_the_nearest_skills_share_rare_words_within_a_trade_and_beyond() -> None:
    near = kindred.nearest(frozenset({"bookkeeping"}), 8)
    assert {"pre-accounting", "accounts-payable", "bank-reconciliation"} <= set(near)
    assert "inbound-calls" in kindred.nearest(frozenset({"virtual-receptionist"}), 2)
    beyond = kindred.nearest(frozenset({"medical-secretary"}), 8)
    assert {"virtual-receptionist", "patient-scheduling"} <= set(beyond)
    assert {taxonomy.taxonomy().terms[code].group for code in beyond} > {"medical"}
    several = kindred.nearest(frozenset({"invoicing", "payment-reminders"}), 8)
    assert not {"invoicing", "payment-reminders"} & set(several)
    assert not kindred.nearest(frozenset({"xero"}), 8)  # a tool has no kin


async def test_first_kindred_skills_with_every_other_filter_the_nearest_before_others(
    filled: Directory,
) -> None:
    for asked in ({"q": "payroll"}, {"skill": "payroll"}):
        answer = await filled.find(**asked, city="bruxelles")
        assert answer.total < nearby.FEW
        kin = answer.nearby[0]
        assert kin.wish == (nearby.WORK, "")
        assert nearby.EACH < len(kin.hits) <= nearby.KINDRED
        assert kin.total >= len(kin.hits)
        ids = [hit["id"] for hit in [*answer.hits, *kin.hits]]
        assert len(set(ids)) == len(ids)
        assert {person(hit).city for hit in kin.hits} == {"bruxelles"}
        foremost = {"payroll", *kin.skills[: nearby.TIERS[0]]}
        places = [bool(foremost & {*person(hit).skills}) for hit in kin.hits]
        assert places == sorted(places, reverse=True)
        for hit in kin.hits:
            assert {"payroll", *kin.skills} & {*person(hit).skills}


async def test_who_has_one_of_two_skills_follows_and_so_does_a_trade_named_alone(
    filled: Directory,
) -> None:
    answer = await filled.find(skill=["payroll", "vat-returns"], speaks="fr:C1")
    assert answer.total < nearby.FEW
    assert {"payroll", "vat-returns"} & {*person(answer.nearby[0].hits[0]).skills}
    trade = await filled.find(q="light it", city="lyon", speaks="de:C1")
    for hit in trade.nearby[0].hits:
        assert person(hit).spoken[0].code == "de"


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


async def test_beyond_a_place_the_nearest_of_who_fits_come_first(filled: Directory) -> None:
    answer = await filled.find(q="payroll", near="lyon", within_km="1", speaks="fr:C1")
    [beyond] = [one.hits for one in answer.nearby if one.wish[0] == "near"]
    away = [hit["distance_km"] for hit in beyond]
    assert len(away) == nearby.EACH
    assert away == sorted(away)
    whole = await filled.find(q="payroll", speaks="fr:C1", per_page=str(nearby.NEXT))
    assert {hit["id"] for hit in beyond} <= {hit["id"] for hit in whole.hits}
