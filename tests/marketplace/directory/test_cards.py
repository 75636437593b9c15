"""What a card says of somebody, and what is compared of several."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest

from marketplace.core import clock
from marketplace.directory.pages import facts
from tests.marketplace.directory import people
from tests.marketplace.directory.test_pages import directory

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

__all__ = ["directory"]
pytestmark = pytest.mark.usefixtures("search_engine")


def a_monday_in_march() -> date:
    """Of another year than this one, and no first of the month ("1er")."""
    first = date(clock.today().year + 5, 3, 2)
    return first + timedelta(days=-first.weekday() % 7)


async def test_a_card_says_who_is_new_and_whose_first_free_day_is_far(
    directory: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    old = await people.publish("old-hand", skills=["bookkeeping"], hours_week=12)
    away = {"available_from": clock.today() + timedelta(days=20)}
    await people.change(old, published_at=clock.now() - timedelta(days=40), **away)
    await run_jobs()
    page = (await directory.get("/en/assistants?skill=bookkeeping")).text
    links = (f'href="/en/assistants/{slug}"' for slug in ("old-hand", "tom-kay"))
    old_card, new_card = (page.partition(link)[2].partition("</article>")[0] for link in links)
    assert "New profile" in new_card
    assert "is-now" in new_card
    assert "New profile" not in old_card
    assert "is-now" not in old_card
    assert "12 h a week, from " in old_card


async def test_profiles_stand_side_by_side_and_what_differs_is_marked(
    directory: httpx.AsyncClient,
) -> None:
    results = await directory.get("/fr/assistants")
    assert results.text.count('name="with"') == 3
    address = "/assistants/compare?with=lea-roussel&with=tom-kay"
    page = await directory.get(f"/fr{address}")
    assert page.status_code == 200
    for text in ("Léa Roussel", "Tom Kay", "<b>Lyon, France</b>", "<b>Toulouse, France</b>"):
        assert text in page.text
    shared = re.search(r"<tr><th scope=\"row\">Juridiction.*?</tr>", page.text, re.DOTALL)
    assert shared
    assert "diffère" not in shared[0]
    assert "Compare profiles" in (await directory.get(f"/en{address}")).text
    three = await directory.get(f"/en{address}&with=ines-dakar&with=nobody&with=a&with=b")
    assert "/en/contracts/new?assistant=tom-kay" in three.text
    for text in ("Remove Tom Kay", "Only the first four", "1 profile is no longer"):
        assert text in three.text
    alone = await directory.get("/fr/assistants/compare?with=lea-roussel")
    assert "Choisissez au moins deux profils" in alone.text


async def test_what_decides_is_compared_and_rates_are_told_in_one_currency(
    directory: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    free = a_monday_in_march()
    swiss = await people.publish(
        "noa-favre", city="geneve", jurisdiction="CH", currency="CHF", rate_minor=5000,
        tax_status="unregistered",
    )  # fmt: skip
    await people.change(
        swiss, response_minutes=200, available_from=free, reviews=8, review_marks=108,
        project_minimum_minor=90000, engagement=["hourly", "project"],
    )  # fmt: skip
    await run_jobs()
    address = "/en/assistants/compare?with=lea-roussel&with=noa-favre"
    page = (await directory.get(address)).text

    def row(title: str) -> str:
        found = re.search(rf'<th scope="row">{title}.*?</tr>', page, re.DOTALL)
        assert found, title
        return re.sub(r"<[^>]+>", "", found[0])

    assert re.search(r"€28.*CHF\s?50 \(≈ €\d\d\)", row("Hourly rate"))
    assert "Usually answers within 4 hours" in row("Usual time to reply")
    assert f"From Monday {free.day} March {free.year}" in row("Availability")
    assert "none yet" in row("Proofs")
    assert re.search(r"Rating.*4\.50 \(8 reviews\)", row("Rating"), re.DOTALL)
    assert "differs" in row("Rating")
    assert "CHF" in row("Projects, at least")
    assert "Virtual reception (confirmed, 3 years)" in row("Skills")
    assert row("Packages").count("Pack dix appels: €") == 1
    assert "not (yet) in: Belgium" in row("Businesses that can contract")
    page = (await directory.get(f"{address}&currency=GBP")).text
    assert re.search(r"€28 \(≈ £\d\d\)", row("Hourly rate"))
    assert "&amp;currency=GBP" in page
    profile = (await directory.get("/en/assistants/noa-favre")).text
    assert re.search(r"excl\. tax \(≈ €\d\d\)", profile)


async def test_a_comparison_leads_back_to_the_search_it_came_from(
    directory: httpx.AsyncClient,
) -> None:
    found = (await directory.get("/fr/assistants?speaks=fr:B1&rate_max=9000")).text
    [search] = set(re.findall(r'name="search" value="([^"]*)"', found))
    sent = {"with": ["lea-roussel", "tom-kay", "ines-dakar"], "search": unescape(search)}
    page = (await directory.get("/fr/assistants/compare", params=sent)).text
    assert 'href="/fr/assistants?speaks=fr:B1&amp;rate_max=9000"' in page
    assert page.count("<caption") == 0
    for link in re.findall(r'href="(/../assistants/compare[^"]*)"', page):
        further = (await directory.get(unescape(link))).text
        assert "assistants?speaks=fr:B1&amp;rate_max=9000" in further
    empty = (
        await directory.get("/fr/assistants/compare", params={"search": unescape(search)})
    ).text
    assert "Revenir à la recherche" in empty
    for wrong in ("nothing=1", "q=" + "x" * 3000, "rate_max=1&rate_max=2"):
        answer = await directory.get("/fr/assistants/compare", params={**sent, "search": wrong})
        assert answer.status_code == 200
        assert "Voir tous les profils" in answer.text


def test_a_first_free_day_is_said_as_people_say_it_with_the_year_of_another_year() -> None:
    soon = clock.today().replace(month=12, day=31)
    assert re.fullmatch(r"À partir du [a-z]+ 31 décembre", facts.from_day(soon, "fr"))
    day = a_monday_in_march()
    assert facts.from_day(day, "fr") == f"À partir du lundi {day.day} mars {day.year}"
