"""A blind review: nothing tells who anybody is before the scores are saved, wherever one looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from marketplace.core import clock
from marketplace.parties.models import Membership, Party
from marketplace.parties.rules import Role
from marketplace.profiles.models import Profile
from marketplace.shortlists.models import Entry, Review, Shortlist
from tests.factories import accounts, references
from tests.factories import parties as make
from tests.marketplace.directory import people

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs
    from tests.fixtures.services import Server

PHOTO = "cafe" * 10
TEXT = (
    "Je suis Zélie Quintin, assistante rigoureuse à Toulouse, née en 1981. "
    "Contact : zelie.quintin@example.org ou 06 12 34 56 78."
)
IDENTIFYING = (
    *("zelie", "zélie", "quintin", "toulouse", "occitanie", "fr-occ", "example.org", "12 34 56"),
    *("notre accueil", "silva conseil", "client.example"),
    *("1981", PHOTO, "rue des lilas", "552008443", "assistante rigoureuse"),
)


async def shortlist(client: httpx.AsyncClient) -> tuple[Shortlist, list[Profile]]:
    """Claire's list of three, already under review, and who is on it."""
    some = [
        await people.publish("zelie-quintin", name="Zélie Quintin", text=TEXT),
        await people.publish(
            "bruno-masson",
            name="Bruno Masson",
            text="Je réponds vite.",
            currency="CHF",
            rate_minor=5000,
        ),
        await people.publish("chloe-perrin", name="Chloé Perrin", city="lyon"),
    ]
    await Profile.filter(pk=some[0].id).update(photo=PHOTO)
    await Party.filter(pk=some[0].party_id).update(
        address_line1="12 rue des Lilas", town="Toulouse", registration_number="552008443"
    )
    await references.standing(some[0], "Elle a tenu notre accueil.")
    claire = await accounts.person(name="Claire Durand")
    await make.party(claire, "business")
    await accounts.log_in(client, claire)
    for one in some:
        await client.post("/fr/shortlists/keep", data={"slug": one.slug})
    row = await Shortlist.get()
    entry = await Entry.get(profile_id=some[0].id)
    await client.post(
        f"/fr/shortlists/{row.id}/entries/{entry.id}/note", data={"note": "Zélie me plaît"}
    )
    await client.post(f"/fr/shortlists/{row.id}/link")
    opened = await client.post(
        f"/fr/shortlists/{row.id}/blind", data={"criteria": ["Clarté", "Outils", "", ""]}
    )
    assert opened.status_code == 303
    return row, some


def secrets(some: list[Profile], entries: list[Entry]) -> list[str]:
    """What must be nowhere: names, contacts, photos, slugs, ids."""
    found = [*IDENTIFYING, "bruno", "masson", "chloé", "chloe", "perrin", "lyon"]
    found += [one.slug for one in some] + [str(one.id) for one in some]
    return found + [str(one.id) for one in entries]


async def test_no_page_and_no_answer_tells_who_anybody_is(client: httpx.AsyncClient) -> None:
    row, some = await shortlist(client)
    hidden = secrets(some, await Entry.all())
    for address in (
        f"/fr/shortlists/{row.id}",
        f"/en/shortlists/{row.id}",
        "/fr/shortlists",
        f"/api/v1/shortlists/{row.id}",
        "/api/v1/shortlists",
    ):
        text = (await client.get(address)).text.lower()
        assert [one for one in hidden if one.lower() in text] == [], address
    view = (await client.get(f"/api/v1/shortlists/{row.id}")).json()
    assert view["blind"]
    assert view["entries"] == []
    assert sorted(one["letter"] for one in view["candidates"]) == ["A", "B", "C"]
    assert {"name", "slug", "photo", "city", "region", "id"}.isdisjoint(view["candidates"][0])
    converted = {one["rate"]["currency"]: one["rate_converted"] for one in view["candidates"]}
    assert converted["EUR"] is None
    assert converted["CHF"]["currency"] == "EUR"
    assert "(≈ " in (await client.get(f"/fr/shortlists/{row.id}")).text
    told = " ".join(one["text"] for one in view["candidates"])
    assert "assistant rigoureux" in told
    # Nor do hearts in the directory tell who is on the list.
    assert "Gardé<" not in (await client.get("/fr/assistants/zelie-quintin")).text


async def test_names_come_with_the_scores_and_not_before(client: httpx.AsyncClient) -> None:
    row, some = await shortlist(client)
    base = f"/fr/shortlists/{row.id}"
    assert (await Shortlist.get()).link_hash is None  # the link was revoked by the review
    link = await client.put(f"/api/v1/shortlists/{row.id}/link", json={})
    assert link.status_code == 409
    more = await client.post(
        "/api/v1/shortlists/entries", json={"slug": some[0].slug, "shortlist": str(row.id)}
    )
    assert more.status_code == 409
    partly = {f"score-{letter}-{n}": "4" for letter in "ABC" for n in range(2)}
    partly["score-B-1"] = "²"
    refused = await client.post(f"{base}/scores", data=partly)
    assert refused.status_code == 422
    assert 'href="#f-score-B-1"' in refused.text
    assert refused.text.count('value="4" required checked') == 5  # what was chosen is kept
    assert "Quintin" not in refused.text
    assert not await Review.exists()
    answer = await client.post(f"{base}/scores", data={**partly, "score-B-1": "5"})
    assert answer.status_code == 303
    page = (await client.get(base)).text
    assert "Zélie Quintin" in page
    assert "Zélie me plaît" in page
    assert "(≈ " in page
    client.cookies.set("tz", "Europe/London")
    london = await client.get(base)
    assert london.text.count("£") == 3, "the visitor's own money"
    view = (await client.get(f"/api/v1/shortlists/{row.id}")).json()
    assert sorted(one["score"] for one in view["entries"]) == [4.0, 4.0, 4.5]
    assert (await client.post(f"{base}/scores", data=partly)).status_code == 303
    assert await Review.all().count() == 1  # scores are not changed afterwards


