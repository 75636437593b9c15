"""Who stands at the foot of a profile, and where a link to more of a search leads."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from marketplace.profiles.models import Profile
from tests.marketplace.directory import people
from tests.marketplace.directory.test_pages import directory

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

__all__ = ["directory"]
pytestmark = pytest.mark.usefixtures("search_engine")


async def legal(slug: str, city: str, marks: int = 27) -> None:
    """Somebody with nine reviews, of the same trade."""
    made = await people.publish(slug, skills=["legal-secretary"], city=city)
    await Profile.filter(pk=made.id).update(reviews=9, review_marks=marks)


async def test_at_a_profile_s_foot_stand_those_of_its_town_before_the_best_rated(
    directory: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await legal("ici", "lyon")
    await legal("voisine", "lyon")
    for number in range(3):
        await legal(f"loin-{number}", "lille", marks=135)
    await run_jobs()
    page = (await directory.get("/fr/assistants/ici")).text
    foot = page[page.index('class="near"') :]
    assert foot.index("/fr/assistants/voisine") < foot.index("/fr/assistants/loin-")
    assert foot.count('<article class="card') == 3


async def test_a_link_to_all_says_how_many_are_there(
    directory: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await legal("seule", "lyon")
    for number in range(9):
        await legal(f"loin-{number}", "lille")
    await run_jobs()
    page = unescape((await directory.get("/fr/assistants?skill=legal-secretary&city=lyon")).text)
    link = re.search(r'href="([^"]*)"[^>]*>Voir les (\d+)\xa0?\s?profils', page)
    assert link
    assert link[2] == "10"
    there = (await directory.get(link[1])).text
    assert "<strong>10</strong>" in there
