"""Keeping, merging, notes, order, links: through pages and API, as a visitor and with an account."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest

from marketplace.core import clock
from marketplace.core.ids import hash_token, secret_token
from marketplace.profiles.models import Profile
from marketplace.shortlists.models import Entry, Shortlist
from marketplace.shortlists.rules.lists import FIRST_NAME, KEPT_DAYS
from marketplace.shortlists.service.upkeep import upkeep
from marketplace.web.visitors import cookie_name
from tests.factories import accounts
from tests.factories import parties as make
from tests.marketplace.directory import people

if TYPE_CHECKING:
    import httpx

SLUGS = ("lea-roussel", "tom-petit", "ana-diaz")


async def keep(
    client: httpx.AsyncClient, slug: str, back: str = "/fr/assistants"
) -> httpx.Response:
    return await client.post("/fr/shortlists/keep", data={"slug": slug, "back": back})


async def three() -> None:
    for slug in SLUGS:
        await people.publish(slug)


async def test_a_visitor_keeps_profiles_and_finds_them_after_log_in(
    client: httpx.AsyncClient,
) -> None:
    await three()
    answer = await keep(client, SLUGS[0], "/fr/assistants?q=x")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/fr/assistants?q=x#k-{SLUGS[0]}"
    secret = client.cookies[cookie_name()]
    assert await Shortlist.get(visitor=hash_token(secret))  # the secret itself is nowhere
    for way, now in (("keep", True), ("drop", False), ("keep", True)):  # as a script asks: in place
        answer = await client.post(
            f"/fr/shortlists/{way}", data={"slug": SLUGS[1]}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
        assert ("heart is-on" in answer.text) is now
        assert ("Gardé dans" in answer.text) is now
        assert "<main" not in answer.text
    assert "Gardé" in (await client.get(f"/fr/assistants/{SLUGS[0]}")).text
    assert "Gardé<" not in (await client.get(f"/fr/assistants/{SLUGS[2]}")).text

    claire = await accounts.person(email="claire@relais.example")
    brought = await Shortlist.get()
    page = (await client.get(f"/fr/shortlists/{brought.id}")).text
    # This list may become part of another, so its own address is no place to come back to.
    assert '"/fr/log-in?next=/fr/shortlists"' in page
    own = await Shortlist.create(
        person_id=claire.id, name="Ma présélection", created_at=clock.now(), updated_at=clock.now()
    )
    first = await Entry.get(profile__slug=SLUGS[0])
    await Entry.filter(pk=first.id).update(note="from the visit")
    await Entry.create(
        shortlist=own, profile_id=first.profile_id, position=1, note="mine", created_at=clock.now()
    )
    logged = await client.post(
        "/fr/log-in", data={"email": claire.email, "password": accounts.PASSWORD}
    )
    assert logged.status_code == 303
    assert cookie_name() not in client.cookies
    (merged,) = await Shortlist.all()
    assert merged.id == own.id
    rows = await Entry.filter(shortlist=own).order_by("position").prefetch_related("profile")
    assert [row.profile.slug for row in rows] == list(SLUGS[:2])
    assert rows[0].note == "mine\nfrom the visit"


@pytest.mark.parametrize(
    "other", [{"name": "Phones"}, {"name": FIRST_NAME, "link_hash": hash_token("link")}]
)
async def test_a_visit_never_joins_a_list_named_otherwise_or_read_by_others(
    client: httpx.AsyncClient, other: dict[str, Any]
) -> None:
    await three()
    await keep(client, SLUGS[0])
    claire = await accounts.person(email="claire@relais.example")
    now = clock.now()
    own = await Shortlist.create(person_id=claire.id, created_at=now, updated_at=now, **other)
    await client.post("/fr/log-in", data={"email": claire.email, "password": accounts.PASSWORD})
    assert await Entry.filter(shortlist=own).count() == 0
    (brought,) = await Shortlist.filter(person_id=claire.id).exclude(pk=own.id)
    assert await Entry.filter(shortlist=brought).count() == 1


async def test_a_visit_becomes_the_persons_and_stays_theirs_once_they_add_a_business(
    client: httpx.AsyncClient,
) -> None:
    await three()
    await keep(client, SLUGS[0])
    claire = await accounts.person(email="claire@relais.example")
    await client.post("/fr/log-in", data={"email": claire.email, "password": accounts.PASSWORD})
    assert (await Shortlist.get()).person_id == claire.id
    business = await make.party(claire, "business")
    (row,) = await Shortlist.all()
    assert (row.party_id, row.person_id) == (None, claire.id)
    page = (await client.get("/fr/shortlists")).text
    assert "Moi uniquement" in page
    assert f'<option value="{business.id}" selected>' in page
    for party, theirs in (("", claire.id), (str(business.id), None)):
        data = {"name": "Accueil", "party": party}
        made = (await client.post("/fr/shortlists", data=data)).headers["location"]
        assert (await Shortlist.get(pk=made.rpartition("/")[2])).person_id == theirs


async def test_lists_are_seen_by_the_team_alone(client: httpx.AsyncClient) -> None:
    await three()
    claire, stranger = await accounts.person(), await accounts.person()
    await make.party(claire, "business")
    await accounts.log_in(client, claire)
    await keep(client, SLUGS[0])
    row, entry = await Shortlist.get(), await Entry.get()
    base = f"/fr/shortlists/{row.id}"
    assert (await client.get(base)).status_code == 200
    found = await client.get("/fr/assistants")  # of a business with a town: local is one click
    assert "near=toulouse" in found.text
    assert "Gardé<" in found.text
    await accounts.log_in(client, stranger)
    for path in (
        "",
        "/delete",
        "/link",
        f"/entries/{entry.id}/note",
        f"/entries/{entry.id}/remove",
    ):
        call = client.get if not path else client.post
        assert (await call(f"{base}{path}")).status_code == 404
    assert (await client.get(f"/api/v1/shortlists/{row.id}")).status_code == 404
    assert (await client.get("/api/v1/shortlists")).json() == []
    client.cookies.clear()
    assert (await client.get(base)).status_code == 404


async def test_notes_order_and_hearts(client: httpx.AsyncClient) -> None:
    await three()
    claire = await accounts.person()
    await make.party(claire, "business")
    await accounts.log_in(client, claire)
    for slug in (*SLUGS, SLUGS[0]):
        await keep(client, slug)
    row = await Shortlist.get()
    view = (await client.get(f"/api/v1/shortlists/{row.id}")).json()
    assert [one["hit"]["slug"] for one in view["entries"]] == list(SLUGS)
    last = view["entries"][2]["id"]
    base = f"/fr/shortlists/{row.id}/entries/{last}"
    await client.post(f"{base}/move", data={"step": "-1"})
    await client.post(f"{base}/note", data={"note": "Très claire au téléphone"})
    page = (await client.get(f"/fr/shortlists/{row.id}")).text
    assert page.index(">Ana Diaz<") < page.index(">Tom Petit<")
    assert "Très claire au téléphone" in page
    too_long = await client.post(f"{base}/note", data={"note": "x" * 2001})
    assert too_long.status_code == 422
    kept = await client.post("/fr/shortlists/drop", data={"slug": SLUGS[2]})
    assert kept.status_code == 303
    await client.post("/fr/shortlists/drop", data={"slug": SLUGS[0]})
    left = await Entry.all().prefetch_related("profile")
    assert {one.profile.slug for one in left} == {
        SLUGS[1],
        SLUGS[2],
    }  # a note is not lost by a click


async def test_a_link_shows_the_list_until_it_is_revoked(client: httpx.AsyncClient) -> None:
    await three()
    claire = await accounts.person()
    await make.party(claire, "business")
    await accounts.log_in(client, claire)
    for slug in SLUGS[:2]:
        await keep(client, slug)
    row = await Shortlist.get()
    for lang, name in (("fr", "Ma présélection"), ("en", "My shortlist")):  # nobody named it
        for path in ("", f"/{row.id}"):
            assert f"{name}</" in (await client.get(f"/{lang}/shortlists{path}")).text
        await client.post(f"/{lang}/shortlists/{row.id}/name", data={"name": name})
    entry = await Entry.get(profile__slug=SLUGS[0])
    await Entry.filter(pk=entry.id).update(note="trop chère")
    session = dict(client.cookies)

    async def link(**data: str) -> str:
        client.cookies.update(session)
        made = await client.post(f"/fr/shortlists/{row.id}/link", data=data)
        assert made.headers["location"] == f"/fr/shortlists/{row.id}"  # may be loaded again
        page = (await client.get(made.headers["location"])).text
        assert page == (await client.get(made.headers["location"])).text
        found = re.search(r"/fr(/shared/shortlist\?token=[\w-]+)", page)
        assert found
        other = await client.post("/fr/shortlists", data={"name": "Another"})
        assert "token=" not in (await client.get(other.headers["location"])).text
        client.cookies.clear()
        return found[1]

    path = await link()
    assert path.rpartition("=")[2] not in str((await Shortlist.all().values())[0])
    for lang in ("fr", "en"):
        answer = await accounts.open_link(client, f"/{lang}{path}")
        assert "Lea Roussel" in answer.text
        assert "trop chère" not in answer.text
        assert '<meta name="robots" content="noindex">' in answer.text
    told = await link(notes="1")
    assert (await accounts.open_link(client, f"/fr{path}")).status_code == 404
    assert "trop chère" in (await accounts.open_link(client, f"/fr{told}")).text
    gone = await Profile.get(slug=SLUGS[1])
    await people.pause(gone)
    body = {"token": told.rpartition("=")[2]}
    api = (await client.post("/api/v1/shared/shortlist", json=body)).json()
    assert [one["hit"]["slug"] for one in api["entries"]] == [SLUGS[0]]
    client.cookies.update(session)
    assert "Tom Petit" not in (await client.get(f"/fr/shortlists/{row.id}")).text
    await client.post(f"/fr/shortlists/{row.id}/link/revoke")
    client.cookies.clear()
    assert (await client.post("/api/v1/shared/shortlist", json=body)).status_code == 404
    assert (await accounts.open_link(client, f"/fr{told}")).status_code == 404
    client.cookies.clear()
    assert "encore une fois" in (await client.get("/fr/shared/shortlist")).text


async def test_two_links_are_open_in_one_browser(client: httpx.AsyncClient) -> None:
    await three()
    claire = await accounts.person()
    await accounts.log_in(client, claire)
    await make.party(claire, "business")
    opened = []
    for name in ("Accueil", "Factures"):
        made = await client.post("/fr/shortlists", data={"name": name})
        own = made.headers["location"]
        await client.post(f"{own}/link")
        link = re.search(r"/fr/shared/shortlist\?token=[\w-]+", (await client.get(own)).text)
        assert link
        opened.append((name, own, (await client.get(link[0])).headers["location"]))
    for name, _own, address in opened:
        assert f"<h1>{name}</h1>" in (await client.get(address)).text
    await client.post(f"{opened[1][1]}/link/revoke")
    assert (await client.get(opened[1][2])).status_code == 404
    assert "Accueil" in (await client.get(opened[0][2])).text
    client.cookies.clear()
    assert "encore une fois" in (await client.get(opened[0][2])).text  # the number opens nothing


async def test_an_account_can_be_deleted_with_its_lists(client: httpx.AsyncClient) -> None:
    await three()
    claire = await accounts.person()
    await accounts.log_in(client, claire)
    await keep(client, SLUGS[0])
    answer = await client.post(
        "/fr/my-data/deletion", data={"understood": "1", "password": accounts.PASSWORD}
    )
    assert answer.status_code in {200, 303}
    assert not await Shortlist.exists()


async def test_forgotten_browsers_are_cleared_by_night(client: httpx.AsyncClient) -> None:
    await three()
    await keep(client, SLUGS[0])
    await upkeep(0)
    assert await Shortlist.exists()
    clock.advance((KEPT_DAYS + 1) * 86_400)
    await upkeep(0)
    assert not await Shortlist.exists()
    answer: Any = await client.get("/fr/shortlists")
    assert answer.status_code == 200


async def test_a_browser_keeps_its_list_from_the_last_change_on(client: httpx.AsyncClient) -> None:
    await three()
    await keep(client, SLUGS[0])
    secret = client.cookies[cookie_name()]
    for slug in (SLUGS[1], SLUGS[0]):  # also where it stood there already
        answer = await keep(client, slug)
        assert f"{cookie_name()}={secret}; " in answer.headers["set-cookie"]
        assert f"Max-Age={KEPT_DAYS * 86_400};" in answer.headers["set-cookie"]
    entry = await Entry.get(profile__slug=SLUGS[1])
    path = f"/fr/shortlists/{entry.shortlist_id}/entries/{entry.id}/note"
    noted = await client.post(path, data={"note": "À rappeler"})
    assert f"{cookie_name()}={secret}; " in str(noted.headers.get_list("set-cookie"))


@pytest.mark.parametrize("signed_in", [True, False])
async def test_hearts_pressed_at_once_go_to_one_list(
    client: httpx.AsyncClient, signed_in: bool
) -> None:
    await three()
    if signed_in:
        await accounts.log_in(client, await accounts.person())
    else:  # whose list was cleared, or whose script sent all of them
        client.cookies.set(cookie_name(), secret_token())
    answers = await asyncio.gather(*(keep(client, slug) for slug in SLUGS))
    assert [one.status_code for one in answers] == [303, 303, 303]
    assert await Shortlist.all().count() == 1
    assert await Entry.all().count() == len(SLUGS)


async def test_an_invented_cookie_does_not_turn_the_limit_off(client: httpx.AsyncClient) -> None:
    answers = []
    for number in range(41):
        client.cookies.set(cookie_name(), f"invented-{number}-{'x' * 40}")
        answers.append((await keep(client, "nobody-of-this-name")).status_code)
    assert answers[0] == 404
    assert answers[-1] == 429
    assert not await Shortlist.exists()
    dropped = await client.post("/fr/shortlists/drop", data={"slug": "nobody-of-this-name"})
    assert dropped.status_code == 429
