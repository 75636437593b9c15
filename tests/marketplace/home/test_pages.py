"""The front door: which language, which colours, and what crawlers are told."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from marketplace.core.settings import Settings, settings
from marketplace.home.pages import FRONT_SKILLS, specialities
from marketplace.web.templates import environment
from search import taxonomy
from tests.marketplace.directory import people

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


@pytest.mark.parametrize(
    ("cookie", "header", "leads_to"),
    [
        ("", "en-GB,en;q=0.9", "/en/"),
        ("", "de-DE,fr;q=0.5", "/fr/"),
        ("", "", "/fr/"),
        ("en", "fr-FR", "/en/"),
        ("xx", "en", "/en/"),
    ],
)
async def test_the_root_leads_to_the_language_of_the_person(
    client: httpx.AsyncClient, cookie: str, header: str, leads_to: str
) -> None:
    headers = {"accept-language": header} | ({"cookie": f"relais_lang={cookie}"} if cookie else {})
    answer = await client.get("/", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (302, leads_to)
    assert "Accept-Language" in answer.headers["vary"]


async def test_home_remembers_its_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/en/")
    assert answer.status_code == 200
    assert client.cookies["relais_lang"] == "en"
    assert "Hand over the work" in answer.text
    assert '<html lang="en">' in answer.text


async def test_pages_name_their_twin_in_the_other_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/fr/how-it-works")
    assert 'hreflang="en" href="http://127.0.0.1:8000/en/how-it-works"' in answer.text
    assert 'rel="canonical" href="http://127.0.0.1:8000/fr/how-it-works"' in answer.text


async def test_the_chosen_colours_are_in_the_first_html(client: httpx.AsyncClient) -> None:
    sent = {"theme": "dark", "back": "/fr/how-it-works?x=1"}
    answer = await client.post("/theme", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr/how-it-works?x=1")
    assert 'data-theme="dark"' in (await client.get("/fr/")).text
    await client.post("/theme", data={"theme": "auto", "back": "/fr/"})
    assert "data-theme" not in (await client.get("/fr/")).text


@pytest.mark.parametrize(
    "wish", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/fr/\n/evil"]
)
async def test_the_theme_never_leads_to_another_site(client: httpx.AsyncClient, wish: str) -> None:
    answer = await client.post("/theme", data={"theme": "dark", "back": wish})
    assert answer.headers["location"] == "/"


def test_every_speciality_of_the_front_page_exists() -> None:
    assert all(taxonomy.is_skill(code) for code in FRONT_SKILLS)
    shown = specialities("fr", {"invoicing": 12})
    assert [one.count for one in shown if one.code == "invoicing"] == [12]


async def test_crawlers_are_told_what_to_leave_alone(client: httpx.AsyncClient) -> None:
    robots = await client.get("/robots.txt")
    assert "Disallow: /fr/assistants?*&" in robots.text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in robots.text
    sitemap = await client.get("/sitemap.xml")
    assert sitemap.headers["content-type"].startswith("application/xml")
    assert "/sitemaps/pages.xml</loc>" in sitemap.text
    assert "profiles-" not in sitemap.text, "nobody is published yet"
    for part in (0, 1, 10**30):
        assert (await client.get(f"/sitemaps/profiles-{part}.xml")).status_code == 404
    await people.publish("lea-roussel", city="lyon")
    draft = await people.publish("not-yet", city="lille")
    await people.pause(draft)
    base = "<loc>http://127.0.0.1:8000"
    assert f"{base}/sitemaps/profiles-1.xml</loc>" in (await client.get("/sitemap.xml")).text
    pages = (await client.get("/sitemaps/pages.xml")).text
    for path in ("/en/how-it-works", "/fr/assistants/skill/invoicing", "/fr/assistants/city/lyon"):
        assert f"{base}{path}</loc>" in pages
    assert "city/lille" not in pages
    profiles = (await client.get("/sitemaps/profiles-1.xml")).text
    assert f"{base}/en/assistants/lea-roussel</loc>" in profiles
    assert "not-yet" not in profiles


async def test_an_unknown_page_says_what_to_do_in_the_persons_language(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/fr/nowhere")
    assert answer.status_code == 404
    assert "Cette page est introuvable" in answer.text
    assert "/fr/assistants" in answer.text


@pytest.mark.parametrize(
    "told", [b"5", b"null", b'[[], "x"]', b"[" * 2900, b"\xff", b'["info", 5]']
)
async def test_a_broken_message_in_a_cookie_is_no_message_and_goes(
    client: httpx.AsyncClient, told: bytes
) -> None:
    cookie = f"relais_flash={base64.urlsafe_b64encode(told).decode()}"
    page = await client.get("/fr/", headers={"Cookie": cookie})
    assert page.status_code == 200
    assert 'relais_flash="";' in page.headers["set-cookie"]


async def test_the_law_s_pages_name_the_operator_and_say_what_the_settings_say(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "privacy.fr.txt").write_text("# Notre délégué\n\nMme <Ida> Roux,\nà Lyon.")
    (tmp_path / "terms.en.txt").write_text("Our own terms.")
    given = {
        "RELAIS_PLATFORM_LEGAL_NAME": "Aide Express SARL", "RELAIS_PLATFORM_LEGAL_FORM": "sarl",
        "RELAIS_CONTACT_EMAIL": "bonjour@aide.example", "RELAIS_HOSTING": "Nuage SA, Lille",
        "RELAIS_LEGAL_DIR": str(tmp_path), "RELAIS_ASSISTANT_FEE_BPS": "750",
        "RELAIS_SECURITY_HOLD_DAYS": "6", "RELAIS_SITE_NAME": "Aide Express",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    environment.cache_clear()
    try:
        pages = {
            path: (await client.get(path)).text
            for path in (
                "/fr/legal", "/fr/privacy", "/en/terms", "/fr/terms", "/fr/sign-up",
                "/fr/how-it-works", "/en/status",
            )
        }  # fmt: skip
    finally:
        settings.cache_clear()
        environment.cache_clear()
    for path in ("/fr/legal", "/fr/privacy", "/en/terms", "/fr/terms"):
        assert "Aide Express SARL" in pages[path], path
        assert "bonjour@aide.example" in pages[path], path
    assert "Nuage SA, Lille" in pages["/fr/legal"]
    assert "<h3>Notre délégué</h3><p>Mme &lt;Ida&gt; Roux, à Lyon.</p>" in pages["/fr/privacy"]
    assert "60 jours ; aussitôt" in pages["/fr/privacy"].replace("\u202f", " ")
    assert "un lien ouvert depuis un e-mail" in pages["/fr/privacy"]
    assert "le prix d’une étape ou d’une période" in pages["/fr/terms"]
    assert "Our own terms." in pages["/en/terms"]
    assert "For professionals" not in pages["/en/terms"]
    assert "7,50\N{NO-BREAK SPACE}%" in pages["/fr/how-it-works"]
    assert "virés 6 jours après la validation" in pages["/fr/how-it-works"]
    assert "/how-it-works#countries" in pages["/fr/sign-up"]
    assert re.search(r'id="countries".*Belgique.*Sénégal', pages["/fr/how-it-works"], re.DOTALL)
    assert "Everything works" in pages["/en/status"] or "does not work" in pages["/en/status"]
    for path, text in pages.items():
        assert f'href="/{path[1:3]}/privacy"' in text, path
        assert "<title>" in text and "– Aide Express</title>" in text, path
        shown = re.sub(r"<[^>]*>", " ", text).replace("Fait avec Relais", "")
        assert "Relais" not in shown.replace("Made with Relais", ""), path


def test_production_says_who_runs_it() -> None:
    given = {
        "env": "production", "secret_key": "s" * 40, "STRIPE_SECRET_KEY": "sk_live_x",
        "STRIPE_WEBHOOK_SECRETS": "whsec_x", "SMTP_URL": "smtp://localhost",
        "mail_from": "Aide Express <bonjour@aide-express.fr>",
        "base_url": "https://relais.example", "STRIPE_API_BASE": "",
        "platform_legal_name": "Aide Express SARL", "contact_email": "",
    }  # fmt: skip
    with pytest.raises(ValidationError, match="RELAIS_CONTACT_EMAIL: production needs"):
        Settings(_env_file=None, **given)  # type: ignore[arg-type]
    Settings(_env_file=None, **{**given, "contact_email": "a@b.example"})  # type: ignore[arg-type]
