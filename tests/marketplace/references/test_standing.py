"""References remind twice, end, prove something to the day, and are found by search."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from marketplace.core import clock
from marketplace.directory import service as directory
from marketplace.directory.queries import projection, world
from marketplace.profiles.models import Profile
from marketplace.profiles.service import end_proofs
from marketplace.references import service
from marketplace.references.models import ClientReference
from marketplace.references.rules.states import Status, counts_until
from marketplace.web.templates import environment
from search.schema import PROOFS
from tests.factories import accounts
from tests.factories import parties as make
from tests.factories import references as refs

if TYPE_CHECKING:
    from datetime import date

    import httpx

    from marketplace.accounts.models import Person
    from tests.fixtures.application import RunJobs

DAY = 86_400
FOUND = "/api/v1/assistants?verified=references"


async def slugs(client: httpx.AsyncClient, address: str = FOUND) -> list[str]:
    return [one["slug"] for one in (await client.get(address)).json()["hits"]]


@pytest.mark.usefixtures("client")
async def test_reminded_after_four_and_fifteen_days_and_never_more(run_jobs: RunJobs) -> None:
    who = await accounts.person()
    await make.profile(who)
    row = await refs.asked(who, "ana@reminded.example")
    sent = []
    for _day in range(32):
        for _again in range(2):
            await service.tick(0)
        await run_jobs()
        sent.append(len(accounts.mailbox("ana@reminded.example")))
        clock.advance(DAY)
    assert [day for day in range(1, 32) if sent[day] > sent[day - 1]] == [4, 15]
    assert sent[-1] == 3
    mails = accounts.mailbox("ana@reminded.example")
    assert "Rappel" in str(mails[1]["Subject"])
    assert len({accounts.link_in(mail) for mail in mails}) == 1
    await row.refresh_from_db()
    assert (row.status, row.reminded) == (Status.EXPIRED, 2)
    assert row.email
    clock.advance(30 * DAY)
    await service.forget(0)
    await row.refresh_from_db()
    assert (row.email, row.name) == ("", "")


@pytest.mark.usefixtures("client")
async def test_after_a_pause_of_ours_one_reminder_is_sent_and_none_for_a_hidden_profile(
    run_jobs: RunJobs,
) -> None:
    who, paused = await accounts.person(), await accounts.person(name="Tom Kay")
    await make.profile(who)
    profile = await make.profile(paused)
    row = await refs.asked(who, "ana@paused.example")
    unseen = await refs.asked(paused, "ana@else.example")
    await Profile.filter(pk=profile.id).update(status="paused")
    clock.advance(20 * DAY)
    await service.tick(0)
    await service.tick(0)
    await run_jobs()
    assert len(accounts.mailbox("ana@paused.example")) == 2
    assert len(accounts.mailbox("ana@else.example")) == 1
    for each, sent in ((row, 1), (unseen, 0)):  # as the page says
        await each.refresh_from_db()
        assert each.reminded == sent


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_card_and_a_filter_say_a_proof_in_the_same_words(lang: str) -> None:
    line = '{% import "directory/_card.html" as c with context %}{{ c.proof(name) }}'
    card = environment(lang).from_string(line)
    for name in PROOFS:
        assert card.render(name=name) == world.label("verified", name, lang)


@pytest.mark.usefixtures("search_engine")
async def test_two_prove_it_search_finds_exactly_them_and_it_drops_to_the_day(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who, one, free, none = [
        await accounts.person(name=name) for name in ("Léa", "Tom", "Mia", "Bo")
    ]
    profile, *_others = [await make.profile(each) for each in (who, one, free, none)]
    before = await Profile.get(pk=profile.id)
    await refs.given(who)
    first_day = clock.today(profile.time_zone)
    clock.advance(10 * DAY)
    await refs.given(who, "tom@gmail.com")
    await refs.given(one)
    await refs.given(free, "ana@gmail.com")
    await refs.given(free, "ana@orange.fr")
    await run_jobs()
    assert await slugs(client) == [profile.slug]
    today = clock.today(profile.time_zone)
    last = counts_until(first_day)
    answer = (await client.get(FOUND + "&facets=1")).json()
    assert answer["hits"][0]["verified_on"] == [today.isoformat()]
    counts = {value["value"]: value["count"] for value in answer["facets"]["verified"]}
    assert counts == {"references": 1}
    shown = (await client.get(f"/api/v1/assistants/{profile.slug}")).json()["verified"]
    proof = {"proof": "references", "on": today.isoformat(), "until": last.isoformat()}
    assert shown == [proof]
    page = (await client.get("/fr/assistants?verified=references")).text
    assert "Références confirmées" in page
    assert "la dernière le" in (await client.get(f"/fr/assistants/{profile.slug}")).text
    after = await Profile.get(pk=profile.id)
    assert after.updated_at == before.updated_at  # no rank is bought

    await hidden_and_shown(client, run_jobs, who, profile)

    # What was sent piece by piece is what a rebuild makes.
    sent, _gone = await projection.current([profile.id])
    await directory.reindex(lambda *_said: None)
    assert [await slugs(client), sent[0].verified] == [[profile.slug], ("references",)]
    await dropped(client, run_jobs, profile, first_day, proof)


async def hidden_and_shown(
    client: httpx.AsyncClient, run_jobs: RunJobs, who: Person, profile: Profile
) -> None:
    """Hidden, one does not count; shown again, it does."""
    row = await ClientReference.get(profile_id=profile.id, domain="gmail.com")
    await accounts.log_in(client, who)
    path = f"/api/v1/references/{row.id}"
    assert (await client.patch(path, json={"hidden": True})).json()["hidden"] is True
    await run_jobs()
    assert await slugs(client) == []
    page = (await client.get(f"/fr/assistants/{profile.slug}")).text
    assert page.count("Elle a tenu notre accueil.") == 1
    assert (
        await client.post(f"/fr/references/{row.id}/hide", data={"hidden": "0"})
    ).status_code == 303
    await run_jobs()
    assert await slugs(client) == [profile.slug]


async def dropped(
    client: httpx.AsyncClient, run_jobs: RunJobs, profile: Profile, first_day: date,
    proof: dict[str, str],
) -> None:  # fmt: skip
    """To the end of its day; the pages drop it at once, search with the next tick."""
    client.cookies.clear()
    last = counts_until(first_day)
    day = clock.today(profile.time_zone)
    clock.advance((last - day).days * DAY)
    assert clock.today(profile.time_zone) == last
    await end_proofs(0)
    await service.tick(0)
    assert (await client.get(f"/api/v1/assistants/{profile.slug}")).json()["verified"] == [proof]
    clock.advance(DAY)
    assert (await client.get(f"/api/v1/assistants/{profile.slug}")).json()["verified"] == []
    await end_proofs(0)
    await service.tick(0)
    await run_jobs()
    assert await slugs(client) == []
    row = await ClientReference.get(profile_id=profile.id, domain="client.example")
    assert row.status is Status.ENDED
    later = await ClientReference.get(profile_id=profile.id, domain="gmail.com")
    assert later.status is Status.CONFIRMED
    assert later.counts_until == counts_until(first_day + timedelta(days=10))
