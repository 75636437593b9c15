"""Signing up and proving the address, as a browser sees it."""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import TYPE_CHECKING

import pytest

from marketplace.accounts.models import Person
from marketplace.accounts.service import upkeep
from marketplace.core import clock
from tests.factories import accounts as make

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

FIELDS = {
    "name": "Inès Benali",
    "email": "Ines.Benali@Studio.example",
    "password": "sept chats gris dorment",
    "intent": "assistant",
}
NORMAL = "ines.benali@studio.example"


async def _follow(
    client: httpx.AsyncClient, link: str, password: str = FIELDS["password"]
) -> httpx.Response:
    form = {"token": link.partition("token=")[2], "password": password}
    return await client.post("/fr/verify-email", data=form)


async def test_a_new_person_confirms_by_mail_and_is_led_to_their_first_profile(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    answer = await client.post("/fr/sign-up", data=FIELDS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr/verify-email/sent")
    assert "relais_session" not in client.cookies
    assert (await client.get("/fr/verify-email/sent")).status_code == 200
    await run_jobs()
    (message,) = make.mailbox(NORMAL)
    link = make.link_in(message)
    assert (await make.open_link(client, link)).status_code == 200
    assert (await Person.get(email=NORMAL)).email_verified_at is None, "GET must not use the link"
    answer = await _follow(client, link)
    assert answer.headers["location"] == "/fr/parties/new?kind=assistant"
    assert "Inès Benali" in (await client.get("/fr/account")).text
    assert (await _follow(client, link)).status_code == 410
    assert (await make.open_link(client, link)).status_code == 410


async def test_the_page_and_the_mail_speak_the_language_of_the_address_bar(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    assert "Create your account" in (await client.get("/en/sign-up")).text
    assert "Créez votre compte" in (await client.get("/fr/sign-up")).text
    await client.post("/en/sign-up", data=FIELDS)
    await run_jobs()
    (message,) = make.mailbox(NORMAL)
    assert message["Subject"] == "Confirm your e-mail address"
    assert (await Person.get(email=NORMAL)).locale == "en"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("email", "not an address", "Please enter an e-mail address"),
        ("email", "in\u00e8s@studio.example", "letters without accents"),
        ("password", "short", "at least 10 characters"),
        ("password", "password123", "first that would be guessed"),
        ("password", "inesbenali1", "name or your e-mail"),
        ("name", "", "Please fill this in"),
        ("intent", "burglar", "choose one of the options"),
    ],
)
async def test_a_mistake_is_explained_and_nothing_typed_is_lost(
    client: httpx.AsyncClient, field: str, value: str, expected: str
) -> None:
    answer = await client.post("/en/sign-up", data={**FIELDS, field: value})
    assert answer.status_code == 422
    assert expected in answer.text
    kept = FIELDS["name"] if field != "name" else FIELDS["email"]
    assert kept in answer.text
    assert FIELDS["password"] not in answer.text
    assert await Person.all().count() == 0


async def test_who_has_an_accented_mailbox_already_still_logs_in(
    client: httpx.AsyncClient,
) -> None:
    who = await make.person(email="in\u00e8s@studio.example")
    form = {"email": who.email, "password": make.PASSWORD}
    assert (await client.post("/en/log-in", data=form)).status_code == 303


async def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    owner = await make.person(email=NORMAL, locale="en")
    taken = await client.post("/fr/sign-up", data=FIELDS)
    free = await client.post("/fr/sign-up", data={**FIELDS, "email": "new@studio.example"})
    assert (taken.status_code, taken.content) == (free.status_code, free.content)
    volatile = {"date"}
    assert {k: v for k, v in taken.headers.items() if k not in volatile} == {
        k: v for k, v in free.headers.items() if k not in volatile
    }
    await run_jobs()
    (message,) = make.mailbox(NORMAL)
    assert message["Subject"] == "You already have an account"
    again = await Person.get(pk=owner.id)
    assert (again.name, again.password_hash) == (owner.name, owner.password_hash)


async def test_a_known_address_costs_the_same_work(client: httpx.AsyncClient) -> None:
    await make.person(email=NORMAL)
    spent: dict[bool, list[float]] = {True: [], False: []}
    for number in range(5):
        for known in (True, False):
            email = NORMAL if known else f"new{number}@studio.example"
            start = time.process_time()
            answer = await client.post("/fr/sign-up", data={**FIELDS, "email": email})
            spent[known].append(time.process_time() - start)
            assert answer.status_code == 303
    assert 0.5 < median(spent[True]) / median(spent[False]) < 2


@pytest.mark.parametrize("stranger_first", [True, False])
async def test_a_strangers_sign_up_never_brings_in_their_password(
    client: httpx.AsyncClient, run_jobs: RunJobs, *, stranger_first: bool
) -> None:
    known = "the stranger knows this"
    stranger = {**FIELDS, "password": known}  # the name may be typed, too
    for form in (stranger, FIELDS) if stranger_first else (FIELDS, stranger):
        await client.post("/en/sign-up", data=form)
        await run_jobs()
    await client.post("/en/verify-email/resend", data={"email": NORMAL})
    await run_jobs()
    sent = [make.link_in(each) for each in make.mailbox(NORMAL)]
    foreign = [sent[0]] if stranger_first else sent[1:]
    for link in foreign:
        refused = await _follow(client, link)
        assert refused.status_code == 422
        assert "mot de passe choisi avec ce lien" in refused.text
        assert "/fr/forgotten-password" in refused.text
        assert (await Person.get(email=NORMAL)).email_verified_at is None
    own = next(link for link in sent if link not in foreign)
    assert (await _follow(client, own)).status_code == 303
    for link in foreign:
        assert (await _follow(client, link, known)).status_code == 410
    client.cookies.clear()
    form = {"email": NORMAL, "password": known}
    assert (await client.post("/en/log-in", data=form)).status_code == 422
    form["password"] = FIELDS["password"]
    assert (await client.post("/en/log-in", data=form)).status_code == 303


async def test_who_never_signed_up_chooses_a_password_of_their_own(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await client.post("/en/sign-up", data=FIELDS)  # a stranger, with this address
    await run_jobs()
    page = await make.open_link(client, make.link_in(make.mailbox(NORMAL)[0]))
    assert 'name="password"' in page.text and "/en/forgotten-password" in page.text
    await client.post("/en/forgotten-password", data={"email": NORMAL})
    await run_jobs()
    first, reset = (make.link_in(each) for each in make.mailbox(NORMAL)[:2])
    form = {"token": reset.partition("token=")[2], "password": "une toute autre phrase"}
    assert (await client.post("/en/reset-password", data=form)).status_code == 303
    assert (await _follow(client, first)).status_code == 410
    stranger = {"email": NORMAL, "password": FIELDS["password"]}
    assert (await client.post("/en/log-in", data=stranger)).status_code == 422
    own = {"email": NORMAL, "password": form["password"]}
    assert (await client.post("/en/log-in", data=own)).status_code == 303


async def test_a_link_dies_after_two_days_and_can_be_sent_again(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await client.post("/fr/sign-up", data=FIELDS)
    await run_jobs()
    clock.advance(49 * 3600)
    (message,) = make.mailbox(NORMAL)
    assert (await _follow(client, make.link_in(message))).status_code == 410
    known = await client.post("/fr/verify-email/resend", data={"email": NORMAL})
    unknown = await client.post("/fr/verify-email/resend", data={"email": "nobody@studio.example"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    await run_jobs()
    assert not make.mailbox("nobody@")
    answer = await _follow(client, make.link_in(make.mailbox(NORMAL)[-1]))
    assert answer.headers["location"] == "/fr/parties/new?kind=assistant"
    client.cookies.clear()
    form = {"email": NORMAL, "password": FIELDS["password"]}
    assert (await client.post("/fr/log-in", data=form)).status_code == 303


async def test_nobody_can_be_flooded_with_links(client: httpx.AsyncClient) -> None:
    answers = [await client.post("/en/sign-up", data=FIELDS) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [303] * 6 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "Too many tries" in answers[-1].text
    clock.advance(int(answers[-1].headers["retry-after"]))
    assert (await client.post("/en/sign-up", data=FIELDS)).status_code == 303


async def test_a_sign_up_that_was_never_confirmed_is_forgotten_after_a_month(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/fr/sign-up", data=FIELDS)
    kept = await make.person()
    await upkeep.clear()
    assert await Person.all().count() == 2
    clock.advance(31 * 86_400)
    await upkeep.clear()
    assert [row.id for row in await Person.all()] == [kept.id]


async def test_a_program_signs_up_through_the_api(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    taken = await make.person()
    body = {**FIELDS, "locale": "en"}
    free = await client.post("/api/v1/accounts", json=body)
    known = await client.post("/api/v1/accounts", json={**body, "email": taken.email})
    assert (free.status_code, free.json()) == (202, {"status": "accepted"})
    assert (known.status_code, known.json()) == (free.status_code, free.json())
    await run_jobs()
    token = make.link_in(make.mailbox(NORMAL)[0]).partition("token=")[2]
    link = {"token": token, "password": "something else altogether"}
    wrong = await client.post("/api/v1/accounts/verification", json=link)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "password")
    link["password"] = FIELDS["password"]
    answer = await client.post("/api/v1/accounts/verification", json=link)
    assert answer.json()["email"] == NORMAL
    bad = await client.post("/api/v1/accounts", json={**body, "password": "x"})
    assert bad.status_code == 422
    assert bad.headers["content-type"] == "application/problem+json"
    assert bad.json()["errors"][0]["field"] == "password"


async def test_two_sign_ups_at_once_make_one_account_and_a_link_opens_one_door(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    answers = await asyncio.gather(*(client.post("/en/sign-up", data=FIELDS) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert await Person.all().count() == 1
    await run_jobs()
    link = make.link_in(make.mailbox(NORMAL)[0])
    used = await asyncio.gather(*(_follow(client, link) for _ in range(5)))
    assert sorted(answer.status_code for answer in used) == [303, 410, 410, 410, 410]
