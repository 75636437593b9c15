"""Passkeys in a real Chromium with a virtual device (WebAuthn over the DevTools protocol)."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, async_playwright
from starlette.applications import Starlette

from marketplace.accounts.models import Passkey, PasskeyChallenge, Person
from marketplace.accounts.rules import AuthenticatorWrong, LinkExpired, PasskeyWrong, Proves, Scope
from marketplace.accounts.service import devices, factors, passkeys, sessions
from marketplace.accounts.service.factors import Proof
from marketplace.contracts.models import ContractSignature, EvidenceEvent
from marketplace.core import clock
from marketplace.core.db import command
from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings
from tests.factories import accounts, admin
from tests.factories import contracts as make
from tests.fixtures.browser import ARGUMENTS, chromium

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def named(database: str, web_port: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The site by a name: browsers make no passkeys for a number."""
    assert database
    monkeypatch.setenv("RELAIS_BASE_URL", f"http://localhost:{web_port}")
    settings.cache_clear()
    return settings().base_url


class Tab:
    """A page with a device that the test can take away, or let doubt its owner."""

    def __init__(self, page: Page, cdp: Any, site: str) -> None:
        self.page, self.cdp, self.site = page, cdp, site
        self.device = ""

    async def plug(self, **more: Any) -> None:
        """A device that has no passkey yet, instead of the one there is."""
        if self.device:
            gone = {"authenticatorId": self.device}
            await self.cdp.send("WebAuthn.removeVirtualAuthenticator", gone)
        made = await self.cdp.send(
            "WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, **more}}
        )
        self.device = made["authenticatorId"]

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.site}/en{path}")

    async def press(self, selector: str = "passkey-button button") -> None:
        """Use the passkey, or send; wait for the page that follows."""
        async with self.page.expect_navigation():
            await self.page.locator(selector).first.click()

    async def log_in(self, person: Person) -> None:
        await self.go("/log-in")
        await self.page.fill("[name=email]", person.email)
        await self.page.fill("[name=password]", accounts.PASSWORD)
        await self.press("form[action$='/log-in'] button[type=submit]")

    async def add(self, name: str) -> None:
        """From the account's page to a passkey made by the device."""
        await self.go("/account/passkeys")
        form = self.page.locator("form[action$='/begin']")
        await form.locator("[name=password]").fill(accounts.PASSWORD)
        if await form.locator("passkey-button").count():
            await self.press("form[action$='/begin'] passkey-button button")
            await self.plug(transport="usb")
        else:
            await self.press("form[action$='/begin'] button[type=submit]")
        await self.page.fill("[name=name]", name)
        await self.press("passkey-button button")


@asynccontextmanager
async def tab(site: str) -> AsyncIterator[Tab]:
    """A browser of its own."""
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = await (await browser.new_context(locale="en-GB")).new_page()
        cdp = await page.context.new_cdp_session(page)
        await cdp.send("WebAuthn.enable", {"enableUI": False})
        yield Tab(page, cdp, site)
        await browser.close()


