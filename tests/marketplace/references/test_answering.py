"""What who was asked can do: answer once, say no, know nobody, take it back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from marketplace.core import clock, events
from marketplace.core.db import transaction
from marketplace.core.models import OutgoingMail
from marketplace.parties.events import MemberJoined
from marketplace.parties.models import Membership
from marketplace.profiles.models import ProfileProof
from marketplace.references.models import ClientReference
from marketplace.references.rules.links import Purpose
from marketplace.references.rules.states import Status
from tests.factories import accounts
from tests.factories import parties as make
from tests.factories import references as refs

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("client")
DAY = 86_400
WRONG: tuple[dict[str, Any], ...] = (
    {"skills": []}, {"skills": ["cooking"]}, {"again": ""}, {"worked_to": "2023-01"},
    {"text": "x" * 401}, {"language": "xx"},
)  # fmt: skip
ONCE = "ana@once.example"
HIDDEN = ("Ana Silva", ONCE, "Silva Conseil", "once.example")


async def test_the_link_of_the_mail_serves_once_and_what_was_said_is_shown(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await accounts.person()
    profile = await make.profile(who)
    await refs.asked(who, ONCE)
    await run_jobs()
    (mail,) = accounts.mailbox(ONCE)
    page = await accounts.open_link(client, accounts.link_in(mail))
    assert re.fullmatch("/fr/references/answer/[0-9a-f]{12}", page.url.path)
    for told in ("Léa Roussel", "Silva Conseil", "depuis mars 2024", "Jamais publics", "30 jours",
                 "tant que ce profil existe"):  # fmt: skip
        assert told in page.text
    assert (await ClientReference.get()).status is Status.ASKED  # opening uses nothing up
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found
    secret = found[1]
    for wrong in WRONG:
        refused = await client.post("/fr/references/answer", data=refs.answering(secret, **wrong))
        assert refused.status_code == 422, wrong
        assert "Silva Conseil" in refused.text
    done = await client.post("/fr/references/answer", data=refs.answering(secret))
    assert done.status_code == 200
    assert "publique" in done.text
    for post in ("answer", "decline"):
        late = await client.post(f"/fr/references/{post}", data=refs.answering(secret))
        assert late.status_code == 409
        assert "Vous n’avez plus rien à faire" in late.text
    over = await accounts.open_link(client, accounts.link_in(mail))
    assert "Cette demande est close" in over.text
    assert "Ana Silva" not in over.text

    public = (await client.get(f"/fr/assistants/{profile.slug}")).text
    today = clock.today().isoformat()
    assert "Elle a tenu notre accueil." in public
    assert "mars 2024 – juin 2025" in public
    assert "Signaler cette référence" in public
    assert "adresse d’entreprise (domaine non affiché)" in public
    assert not [one for one in HIDDEN if one in public]
    (shown,) = (await client.get(f"/api/v1/assistants/{profile.slug}")).json()["references"]
    assert shown["answered_on"] == today
    assert (shown["worked_from"], shown["worked_to"]) == ("2024-03", "2025-06")
    assert (shown["company"], shown["domain"], shown["at_company"]) == ("", "", True)

    await run_jobs()
    assert "a donné une référence" in str(accounts.mailbox(who.email)[-1]["Subject"])
    thanks = accounts.mailbox(ONCE)[-1]
    page = await accounts.open_link(client, accounts.link_in(thanks))
    assert "Retirer ma référence" in page.text
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found
    for _twice in range(2):
        gone = await client.post("/fr/references/remove", data={"token": found[1]})
        assert "effacée" in gone.text
    assert (await client.get(f"/api/v1/assistants/{profile.slug}")).json()["references"] == []
    row = await ClientReference.get()
    assert (row.status, row.email, row.text, row.name) == (Status.REMOVED, "", "", "")
    assert not await OutgoingMail.filter(recipient=ONCE).exists()


async def test_who_shows_the_company_shows_the_domain_and_free_mail_is_a_persons(
    client: httpx.AsyncClient,
) -> None:
    who = await accounts.person()
    profile = await make.profile(who)
    await refs.given(who, show_company="1", language="de", text="Sehr zuverlässig.")
    await refs.given(who, "ana.silva@orange.fr", show_company="1", again="0", worked_to=None)
    page = (await client.get(f"/en/assistants/{profile.slug}")).text
    assert "by the link mailed to an address @client.example" in page
    assert "by the link mailed to a personal address" in page
    assert "orange.fr" not in page
    assert 'lang="de"' in page
    assert "Written in: German" in page
    assert "Would not work together again" in page


async def test_who_does_not_know_the_assistant_is_heard_by_operators(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    olive = await accounts.person(name="Olive", is_operator=True)
    who = await accounts.person()
    await make.profile(who)
    row = await refs.asked(who)
    data = {"token": refs.link(row.id), "outcome": "disowned"}
    page = await client.post("/fr/references/decline", data=data)
    assert "exploitants" in page.text
    await run_jobs()
    assert "ne pas connaître" in str(accounts.mailbox(olive.email)[-1]["Subject"])
    assert "ne pas vous connaître" in accounts.text_of(accounts.mailbox(who.email)[-1])
    assert (
        await client.post("/fr/references/answer", data=refs.answering(data["token"]))
    ).status_code == 409


async def test_the_answer_comes_to_who_asked_or_to_the_owner_once_they_left(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    owner, member = await accounts.person(), await accounts.person(name="Tom Kay")
    profile = await make.profile(owner)
    joined = await Membership.create(
        party_id=profile.party_id, person_id=member.id, role="member", created_at=clock.now()
    )
    member.email_verified_at = clock.now()
    first, second = [await refs.asked(member, f"{each}@client.example") for each in ("ana", "bo")]

    async def declined(row: ClientReference) -> list[int]:
        before = [len(accounts.mailbox(who.email)) for who in (owner, member)]
        no = {"token": refs.link(row.id), "outcome": "declined"}
        assert (await client.post("/fr/references/decline", data=no)).status_code == 200
        await run_jobs()
        after = [len(accounts.mailbox(who.email)) for who in (owner, member)]
        return [b - a for a, b in zip(before, after, strict=True)]

    assert await declined(first) == [0, 1]
    await joined.delete()
    assert await declined(second) == [1, 0]


async def test_nobody_answers_for_themselves(client: httpx.AsyncClient) -> None:
    who = await accounts.person()
    await make.profile(who)
    row = await refs.asked(who)
    await accounts.log_in(client, who)
    own = await client.post("/fr/references/answer", data=refs.answering(refs.link(row.id)))
    assert own.status_code == 403
    client.cookies.clear()
    # Whoever joined the assistant's side meanwhile speaks for nobody else any more.
    ana = await accounts.person(email="ana@client.example")
    joined = await Membership.create(
        party_id=row.party_id, person_id=ana.id, role="member", created_at=clock.now()
    )
    api = await client.post(
        "/api/v1/references/answer", json=refs.answering(refs.link(row.id), again=True)
    )
    assert (api.status_code, api.json()["code"]) == (409, "own_reference")
    await joined.delete()
    api = await client.post(
        "/api/v1/references/answer", json=refs.answering(refs.link(row.id), again=True)
    )
    assert (api.status_code, api.json()["status"]) == (200, "confirmed")
    async with transaction():
        await events.record(MemberJoined(row.party_id, ana.id))
    assert (await ClientReference.get()).status is Status.ENDED


async def test_programs_do_the_same(client: httpx.AsyncClient) -> None:
    who = await accounts.person()
    profile = await make.profile(who)
    await accounts.log_in(client, who)
    made = await client.post("/api/v1/references", json=refs.asking(profile=profile.slug))
    assert made.status_code == 201
    row = await ClientReference.get()
    client.cookies.clear()
    opened = (
        await client.post("/api/v1/references/open", json={"token": refs.link(row.id)})
    ).json()
    assert [one["code"] for one in opened["skills"]] == [refs.SKILL]
    assert (opened["company"], opened["over"]) == ("Silva Conseil", False)
    for wrong in ("x", refs.stop_link(), refs.link(row.id)[:-1]):
        lost = await client.post("/api/v1/references/open", json={"token": wrong})
        assert lost.status_code == 404
    no = await client.post("/api/v1/references/decline", json={"token": refs.link(row.id)})
    assert no.json()["status"] == "declined"
    stopped = {"token": refs.stop_link()}
    assert (await client.post("/api/v1/references/stop", json=stopped)).json() == {"stopped": True}
    given = {"token": refs.link(row.id, Purpose.REMOVE)}
    assert (await client.post("/api/v1/references/given", json=given)).json()["reference"] is None
    assert (await client.post("/api/v1/references/remove", json=given)).status_code == 409


async def test_what_goes_with_an_account(client: httpx.AsyncClient, run_jobs: RunJobs) -> None:
    goodbye = {"understood": "1", "password": accounts.PASSWORD}
    who, ana = await accounts.person(), await accounts.person(email="ana@client.example")
    profile = await make.profile(who)
    await refs.given(who)
    await refs.given(who, "tom@other.example")
    third = await accounts.person()
    await make.profile(third)
    await refs.asked(third)  # and waits for an answer of hers
    assert await ProfileProof.exists(proof="references")
    await accounts.log_in(client, ana)  # who gave one goes, and it goes with them
    assert (await client.post("/fr/my-data/deletion", data=goodbye)).status_code == 303
    assert not await ProfileProof.exists(proof="references")
    left = (await client.get(f"/api/v1/assistants/{profile.slug}")).json()["references"]
    assert len(left) == 1
    assert not await ClientReference.filter(email="ana@client.example").exists()
    await run_jobs()
    assert "ne vous donne pas" in str(accounts.mailbox(third.email)[-1]["Subject"])
    await accounts.log_in(client, who)
    assert (await client.post("/fr/my-data/deletion", data=goodbye)).status_code == 303
    assert not await ClientReference.filter(party_id=profile.party_id).exists()
