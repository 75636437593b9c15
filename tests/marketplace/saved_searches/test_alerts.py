"""Alerts through the real index and mail: new or changed only, once, also after a long night."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.settings import settings
from marketplace.directory import queries as asking
from marketplace.directory import service as directory
from marketplace.directory.queries import finding
from marketplace.profiles import service as profiles
from marketplace.saved_searches import service
from marketplace.saved_searches.models import ProfileMark, SavedSearch
from marketplace.saved_searches.queries import news
from tests.factories import accounts
from tests.factories import parties as make
from tests.marketplace.directory import people

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs
    from tests.fixtures.services import Server

DAY = 86_400
QUERY = "skill=invoicing&country=FR"
INVOICING: dict[str, Any] = {"skills": ["invoicing"], "tools": ["sage"]}


def seconds_to(moment: Any) -> float:
    return float((moment - clock.now()).total_seconds()) + 1


async def saved(
    client: httpx.AsyncClient,
    rhythm: str = "weekly",
    query: str = QUERY,
    name: str = "Mes factures",
) -> SavedSearch:
    """Claire's saved search, by the form."""
    who = await accounts.person(name="Claire")
    await accounts.log_in(client, who)
    answer = await client.post(
        "/fr/saved-searches",
        data={"query": query, "name": name, "rhythm": rhythm},
    )
    assert answer.status_code == 303, answer.text
    return await SavedSearch.get().prefetch_related("person")


def letters(row: SavedSearch) -> list[Any]:
    found = accounts.mailbox(row.person.email)
    return [one for one in found if "Mes factures" in str(one["Subject"])]