async def test_each_person_of_a_team_scores_before_they_see(client: httpx.AsyncClient) -> None:
    row, _some = await shortlist(client)
    scores = {letter: [3, 3] for letter in "ABC"}
    saved = await client.post(f"/api/v1/shortlists/{row.id}/scores", json={"scores": scores})
    assert len(saved.json()["entries"]) == 3
    # Who has scored takes nobody out while others have yet to score.
    one = saved.json()["entries"][0]["id"]
    taken = await client.delete(f"/api/v1/shortlists/{row.id}/entries/{one}")
    assert taken.status_code == 409
    assert "/remove" not in (await client.get(f"/fr/shortlists/{row.id}")).text
    sam = await accounts.person(name="Sam")
    await Membership.create(
        party_id=row.party_id, person_id=sam.id, role=Role.MEMBER, created_at=row.created_at
    )
    await accounts.log_in(client, sam)
    assert "Quintin" not in (await client.get(f"/fr/shortlists/{row.id}")).text
    scores["A"] = [5, 5]
    saved = await client.post(f"/api/v1/shortlists/{row.id}/scores", json={"scores": scores})
    first = next(one for one in saved.json()["entries"] if one["letter"] == "A")
    assert first["score"] == 4.0
    assert saved.json()["reviewers"] == 2


@pytest.mark.parametrize(
    "criteria", [[], ["x" * 81], ["Same", "same"], ["a", "b", "c", "d", "e", "f", "g"]]
)
async def test_criteria_are_few_and_different(client: httpx.AsyncClient, criteria: Any) -> None:
    claire = await accounts.person()
    await accounts.log_in(client, claire)
    for slug in ("a-one", "b-two"):
        await people.publish(slug)
        await client.post("/fr/shortlists/keep", data={"slug": slug})
    row = await Shortlist.get()
    refused = await client.post(f"/fr/shortlists/{row.id}/blind", data={"criteria": criteria})
    assert refused.status_code == 422
    api = await client.post(f"/api/v1/shortlists/{row.id}/blind", json={"criteria": criteria})
    assert api.status_code == 422


async def test_one_candidate_is_no_comparison(client: httpx.AsyncClient) -> None:
    claire = await accounts.person()
    await accounts.log_in(client, claire)
    await people.publish("a-one")
    await client.post("/fr/shortlists/keep", data={"slug": "a-one"})
    row = await Shortlist.get()
    api = await client.post(f"/api/v1/shortlists/{row.id}/blind", json={"criteria": ["Clarté"]})
    assert api.status_code == 409


async def test_a_review_from_a_search_waits_until_the_search_is_back(
    client: httpx.AsyncClient,
) -> None:
    for slug in ("a-one", "b-two"):
        await people.publish(slug)
    await accounts.log_in(client, await accounts.person())
    draft = {"name": "Bras droit", "query": "skill=virtual-assistance", "criteria": ["Clarté", ""]}
    away = await client.post("/fr/shortlists/blind", data=draft)  # no index is connected
    assert away.status_code == 503
    for typed in ("Bras droit", "Clarté"):
        assert f'value="{typed}"' in away.text
    body = {**draft, "criteria": ["Clarté"]}
    assert (await client.post("/api/v1/shortlists/blind", json=body)).status_code == 503
    assert not await Shortlist.exists()


async def test_a_review_straight_from_a_search_shows_nobody_before_the_scores(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    some = [await people.publish("zelie-quintin", text=TEXT), await people.publish("chloe-perrin")]
    owner = await accounts.person(name="Océane Vidal")  # a trade name is not all that names her
    await Membership.create(
        party_id=some[1].party_id, person_id=owner.id, role=Role.OWNER, created_at=clock.now()
    )
    await people.change(some[1], text_fr="Je suis Océane, votre bras droit.")
    await people.publish("a-translator", skills=["translation-fr-en"])
    await run_jobs()
    claire = await accounts.person(name="Claire Durand")
    await accounts.log_in(client, claire)
    form = await client.get("/fr/shortlists/blind?skill=virtual-assistance&page=2")
    assert 'name="query" value="skill=virtual-assistance"' in form.text
    form = await client.get("/fr/shortlists/blind?q=facturation en France")
    assert "country=FR" in form.text  # read as the search page reads it
    draft = {"name": "Bras droit", "query": "skill=virtual-assistance", "criteria": ["Clarté", ""]}
    for wrong in ({"count": "1"}, {"criteria": [""]}, {"query": "skill=nothing"}, {"name": ""}):
        refused = await client.post("/fr/shortlists/blind", data={**draft, **wrong})
        assert refused.status_code == 422
    few = await client.post("/fr/shortlists/blind", data={**draft, "query": "tool=sage"})
    assert few.status_code == 409
    assert not await Shortlist.exists()
    opened = await client.post("/fr/shortlists/blind", data=draft)
    page = (await client.get(opened.headers["location"])).text
    assert [one for one in secrets(some, await Entry.all()) if one.lower() in page.lower()] == []
    assert "Océane" not in page
    assert "votre bras droit" in page
    assert await Entry.all().count() == 2
