"""The mail reader of development: newest first, links that work, nothing in production."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.core.settings import settings
from marketplace.notifications.pages import linked
from tests.factories import accounts as make

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs


async def test_mail_is_listed_newest_first_and_its_links_can_be_followed(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    first, second = await make.person(locale="en"), await make.person(locale="en")
    for who in (first, second):
        await client.post("/en/forgotten-password", data={"email": who.email})
        await run_jobs()
    page = (await client.get("/dev/mail?lang=en")).text
    assert page.index(second.email) < page.index(first.email)
    only = (await client.get(f"/dev/mail?to={first.email}")).text
    assert first.email in only
    assert second.email not in only
    name = only.partition('href="/dev/mail/')[2].partition('"')[0]
    shown = (await client.get(f"/dev/mail/{name}")).text
    link = make.link_in(make.mailbox(first.email)[-1])
    assert f'href="{settings().base_url}{link}"' in shown
    html = await client.get(f"/dev/mail/{name}/html")
    assert "default-src 'none'" in html.headers["content-security-policy"]
    assert link in html.text


async def test_only_mail_can_be_read(client: httpx.AsyncClient) -> None:
    for name in ("nothing.eml", "..%2Fclock", "%2e%2e/keys", "clock"):
        assert (await client.get(f"/dev/mail/{name}")).status_code == 404


async def test_production_has_no_mail_reader(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "RELAIS_ENV": "production", "RELAIS_MAIL_FROM": "bonjour@hote.fr", "RELAIS_PLATFORM_LEGAL_NAME": "Hôte SAS",
        "RELAIS_CONTACT_EMAIL": "hote@relais.example", "RELAIS_SECRET_KEY": "s" * 40, "STRIPE_SECRET_KEY": "sk_live_x",
        "STRIPE_WEBHOOK_SECRETS": "whsec_x", "SMTP_URL": "smtp://localhost",
        "RELAIS_BASE_URL": "https://relais.example", "STRIPE_API_BASE": "",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    assert (await client.get("/dev/mail")).status_code == 404


def test_text_cannot_smuggle_markup_into_the_reader() -> None:
    made = linked('<script>x</script>\nhttps://a.example/?q="><b> and (https://b.example).')
    assert "<script>" not in made
    assert 'href="https://a.example/?q="' in made
    assert 'href="https://b.example"' in made
