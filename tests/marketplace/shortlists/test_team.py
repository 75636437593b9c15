"""Lists of a business are several people's: nobody's note, list or choice is lost to a colleague's."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from marketplace.core import clock
from marketplace.parties.models import Membership
from marketplace.parties.rules import Role
from marketplace.shortlists.models import Entry, Shortlist
from tests.factories import accounts
from tests.factories import parties as make
from tests.marketplace.directory import people

if TYPE_CHECKING:
    import httpx

    from marketplace.accounts.models import Person
    from marketplace.parties.models import Party

SLUGS = ("lea-roussel", "tom-petit", "ana-diaz")


async def team() -> tuple[Person, Person, Party]:
    """Claire, her colleague Bruno, and their business."""
    claire, bruno = await accounts.person(name="Claire"), await accounts.person(name="Bruno")
    business = await make.party(claire, "business")
    await Membership.create(
        party_id=business.id, person_id=bruno.id, role=Role.MEMBER, created_at=clock.now()
    )
    return claire, bruno, business


async def keep(client: httpx.AsyncClient, slug: str) -> None:
    answer = await client.post("/fr/shortlists/keep", data={"slug": slug, "back": "/fr/assistants"})
    assert answer.status_code == 303


def field(page: str, entry: Entry, name: str) -> str:
    """What a field of an entry's note holds on the page."""
    part = page[page.index(f"/entries/{entry.id}/note") :]
    if name == "note":
        found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", part, re.DOTALL)
    else:
        found = re.search(rf'name="{name}" value="([^"]*)"', part)
    assert found
    return unescape(found[1])


async def test_a_colleagues_note_is_never_written_over_unread(client: httpx.AsyncClient) -> None:
    await people.publish(SLUGS[0])
    claire, bruno, _business = await team()
    await accounts.log_in(client, claire)
    await keep(client, SLUGS[0])
    entry = await Entry.get()
    address = f"/fr/shortlists/{entry.shortlist_id}"
    before = (await client.get(address)).text
    await accounts.log_in(client, bruno)
    note = f"{address}/entries/{entry.id}/note"
    first = {"note": "Libre dès lundi", "seen": field(before, entry, "seen")}
    for _twice in range(2):  # the same again overtakes nothing
        assert (await client.post(note, data=first)).status_code == 303

    await accounts.log_in(client, claire)
    mine = {"note": "Je l’ai appelée", "seen": field(before, entry, "seen")}
    refused = await client.post(note, data=mine)
    assert refused.status_code == 409
    assert (await Entry.get()).note == "Libre dès lundi"
    assert field(refused.text, entry, "note") == mine["note"]
    assert "Libre dès lundi" in refused.text
    assert "a modifié cette note" in refused.text
    joined = {"note": "Libre lundi. Appelée.", "seen": field(refused.text, entry, "seen")}
    assert (await client.post(note, data=joined)).status_code == 303
    assert (await Entry.get()).note == joined["note"]

    api = f"/api/v1/shortlists/{entry.shortlist_id}"
    shown = (await client.get(api)).json()["entries"][0]
    path = f"{api}/entries/{entry.id}"
    stale = {"note": "x", "seen": "0" * 16}
    assert (await client.patch(path, json=stale)).status_code == 409
    fresh = {"note": "x", "seen": shown["mark"]}
    assert (await client.patch(path, json=fresh)).json()["entries"][0]["note"] == "x"
    assert (await client.patch(path, json={"note": "y"})).status_code == 200


async def test_what_is_wrong_in_one_form_of_a_list_empties_no_other(
    client: httpx.AsyncClient,
) -> None:
    for slug in SLUGS[:2]:
        await people.publish(slug)
    claire, bruno, _business = await team()
    await accounts.log_in(client, claire)
    for slug in SLUGS[:2]:
        await keep(client, slug)
    first, second = await Entry.all().order_by("position")
    await Entry.filter(pk=second.id).update(note="Parle anglais")
    address = f"/fr/shortlists/{first.shortlist_id}"
    long = await client.post(f"{address}/entries/{first.id}/note", data={"note": "é" * 2001})
    assert long.status_code == 422
    assert field(long.text, first, "note") == "é" * 2001
    assert field(long.text, second, "note") == "Parle anglais"
    twice = await client.post(f"{address}/blind", data={"criteria": ["Clarté", "clarté"]})
    nameless = await client.post(f"{address}/name", data={"name": " "})
    for refused, name in ((long, "Ma présélection"), (twice, "Ma présélection"), (nameless, " ")):
        assert refused.status_code == 422
        assert f'name="name" type="text" value="{name}"' in refused.text
    assert twice.text.count('value="clarté"') == 1
    assert 'value="Clarté"' not in nameless.text

    await accounts.log_in(client, bruno)
    await client.post(f"{address}/blind", data={"criteria": ["Clarté"]})
    await accounts.log_in(client, claire)
    closed = await client.post(f"{address}/entries/{first.id}/note", data={"note": "Trop tard ?"})
    assert closed.status_code == 409
    assert "Trop tard ?" in closed.text
    assert "Lea" not in closed.text