async def test_a_passkey_is_added_used_to_log_in_to_sign_and_removed(
    named: str, web_server: str, application: Starlette
) -> None:
    two = await make.pair("en")
    offer = await make.sent(two)
    async with tab(named) as one:
        await one.plug()
        await one.log_in(two.camille)
        await one.add("My phone")
        spare = await one.page.locator("main code").all_inner_texts()
        row = await Passkey.get()
        assert (row.name, len(spare)) == ("My phone", 8)
        # A second one asks for the first.
        await one.add("Blue key")
        assert await Passkey.all().count() == 2
        # Out and in again: the password is no longer enough.
        await one.page.context.clear_cookies()
        await one.log_in(two.camille)
        assert "One more step" in await one.page.inner_text("h1")
        assert not [c for c in await one.page.context.cookies() if "session" in c.get("name", "")]
        await one.press()
        assert one.page.url.endswith("/contracts")
        # Signing: the mailed code and the passkey.
        await one.go(f"/contracts/{offer.id}/sign")
        await one.press("form[action$='/sign/code'] button")
        await one.page.check("[name=consent]")
        await one.page.fill("[name=typed_name]", "Camille Martin")
        if await one.page.locator("[name=capacity]").count():
            await one.page.fill("[name=capacity]", "owner")
        await one.page.fill("[name=code]", await make.code_for(two.camille))
        await one.press()
        event = await EvidenceEvent.get(contract_id=offer.id, event="signed")
        assert event.details["second_factor"] == "passkey"
        # Renamed, then removed with a recovery code.
        await one.go("/account/passkeys")
        await one.page.locator("main details.more summary").first.click()
        await one.page.fill("#f-name-1", "Old phone")
        await one.press("form[action$='/name'] button")
        assert (await Passkey.get(pk=row.id)).name == "Old phone"
        await one.page.locator("main details.more summary").first.click()
        await one.page.fill("#f-code-1", spare[0])
        await one.press("form[action$='/remove'] button[type=submit]")
        assert await Passkey.all().count() == 1
    told = OutgoingMail.filter(recipient=two.camille.email, template="accounts_passkey")
    subjects = await told.order_by("created_at").values_list("subject", flat=True)
    assert ["added" in str(each) for each in subjects] == [True, True, False]


async def test_answers_for_elsewhere_for_others_or_without_their_owner_are_refused(
    named: str, web_server: str, application: Starlette
) -> None:
    two = await make.pair("en")
    offer = await make.sent(two)
    sha256 = await make.file_of(offer)
    async with tab(named) as one:
        await one.plug()
        await one.log_in(two.camille)
        await one.add("My phone")
        cookies = await one.page.context.cookies()
        (token,) = [str(c["value"]) for c in cookies if c["name"] == "relais_session"]
        person_id = two.camille.id

        async def answer(purpose: Proves, about: str = "", **changed: Any) -> str:
            """What the device says to a fresh challenge of this session."""
            options = json.loads(await devices.to_prove(person_id, token, purpose, about))
            html = (
                f"<passkey-button data-options='{json.dumps(options | changed)}'></passkey-button>"
            )
            return str(await one.page.evaluate(ASK, html))

        @command
        async def give(said: str, session: str = token, purpose: Proves = Proves.SIGN,
                       about: str = sha256, who: Any = person_id) -> str:  # fmt: skip
            return await factors.check(who, Proof("", said, session, purpose, about))

        good = await answer(Proves.SIGN, sha256)
        for other in (
            {"session": "another"}, {"purpose": Proves.LOG_IN}, {"about": "0" * 64},
            {"who": two.claire.id},
        ):  # fmt: skip
            with pytest.raises(PasskeyWrong):
                await give(good, **other)
        assert await give(good) == "passkey"
        with pytest.raises(PasskeyWrong):  # once only
            await give(good)
        late = await answer(Proves.SIGN, sha256)
        clock.advance(11 * 60)
        with pytest.raises(PasskeyWrong):
            await give(late)
        said = json.loads(await answer(Proves.SIGN, sha256))
        for wrong in (
            "",
            "[]",
            "{}",
            "null",
            json.dumps({**said, "rawId": "AAAA"}),
            json.dumps({**said, "response": {**said["response"], "signature": "AAAA"}}),
        ):
            with pytest.raises((PasskeyWrong, AuthenticatorWrong)):
                await give(wrong)
        # A device that does not recognise its owner: asked without, refused by us all the same.
        await one.cdp.send(
            "WebAuthn.setUserVerified", {"authenticatorId": one.device, "isUserVerified": False}
        )
        bare = await answer(Proves.SIGN, sha256, userVerification="discouraged")
        with pytest.raises(PasskeyWrong):
            await give(bare)
        # Logged in as Camille, nobody signs without the second factor.
        assert await ContractSignature.all().count() == 0