async def test_a_week_of_news_is_one_mail_and_no_news_is_none(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    before = await people.publish("there-before", **INVOICING)
    quiet = await people.publish("quiet-one", **INVOICING)
    await run_jobs()
    row = await saved(client, name="Mes\u2028factures\x85")
    clock.advance(3600)
    await people.publish("new-match", **INVOICING)
    await people.publish("other-trade", skills=["translation-fr-en"])
    hidden = await people.publish("soon-hidden", **INVOICING)
    await people.change(before, hourly_rate_minor=4200)
    await people.change(before, headline_fr="Facturation suivie", text_fr="Autrement dit.")
    await people.change(quiet, text_fr="Quelques mots de plus sur moi.")
    await run_jobs()
    await people.pause(hidden)
    await run_jobs()
    assert len(letters(row)) == 0  # not before Monday
    clock.advance(seconds_to((await SavedSearch.get()).next_at))
    for _again in range(3):  # whatever runs twice tells once
        await service.tick(0)
    await run_jobs()
    (mail,) = letters(row)
    text = accounts.text_of(mail)
    assert "New Match (nouveau)" in text
    assert "There Before (a changé\xa0: prix, titre, présentation)" in text
    assert re.search(r"Toulouse, France · 42\s€ par heure \(30\s€ auparavant\)\s", text)
    assert text.count("auparavant") == 1
    for absent in ("Quiet One", "Other Trade", "Soon Hidden"):
        assert absent not in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # Three weeks away, then back: one mail tells all; a week without news none.
    clock.advance(21 * DAY)
    await people.change(before, hourly_rate_minor=4500)
    await run_jobs()
    clock.advance(8 * DAY)
    await service.tick(0)
    await run_jobs()
    assert len(letters(row)) == 2
    assert "There Before (a changé\xa0: prix)" in accounts.text_of(letters(row)[-1])
    assert re.search(r"45\s€ par heure \(42\s€ auparavant\)", accounts.text_of(letters(row)[-1]))
    assert "New Match" not in accounts.text_of(letters(row)[-1])
    clock.advance(8 * DAY)
    await service.tick(0)
    await run_jobs()
    assert len(letters(row)) == 2
    assert (await SavedSearch.get()).next_at > clock.now()


async def test_at_once_waits_for_peace_and_words_and_places_are_kept(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    row = await saved(client, "at_once", "q=facturation+sage&near=lyon&within_km=20")
    await people.publish("near-lyon", city="lyon", **INVOICING)
    await people.publish("far-away", city="lille", **INVOICING)
    await people.publish("other-words", city="lyon", skills=["invoicing"])
    await run_jobs()
    await service.tick(0)
    await run_jobs()
    assert len(letters(row)) == 0  # still being written, perhaps
    clock.advance(6 * 60)
    await service.tick(0)
    await run_jobs()
    (mail,) = letters(row)
    assert "Near Lyon" in accounts.text_of(mail)
    assert "Far Away" not in accounts.text_of(mail)
    assert "Other Words" not in accounts.text_of(mail)


async def test_whoever_begins_to_answer_in_time_is_told(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    quick = await people.publish("quick-one", **INVOICING)
    await run_jobs()
    row = await saved(client, "daily", "skill=invoicing&answers_within=240")
    clock.advance(60)
    await profiles.note_response(quick.party_id, 200, 3)
    await run_jobs()
    clock.advance(seconds_to((await SavedSearch.get()).next_at))
    await service.tick(0)
    await run_jobs()
    (mail,) = letters(row)
    assert "Quick One (a changé\xa0: délai habituel de réponse)" in accounts.text_of(mail)


async def test_one_click_stops_without_a_session_and_a_link_alone_does_not(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    row = await saved(client, "daily")
    clock.advance(60)
    await people.publish("new-match", **INVOICING)
    await run_jobs()
    clock.advance(seconds_to((await SavedSearch.get()).next_at))
    await service.tick(0)
    await run_jobs()
    mail = letters(row)[-1]
    written = [one.read_bytes() for one in (settings().data_dir / "mail").glob("*.eml")]
    raw = next(one for one in written if str(mail["Message-ID"]).encode() in one)
    assert re.search(rb"\r\nList-Unsubscribe: <http://\S+>\r\n[^ ]", raw)  # whole, not encoded
    address = str(mail["List-Unsubscribe"]).strip("<>").removeprefix(settings().base_url)
    assert re.match(r"/fr/saved-searches/stop\?token=", address)
    client.cookies.clear()
    for name in ("Origin", "Sec-Fetch-Site"):
        del client.headers[name]  # as a mail provider sends it
    shown = await accounts.open_link(client, address)
    assert "Mes factures" in shown.text
    assert shown.request.url.path == "/fr/saved-searches/stop"
    assert (await SavedSearch.get()).paused_at is None
    for _twice in range(2):
        answer = await client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert (await SavedSearch.get()).paused_at is not None
    again = await accounts.open_link(client, address)
    assert "Ces e-mails sont déjà arrêtés" in again.text
    assert 'action="/fr/saved-searches/stop"' not in again.text
    assert (await client.post(address[:-1])).status_code == 404
    sent = len(letters(row))
    await people.publish("newer-match", **INVOICING)
    await run_jobs()
    clock.advance(3 * DAY)
    await service.tick(0)
    await run_jobs()
    assert len(letters(row)) == sent


async def test_while_the_index_is_away_a_search_waits(
    search_engine: Server,
    client: httpx.AsyncClient,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = await saved(client, "daily")
    clock.advance(60)
    await people.publish("new-match", **INVOICING)
    await run_jobs()
    due = row.next_at
    clock.advance(seconds_to(due))
    there = finding.connected()
    finding.connect(None)
    await service.tick(0)
    assert (await SavedSearch.get()).next_at == due
    finding.connect(there)
    await service.tick(0)
    await run_jobs()
    assert len(letters(row)) == 1


async def test_searches_are_their_persons_alone_and_go_with_the_account(
    client: httpx.AsyncClient,
) -> None:
    row = await saved(client)
    page = (await client.get("/fr/saved-searches")).text
    assert "Mes factures" in page
    new = await client.get("/fr/saved-searches/new?skill=invoicing&country=BE&page=3")
    assert 'name="query" value="skill=invoicing&amp;country=BE"' in new.text
    assert (await client.get("/fr/saved-searches/new?skill=nothing")).status_code == 303
    refused = await client.post(
        "/api/v1/saved-searches", json={"name": "x", "query": "skill=nothing"}
    )
    assert refused.status_code == 422
    again = {"name": "x", "query": "skill=nothing", "rhythm": "daily"}
    form = await client.post("/fr/saved-searches", data=again)
    assert form.status_code == 422
    assert 'name="query" value="skill=nothing"' in form.text  # or saving again would find everyone
    body = {"name": "Autre", "rhythm": "daily", "paused": True}
    changed = await client.put(f"/api/v1/saved-searches/{row.id}", json=body)
    assert changed.json()["paused"]
    await SavedSearch.filter(pk=row.id).update(query="skill=gone")
    assert "n’existe plus" in (await client.get("/fr/saved-searches")).text
    stranger = await accounts.person()
    await make.party(stranger, "business")
    await accounts.log_in(client, stranger)
    assert (await client.get(f"/api/v1/saved-searches/{row.id}")).status_code == 404
    assert (await client.post(f"/fr/saved-searches/{row.id}/delete")).status_code == 404
    await accounts.log_in(client, row.person)
    await client.post(
        "/fr/my-data/deletion", data={"understood": "1", "password": accounts.PASSWORD}
    )
    assert not await SavedSearch.exists()


async def test_the_same_search_is_saved_once_and_the_form_says_what(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await people.publish("there-before", **INVOICING)
    await run_jobs()
    who = await accounts.person()
    await accounts.log_in(client, who)
    form = (await client.get(f"/fr/saved-searches/new?{QUERY}")).text
    assert '<li class="tag">Facturation</li><li class="tag">France</li>' in form
    assert "1 profil correspond aujourd" in form
    both = (await client.get("/fr/saved-searches/new?q=dossiers+zzqxv")).text
    assert "0 profil correspond aujourd" in both, "nobody has both words, so no mail would come"
    terms = "skill=invoicing&years=5&available=1&can_contract_with=FR:business&near=48.85,2.35"
    proposed = re.search(r'name="name"[^>]*value="([^"]*)"', (
        await client.get(f"/fr/saved-searches/new?{terms}")
    ).text)  # fmt: skip
    assert proposed
    assert "FR:business" not in proposed[1]
    assert "48.85" not in proposed[1]
    assert {"5", "1"}.isdisjoint(proposed[1].split(", "))
    named = {"query": QUERY, "name": "Factures", "rhythm": "daily"}
    assert (await client.post("/fr/saved-searches", data=named)).status_code == 303
    assert (
        "<p>Une fois par jour, à 8\xa0h, heure de Paris. "
        in (await client.get("/fr/saved-searches")).text
    )
    turned = {**named, "query": "country=FR&skill=invoicing&page=2", "name": "Autre"}
    twice = await client.post("/fr/saved-searches", data=turned)
    assert (twice.status_code, "déjà enregistrée, sous le nom" in twice.text) == (409, True)
    assert (await client.post("/api/v1/saved-searches", json=turned)).status_code == 409
    for shown in ("sort=rate", "currency=GBP"):  # the same people, drawn otherwise
        body = {**turned, "query": f"{QUERY}&{shown}"}
        assert (await client.post("/api/v1/saved-searches", json=body)).status_code == 409
    asked = await client.get(f"/fr/saved-searches/new?{turned['query']}")
    assert asked.headers["location"] == "/fr/saved-searches"
    assert "déjà enregistrée, sous le nom" in (await client.get("/fr/saved-searches")).text
    assert await SavedSearch.all().count() == 1


async def test_a_mistake_in_one_of_several_searches_leads_to_its_own_field(
    client: httpx.AsyncClient,
) -> None:
    first = await saved(client)
    other = {"query": "tool=sage", "name": "Sage", "rhythm": "daily"}
    await client.post("/fr/saved-searches", data=other)  # the newest stands first
    for row in await SavedSearch.all():
        unnamed = {"name": "", "rhythm": "daily"}
        page = (await client.post(f"/fr/saved-searches/{row.id}", data=unnamed)).text
        own = 2 if row.id == first.id else 1
        assert re.findall(r'<a href="#(f-[^"]+)">', page) == [f"f-name-{own}"]
        field = page[page.index(f'<input id="f-name-{own}"') :]
        assert 'aria-invalid="true"' in field[: field.index(">")]


async def test_resuming_tells_only_what_comes_later(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    row = await saved(client, "daily")
    base = f"/api/v1/saved-searches/{row.id}"
    body = {"name": "Mes factures", "rhythm": "daily"}
    await client.put(base, json={**body, "paused": True})
    await people.publish("meanwhile", **INVOICING)
    await run_jobs()
    clock.advance(2 * DAY)
    await client.put(base, json={**body, "paused": False})
    clock.advance(timedelta(days=1).total_seconds())
    await service.tick(0)
    await run_jobs()
    assert len(letters(row)) == 0


async def test_what_came_in_bulk_is_no_news_when_the_index_is_mended(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    for number in range(2):
        await people.publish(f"seeded-{number}", **INVOICING)
    await connection().execute_query("DELETE FROM procrastinate_jobs")  # a seed queues none
    clock.advance(86_400)
    row = await saved(client, "at_once", "q=facturation")
    await directory.reconcile(0)
    clock.advance(6 * 60)
    await service.tick(0)
    await run_jobs()
    assert letters(row) == []
    assert await ProfileMark.all().count() == 2


@pytest.mark.parametrize(
    ("batch", "matches", "asked"), [(500, 1000, [4]), (1, 1000, [None]), (1, 2, [None, 1, 1, 1, 1])]
)
async def test_the_same_is_told_however_many_have_changed(
    search_engine: Server,
    client: httpx.AsyncClient,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
    batch: int,
    matches: int,
    asked: list[int | None],
) -> None:
    """The index is asked about who changed, or about who matches where those are fewer."""
    told = await people.publish("there-before", **INVOICING)
    await people.publish("quiet-one", **INVOICING)
    await run_jobs()
    clock.advance(2 * DAY)
    row = await saved(client, "daily")
    clock.advance(60)
    for slug in ("new-match", "newer-match"):
        await people.publish(slug, **INVOICING)
    await people.publish("other-trade", skills=["translation-fr-en"])
    await people.change(told, hourly_rate_minor=4200)
    await run_jobs()
    counts: list[int | None] = []

    async def among(query: Any, ids: list[str] | None = None) -> Any:
        counts.append(None if ids is None else len(ids))
        return await finding.among(query, ids)

    monkeypatch.setattr(news, "BATCH", batch)
    monkeypatch.setattr(news, "MATCHES", matches)
    monkeypatch.setattr(asking, "among", among)
    clock.advance(seconds_to((await SavedSearch.get()).next_at))
    await service.tick(0)
    await run_jobs()
    (mail,) = letters(row)
    text = accounts.text_of(mail)
    assert "There Before (a changé\xa0: prix)" in text
    assert [f"{name} Match (nouveau)" in text for name in ("New", "Newer")] == [True, True]
    assert [name in text for name in ("Quiet One", "Other Trade")] == [False, False]
    assert counts == asked


async def test_a_mark_of_other_facts_is_no_news_of_anybody(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    row = await saved(client, "at_once")
    clock.advance(60)
    told = await people.publish("told-once", **INVOICING)
    await run_jobs()

    async def looked() -> int:
        clock.advance(6 * 60)
        await SavedSearch.all().update(next_at=clock.now())
        await service.tick(0)
        await run_jobs()
        return len(letters(row))

    assert await looked() == 1
    for table in ("profile_mark", "saved_search_told"):  # by a version that looked at other facts
        await connection().execute_query(f"UPDATE {table} SET mark = 'of fewer facts'")
    await people.change(told, text_fr="Quelques mots de plus sur moi.")
    await run_jobs()
    assert (await ProfileMark.get()).mark != "of fewer facts"
    assert await looked() == 1
    await people.change(told, hourly_rate_minor=4200)
    await run_jobs()
    assert await looked() == 2
