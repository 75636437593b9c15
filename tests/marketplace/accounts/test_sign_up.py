"""Signing up and proving the address, as a browser sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.models import Person
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


def test_placeholder() -> None:
    assert FIELDS


async def test_a_new_person_confirms_by_mail_and_is_led_to_their_first_profile(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    answer = await client.post("/fr/sign-up", data=FIELDS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr/verify-email/sent")
    assert "relais_session" not in client.cookies
    assert (await client.get("/fr/verify-email/sent")).status_code == 200
    await run_jobs()
    (message,) = make.mailbox("ines.benali@studio.example")
    link = make.link_in(message)
    page = await client.get(link)
    assert page.status_code == 200
    token = link.partition("token=")[2]
    answer = await client.post("/fr/verify-email", data={"token": token})
    assert answer.headers["location"] == "/fr/parties/new?kind=assistant"
    assert (await client.get("/fr/account")).status_code == 200
    person = await Person.get(email="ines.benali@studio.example")
    assert person.email_verified_at is not None
