"""A request that reaches nobody is over and its asker told; two links in one browser stay apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings
from marketplace.references.models import ClientReference
from marketplace.references.rules.states import Status
from marketplace.runtime import ports
from tests.factories import accounts
from tests.factories import parties as make
from tests.factories import references as refs
from tests.marketplace.core.test_jobs import mail_server

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("client")
GONE = "nobody@gone.example"


async def test_who_asked_an_address_that_does_not_exist_is_told_and_may_correct_it(
    client: httpx.AsyncClient, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = ports.free()
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    settings.cache_clear()
    who = await accounts.person()
    await make.profile(who)
    row = await refs.asked(who, GONE)
    async with mail_server(port) as taken:
        await run_jobs()
    await row.refresh_from_db()
    assert (row.status, row.next_at) == (Status.UNREACHED, None)
    assert taken == [who.email]
    told = await OutgoingMail.get(recipient=who.email, template="reference_answered")
    assert told.sent_at is not None
    await accounts.log_in(client, who)
    page = (await client.get("/fr/references")).text
    assert "Adresse inexistante" in page
    assert GONE in page  # to see the slip
    late = await client.post(
        "/api/v1/references/answer", json=refs.answering(refs.link(row.id), again=True)
    )
    assert late.status_code == 409
    again = await refs.asked(who, GONE.replace("nobody", "ana"))
    assert again.status is Status.ASKED


async def test_links_of_two_requests_open_in_one_browser_stay_apart(
    client: httpx.AsyncClient,
) -> None:
    rows = []
    for _which in range(2):
        who = await accounts.person()
        await make.profile(who)
        rows.append(await refs.asked(who, "ana@both.example"))
    pages = [
        await accounts.open_link(client, f"/fr/references/answer?token={refs.link(row.id)}")
        for row in rows
    ]
    assert pages[0].url != pages[1].url
    for page, row in zip(pages, rows, strict=True):  # drawn again, whichever came last
        assert refs.link(row.id) in (await client.get(page.url.path)).text
    action = re.search(r'action="(/fr/references/answer/\w+)"', pages[0].text)
    assert action
    assert action[1] == pages[0].url.path
    done = await client.post(action[1], data=refs.answering(refs.link(rows[0].id)))
    assert done.status_code == 200
    assert (await client.get(pages[0].url.path)).status_code == 404  # its link has served
    assert refs.link(rows[1].id) in (await client.get(pages[1].url.path)).text
    assert (await ClientReference.get(pk=rows[1].id)).status is Status.ASKED
