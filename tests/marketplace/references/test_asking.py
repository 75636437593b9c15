"""Whom an assistant may ask, how often, and who is never asked again."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from marketplace.core import clock
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings
from marketplace.parties import service as team
from marketplace.parties.models import Membership
from marketplace.parties.schemas import InvitationDraft
from marketplace.references import service
from marketplace.references.models import ClientReference, ReferenceStop
from marketplace.references.rules import addresses
from marketplace.references.rules.links import Purpose, token
from marketplace.references.rules.states import (
    AGAIN_AFTER,
    ASKED_MAX,
    ASKED_ONE_MAX,
    WAITING_MAX,
    WAITS,
    Status,
    TooManyAsked,
    TooManyWaiting,
)
from marketplace.references.schemas import DeclineDraft
from tests.factories import accounts
from tests.factories import parties as make
from tests.factories import references as refs

if TYPE_CHECKING:
    import httpx

    from marketplace.accounts.models import Person
    from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("client")  # which brings the templates of mails
DAY = 86_400
STOPS = "ana@stops.example"


async def assistant(name: str = "Léa Roussel", email: str = "") -> Person:
    who = await accounts.person(name=name, email=email)
    await make.profile(who)
    return who


async def refusal(who: Person, email: str) -> str:
    with pytest.raises(Invalid) as found:
        await refs.asked(who, email)
    return str(found.value.errors.get("email"))


async def test_the_page_asks_once_and_says_why_not(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await accounts.person()
    await accounts.log_in(client, who)
    assert "Publiez d’abord votre profil" in (await client.get("/fr/references/new")).text
    early = await client.post("/fr/references", data=refs.asking())
    assert (early.status_code, "Publiez d’abord" in early.text) == (409, True)
    profile = await make.profile(who)
    wrong = await client.post("/fr/references", data=refs.asking("nobody", worked_from="hier"))
    assert wrong.status_code == 422
    assert "03/2024" in wrong.text
    assert "Silva Conseil" in wrong.text  # nothing typed is lost
    done = await client.post("/fr/references", data=refs.asking("Ana@Page.example"))
    assert done.status_code == 303
    page = (await client.get("/fr/references")).text
    assert "ana@page.example" in page
    assert "En attente de réponse" in page
    again = await client.post("/fr/references", data=refs.asking("ana+2@page.example"))
    assert "a déjà reçu votre demande" in again.text
    await run_jobs()
    (mail,) = accounts.mailbox("ana@page.example")
    text = accounts.text_of(mail)
    assert "/fr/references/answer?token=" in text
    assert "effacés 30 jours plus tard" in text
    assert "/fr/references/stop?token=" in str(mail["List-Unsubscribe"])
    (row,) = (await client.get("/api/v1/references")).json()
    assert (row["status"], row["profile"], row["reference"]) == ("asked", profile.slug, None)
    stranger = await assistant("Tom Kay")
    await accounts.log_in(client, stranger)
    assert (await client.get("/api/v1/references")).json() == []
    for path in (f"/fr/references/{row['id']}/withdraw", f"/fr/references/{row['id']}/hide"):
        assert (await client.post(path)).status_code == 404


async def test_nobody_of_ones_own_side_is_asked() -> None:
    who = await assistant(email="lea@roussel.example")
    mine = (await make.viewer(who)).parties[0].party
    assert "yours" in await refusal(who, "lea@roussel.example")
    assert "yours" in await refusal(who, "lea+client@roussel.example")
    assert "own domain" in await refusal(who, "tom@roussel.example")
    assert "own domain" in await refusal(who, "tom@mail.roussel.example")
    assert "keeps" in await refusal(who, "x@yopmail.com")
    mate = await accounts.person(email="mate@gmail.com")
    await Membership.create(
        party_id=mine.id, person_id=mate.id, role="member", created_at=clock.now()
    )
    assert "acts for you" in await refusal(who, "m.ate+1@gmail.com")
    invited = InvitationDraft(email="soon@elsewhere.example", role="member")
    await team.invite(await make.viewer(who), mine.id, invited)
    assert "acts for you" in await refusal(who, "soon@elsewhere.example")
    assert (await refs.asked(who, "other@gmail.com")).at_company is False
    assert (await refs.asked(who, "other@elsewhere.example")).at_company is True


@pytest.mark.parametrize("outcome", ["declined", "disowned"])
async def test_who_said_no_is_never_asked_again(outcome: str) -> None:
    who, other = await assistant(), await assistant("Tom Kay")
    row = await refs.asked(who)
    await service.decline(
        DeclineDraft.model_validate({"token": refs.link(row.id), "outcome": outcome})
    )
    clock.advance(40 * DAY)
    await service.forget(0)
    kept = await ClientReference.get()
    assert (kept.email, kept.name, kept.domain, kept.company) == ("", "", "", "")
    clock.advance(2000 * DAY)
    assert "not asked again" in await refusal(who, "ana@client.example")
    assert "not asked again" in await refusal(who, "ana+new@client.example")
    assert await refs.asked(other)  # somebody else may ask once


async def test_an_address_that_stops_them_is_asked_by_nobody(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who, other = await assistant(), await assistant("Tom Kay")
    row = await refs.asked(who, STOPS)
    await run_jobs()
    (mail,) = accounts.mailbox(STOPS)
    address = str(mail["List-Unsubscribe"]).strip("<>").removeprefix(settings().base_url)
    page = await accounts.open_link(client, address)
    assert "Arrêter" in page.text
    assert not await ReferenceStop.exists()  # opening stops nothing
    for name in ("Origin", "Sec-Fetch-Site"):
        del client.headers[name]
    for _twice in range(2):
        one_click = await client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert one_click.status_code == 200
    assert (await client.post(address[:-1])).status_code == 404
    await row.refresh_from_db()
    assert row.status is Status.DECLINED
    assert "do not write" in await refusal(other, STOPS)
    await run_jobs()
    assert "ne vous donne pas" in str(accounts.mailbox(who.email)[-1]["Subject"])
    clock.advance(16 * DAY)
    await service.tick(0)
    await run_jobs()
    assert len(accounts.mailbox(STOPS)) == 1


async def test_a_link_of_a_former_secret_stops_what_was_asked_since(run_jobs: RunJobs) -> None:
    who, asked = await assistant(), "ana@since.example"
    row = await refs.asked(who, asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELAIS_FORMER_SECRET_KEYS", "before")
        settings.cache_clear()
        await service.stop(token(Purpose.STOP, addresses.mark(asked, "before"), "before"))
        clock.advance(5 * DAY)
        await service.tick(0)
        await run_jobs()
    settings.cache_clear()
    await row.refresh_from_db()
    assert row.status is Status.DECLINED
    assert len(accounts.mailbox(asked)) == 1
    assert "ne vous donne pas" in str(accounts.mailbox(who.email)[-1]["Subject"])


async def test_to_forget_one_request_leaves_the_mail_of_another(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    one, other = await assistant(), await assistant("Tom Kay")
    asked = "ana@both.example"
    await refs.asked(one, asked)
    kept = await refs.asked(other, asked)
    await accounts.log_in(client, one)  # before either mail has left
    goodbye = {"understood": "1", "password": accounts.PASSWORD}
    assert (await client.post("/fr/my-data/deletion", data=goodbye)).status_code == 303
    await run_jobs()
    (mail,) = accounts.mailbox(asked)
    assert refs.link(kept.id) in accounts.text_of(mail)
    assert await OutgoingMail.filter(recipient=asked).count() == 1


async def test_mails_are_stopped_also_when_who_asked_is_gone(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who, other = await assistant(), await assistant("Tom Kay")
    late = "ana@late.example"
    await refs.asked(who, late)
    await run_jobs()
    (mail,) = accounts.mailbox(late)
    await accounts.log_in(client, who)
    goodbye = {"understood": "1", "password": accounts.PASSWORD}
    assert (await client.post("/fr/my-data/deletion", data=goodbye)).status_code == 303
    assert not await ClientReference.exists()
    client.cookies.clear()
    address = str(mail["List-Unsubscribe"]).strip("<>").removeprefix(settings().base_url)
    page = await accounts.open_link(client, address)
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found
    done = await client.post("/fr/references/stop", data={"token": found[1]})
    assert done.status_code == 200
    assert "do not write" in await refusal(other, late)


async def test_asked_and_stopped_at_the_same_moment_nobody_is_reminded() -> None:
    who = await assistant()
    await asyncio.gather(refs.asked(who), service.stop(refs.stop_link()), return_exceptions=True)
    assert await ReferenceStop.exists()
    assert not await ClientReference.filter(status=Status.ASKED).exists()


async def test_how_many_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    who = await assistant()
    row = await refs.asked(who, "one@client.example")
    for number in range(ASKED_MAX - 1):
        clock.advance(60)
        await refs.asked(who, f"one{number}@client{number}.example")
    await service.withdraw(await make.viewer(who), row.id)  # frees no place
    clock.advance(60)
    with pytest.raises(TooManyAsked):
        await refs.asked(who, "more@client.example")
    clock.advance(DAY)
    for number in range(WAITING_MAX - ASKED_MAX + 1):
        clock.advance(DAY / 8)
        await refs.asked(who, f"two{number}@client{number}.example")
    clock.advance(DAY)
    with pytest.raises(TooManyWaiting):
        await refs.asked(who, "more@client.example")
    monkeypatch.setattr(service.asking, "WAITING_MAX", 10_000)
    for _each in range(ASKED_MAX):
        with pytest.raises((Invalid, TooManyRequests)):
            await refs.asked(who, "two1@client1.example")
    with pytest.raises(TooManyRequests):  # nor are addresses tried out
        await refs.asked(who, "two1@client1.example")


async def test_how_often_one_address_is_asked() -> None:
    some = [await assistant(f"Nom {number}") for number in range(ASKED_ONE_MAX + 1)]
    for who in some[:-1]:
        await refs.asked(who)
    with pytest.raises(TooManyAsked):
        await refs.asked(some[-1])
    clock.advance(DAY + 1)
    row = await refs.asked(some[-1])
    # A slip is corrected twice; who stays silent is left alone for half a year.
    for _twice in range(2):
        await service.withdraw(await make.viewer(some[-1]), row.id)
        clock.advance(DAY + 1)
        if _twice:
            assert "not long ago" in await refusal(some[-1], "ana@client.example")
        else:
            row = await refs.asked(some[-1])
    clock.advance(WAITS.total_seconds())
    await service.tick(0)
    assert await ClientReference.filter(status=Status.EXPIRED).count() == ASKED_ONE_MAX
    assert "not long ago" in await refusal(some[0], "ana@client.example")
    clock.advance((AGAIN_AFTER + timedelta(days=1)).total_seconds())
    again = await refs.asked(some[0])
    assert refs.link(again.id) != refs.link(row.id)