async def test_what_a_visit_kept_stays_its_persons_until_they_give_it_to_a_team(
    client: httpx.AsyncClient,
) -> None:
    await people.publish(SLUGS[0])
    claire, bruno, business = await team()
    await accounts.log_in(client, bruno)
    now = clock.now()
    teams = await Shortlist.create(
        party_id=business.id, name="Ma présélection", created_at=now, updated_at=now
    )
    client.cookies.clear()
    await keep(client, SLUGS[0])
    await Entry.all().update(note="Mon client précédent")
    await client.post("/fr/log-in", data={"email": claire.email, "password": accounts.PASSWORD})
    entry = await Entry.get().prefetch_related("shortlist")
    assert (entry.shortlist.person_id, entry.shortlist.party_id) == (claire.id, None)
    address = f"/fr/shortlists/{entry.shortlist_id}"
    page = (await client.get(address)).text
    assert "Personne d’autre que vous" in page
    assert "visible de vous uniquement" in (await client.get("/fr/shortlists")).text
    await accounts.log_in(client, bruno)
    assert (await client.get(address)).status_code == 404
    assert (
        await client.post(f"{address}/team", data={"party": str(business.id)})
    ).status_code == 404

    await accounts.log_in(client, claire)
    other = await make.party(await accounts.person(), "business")
    foreign = await client.post(f"{address}/team", data={"party": str(other.id)})
    assert foreign.status_code == 404
    for _twice in range(2):
        shared = await client.post(f"{address}/team", data={"party": str(business.id)})
        assert shared.status_code == 303
    second = await make.party(claire, "business", display_name="Conseil Durand")
    moved = await client.put(
        f"/api/v1/shortlists/{entry.shortlist_id}/team", json={"party": str(second.id)}
    )
    assert moved.status_code == 409
    await accounts.log_in(client, bruno)
    assert "Mon client précédent" in (await client.get(address)).text
    assert (await client.get(f"/fr/shortlists/{teams.id}")).status_code == 200


async def test_notes_that_are_too_long_together_stay_on_two_lists(
    client: httpx.AsyncClient,
) -> None:
    await people.publish(SLUGS[0])
    claire = await accounts.person()
    await keep(client, SLUGS[0])
    brought = await Entry.get()
    await Entry.all().update(note="b" * 1500)
    now = clock.now()
    own = await Shortlist.create(
        person_id=claire.id, name="Ma présélection", created_at=now, updated_at=now
    )
    await Entry.create(
        shortlist=own, profile_id=brought.profile_id, position=1, note="a" * 600, created_at=now
    )
    await client.post("/fr/log-in", data={"email": claire.email, "password": accounts.PASSWORD})
    assert {one.note for one in await Entry.all()} == {"a" * 600, "b" * 1500}
    assert await Shortlist.filter(person_id=claire.id).count() == 2


async def test_a_heart_goes_to_a_list_of_ones_own_hand_and_undoes_ones_own_choice_alone(
    client: httpx.AsyncClient,
) -> None:
    for slug in SLUGS:
        await people.publish(slug)
    claire, bruno, business = await team()
    await accounts.log_in(client, claire)
    await keep(client, SLUGS[0])
    mine = await Shortlist.get()
    await accounts.log_in(client, bruno)
    named = {"name": "Pour le client Z", "party": str(business.id)}
    made = await client.post("/fr/shortlists", data=named)
    other = await Shortlist.get(name="Pour le client Z")
    assert made.headers["location"].endswith(str(other.id))
    clock.advance(60)
    await keep(client, SLUGS[0])
    await keep(client, SLUGS[1])
    assert await Entry.filter(shortlist=other).count() == 2

    await accounts.log_in(client, claire)  # a colleague's list is the newest, and not hers
    await keep(client, SLUGS[2])
    assert await Entry.filter(shortlist=mine).count() == 2
    page = {"HX-Request": "true"}
    dropped = await client.post("/fr/shortlists/drop", data={"slug": SLUGS[0]}, headers=page)
    assert "Pour le client Z" in dropped.text
    assert await Entry.filter(shortlist=mine).count() == 1
    for _twice in range(2):
        kept = await client.post("/fr/shortlists/drop", data={"slug": SLUGS[1]}, headers=page)
        assert "heart is-on" in kept.text
    assert await Entry.filter(shortlist=other).count() == 2

    await client.post(f"/fr/shortlists/{mine.id}/link")  # now others read it
    await keep(client, SLUGS[1])
    fresh = await Shortlist.exclude(id__in=[mine.id, other.id]).get()
    assert fresh.name == "Ma présélection 2"
    assert fresh.party_id == business.id
    await accounts.log_in(client, await accounts.person())
    assert (await client.get(f"/fr/shortlists/{fresh.id}")).status_code == 404


async def test_whoever_acts_for_several_says_whose_team_sees_a_list(
    client: httpx.AsyncClient,
) -> None:
    for slug in SLUGS:
        await people.publish(slug)
    claire, _bruno, first = await team()
    second = await make.party(claire, "business", display_name="Conseil Durand")
    await accounts.log_in(client, claire)
    await keep(client, SLUGS[0])
    assert (await Shortlist.get()).person_id == claire.id
    for page in ("/fr/shortlists", "/fr/shortlists/blind?q=x"):
        form = (await client.get(page)).text
        assert "Moi uniquement" in form
        assert str(first.id) in form
    for party in (second.id, None):
        made = await client.post(
            "/api/v1/shortlists", json={"name": "x", **({"party": str(party)} if party else {})}
        )
        assert made.json()["party"] == (str(party) if party else None)