ASK = """async html => {
  const form = document.createElement("form");
  form.innerHTML = html.replace("</", '<input name="passkey"><button type="button">x</button><span role="status"></span></');
  document.querySelector("main").append(form);
  return await new Promise((done, failed) => {
    form.requestSubmit = () => done(form.querySelector("[name=passkey]").value);
    form.querySelector("button").click();
    setTimeout(() => failed(new Error(form.querySelector("[role=status]").textContent)), 8000);
  });
}"""


def strange() -> str:
    """An answer whose challenge and name no text of a database can be, though both decode."""
    client = base64.urlsafe_b64encode(json.dumps({"challenge": "AAAA\x00"}).encode()).decode()
    return json.dumps({"rawId": "AAAA\x00", "response": {"clientDataJSON": client}})


async def signed_in(client: httpx.AsyncClient, who: Person) -> None:
    """A session of this person, at whatever name the site is reached."""
    client.headers["cookie"] = f"relais_session={await accounts.log_in(client, who)}"


@pytest.mark.usefixtures("named")
async def test_tickets_tokens_and_strangers(client: httpx.AsyncClient) -> None:
    person, other = await accounts.person(), await accounts.person()
    await Passkey.create(person_id=person.id, name="x", credential_id="AAAA", public_key=b"x",
                         created_at=clock.now())  # fmt: skip
    page = await client.post(
        "/en/log-in", data={"email": person.email, "password": accounts.PASSWORD}
    )
    assert page.headers["location"] == "/en/log-in/second"
    assert "relais_session" not in client.cookies
    ticket = client.cookies["relais_second"].strip('"')
    for form in ({}, {"code": "000000"}, {"passkey": "{}"}, {"passkey": strange()}):
        refused = await client.post("/en/log-in/second", data=form)
        assert refused.status_code == 422
        assert ticket not in refused.text
    assert await PasskeyChallenge.all().count() == 1  # the page shown again leaves no other
    client.cookies.clear()
    client.cookies.set("relais_second", "x" * 80)
    forged = await client.post("/en/log-in/second", data={"code": "000000"})
    assert forged.is_redirect
    clock.advance(601)
    with pytest.raises(LinkExpired):
        await sessions.holder(ticket)
    # Adding asks for the factor that is there; tokens may do none of it; others see nothing.
    await signed_in(client, person)
    for password, code in ((accounts.PASSWORD, "000000"), ("no", "")):
        again = await client.post(
            "/api/v1/me/passkeys/begin", json={"password": password, "code": code}
        )
        assert again.status_code == 422
    app = await client.post("/api/v1/me/authenticator", json={"password": accounts.PASSWORD})
    assert app.status_code == 422  # a thief with the password adds no app beside the passkey
    assert not await PasskeyChallenge.filter(purpose="add").exists()
    row = await Passkey.get()
    token = await admin.bearer(person, Scope.ACCOUNT_WRITE)
    client.headers.pop("cookie")
    barred = await client.request(
        "DELETE", f"/api/v1/me/passkeys/{row.id}", json={"code": "x"}, headers=token
    )
    assert barred.status_code == 403
    await signed_in(client, other)
    assert (await client.get("/api/v1/me/passkeys")).json() == []
    for answer in (
        await client.patch(f"/api/v1/me/passkeys/{row.id}", json={"name": "mine"}),
        await client.request("DELETE", f"/api/v1/me/passkeys/{row.id}", json={"code": "x"}),
    ):
        assert answer.status_code == 404
    begun = await client.post("/api/v1/me/passkeys/begin", json={"password": accounts.PASSWORD})
    options = json.loads(begun.json()["options"])
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["id"] == "localhost"
    with pytest.raises(PasskeyWrong):
        await passkeys.add(other.id, "another session", "x", "{}")


@pytest.mark.usefixtures("application")
async def test_a_site_without_a_name_offers_none(client: httpx.AsyncClient) -> None:
    await accounts.log_in(client, await accounts.person())
    assert "localhost" in (await client.get("/en/account/passkeys")).text
    begun = await client.post("/api/v1/me/passkeys/begin", json={"password": accounts.PASSWORD})
    assert begun.status_code == 404
    assert timedelta(minutes=10) == devices.LIFE
