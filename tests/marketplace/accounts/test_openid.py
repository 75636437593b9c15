"""Signing in through a real OpenID provider, spoken to over HTTP on the loopback interface."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from marketplace.accounts.models import Identity, LoginSession, Person, SignInAttempt
from marketplace.accounts.service import identities, openid
from marketplace.core import clock
from marketplace.core.settings import settings
from marketplace.runtime import ports
from tests.factories import accounts as make
from tests.marketplace.accounts.test_authenticator import code_now, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixtures.application import RunJobs

EMAIL = "ada@studio.example"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that signs for real and demands a nonce."""
    port = ports.free()
    command = [
        sys.executable,
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
        "true",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        address = f"http://127.0.0.1:{port}"
        for _ in range(2_400):
            try:
                httpx.get(f"{address}/.well-known/openid-configuration", timeout=30)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield address
        child.terminate()


@pytest.fixture
def provider(issuer: str, monkeypatch: pytest.MonkeyPatch, database: str) -> Iterator[str]:
    """The provider, configured as "acme"."""
    config = {
        "name": "acme", "label": "Acme", "issuer": issuer,
        "client_id": "relais", "client_secret": "s3cret",
    }  # fmt: skip
    monkeypatch.setenv("RELAIS_OIDC_PROVIDERS", json.dumps([config]))
    settings.cache_clear()
    yield issuer
    settings.cache_clear()


def _account(issuer: str, subject: str, **claims: object) -> None:
    answer = httpx.put(f"{issuer}/users/{subject}", json={"name": "Ada King"} | claims, timeout=60)
    assert answer.status_code == 204


def _agree(address: str, subject: str) -> str:
    """Agree at the provider as `subject`; gives the path it sends the browser back to."""
    answer = httpx.post(address, data={"sub": subject}, timeout=60)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


async def _sign_in(client: httpx.AsyncClient, subject: str, query: str = "") -> httpx.Response:
    out = await client.get(f"/en/sign-in/acme{query}")
    assert out.status_code == 303, out.text
    asked = parse_qs(urlsplit(out.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"] and asked["nonce"] and asked["scope"] == ["openid email profile"]
    return await client.get(
        _agree(out.headers["location"], subject), headers={"Sec-Fetch-Site": "cross-site"}
    )


async def test_a_new_person_signs_up_with_a_provider_and_comes_back_the_same(
    client: httpx.AsyncClient, provider: str
) -> None:
    _account(provider, "ada", email=EMAIL, email_verified=True)
    assert "Continue with Acme" in (await client.get("/en/log-in")).text
    first = await _sign_in(client, "ada")
    assert first.headers["location"] == "/en/parties/new"
    assert EMAIL in (await client.get("/en/account")).text
    client.cookies.clear()
    again = await _sign_in(client, "ada", "?next=/en/account/tokens")
    assert again.headers["location"] == "/en/account/tokens"
    assert await Person.all().count() == 1
    assert await SignInAttempt.all().count() == 0


async def test_the_subject_is_the_key_whatever_the_address_says_later(
    client: httpx.AsyncClient, provider: str
) -> None:
    _account(provider, "ada-2", email=EMAIL, email_verified=True)
    await _sign_in(client, "ada-2")
    other = await make.person(email="other@studio.example")
    _account(provider, "ada-2", email=other.email, email_verified=True)
    client.cookies.clear()
    await _sign_in(client, "ada-2")
    assert EMAIL in (await client.get("/en/account")).text


async def test_a_name_that_nobody_may_type_here_is_not_taken(
    client: httpx.AsyncClient, provider: str
) -> None:
    for number, name in enumerate(("Ada\x00King", "Ada \u202egniK", "\x07")):
        email = f"ada{number}@studio.example"
        _account(provider, f"odd-{number}", name=name, email=email, email_verified=True)
        client.cookies.clear()
        assert (await _sign_in(client, f"odd-{number}")).status_code == 303
        assert (await Person.get(email=email)).name == f"ada{number}"


async def test_an_account_is_joined_when_both_sides_proved_the_address(
    client: httpx.AsyncClient, provider: str, run_jobs: RunJobs
) -> None:
    who = await make.person(email=EMAIL, locale="en")
    _account(provider, "ada-3", email=EMAIL.upper(), email_verified=True)
    assert (await _sign_in(client, "ada-3")).status_code == 303
    identity = await Identity.get(subject="ada-3")
    assert identity.person_id == who.id
    await run_jobs()
    assert make.mailbox(EMAIL)[-1]["Subject"] == "A new way to log in"


async def test_who_has_a_second_factor_is_asked_for_it_after_the_provider(
    client: httpx.AsyncClient, provider: str
) -> None:
    who = await make.person(email=EMAIL, locale="en")
    secret, spare = await set_up(who)
    clock.advance(60)  # a code serves once
    _account(provider, "ada-5", email=EMAIL, email_verified=True)
    for proof in ("wrong", code_now(secret), spare[0]):  # each time, first visit or not
        back = await _sign_in(client, "ada-5", "?next=/en/account/tokens")
        assert back.headers["location"] == "/en/log-in/second?next=%2Fen%2Faccount%2Ftokens"
        assert await LoginSession.filter(revoked_at=None).count() == 0
        assert (await client.get("/en/account")).headers["location"].startswith("/en/log-in")
        asked = await client.get(back.headers["location"])
        assert "One more step" in asked.text
        assert 'name="next" value="/en/account/tokens"' in asked.text
        form = {"code": proof, "next": "/en/account/tokens"}
        answer = await client.post("/en/log-in/second", data=form)
        if proof == "wrong":
            assert answer.status_code == 422
            continue
        assert answer.headers["location"] == "/en/account/tokens"
        assert "relais_second" not in client.cookies
        assert EMAIL in (await client.get("/en/account")).text
        await client.post("/en/log-out")
        clock.advance(60)
    await _sign_in(client, "ada-5")
    clock.advance(601)
    late = await client.get("/en/log-in/second")
    assert late.headers["location"] == "/en/log-in"


@pytest.mark.parametrize("claim", [False, None, "true", "false", 1])
@pytest.mark.parametrize("known", [True, False])
async def test_an_address_the_provider_does_not_vouch_for_opens_nothing(
    client: httpx.AsyncClient, provider: str, claim: object, known: bool
) -> None:
    if known:
        await make.person(email=EMAIL)
    claims = {"email": EMAIL} if claim is None else {"email": EMAIL, "email_verified": claim}
    _account(provider, "mallory", **claims)
    answer = await _sign_in(client, "mallory")
    assert answer.headers["location"] == "/en/log-in"
    page = await client.get("/en/log-in")
    assert "Acme has not confirmed your e-mail address" in page.text
    assert await Identity.all().count() == 0
    assert await LoginSession.all().count() == 0
    assert await Person.all().count() == int(known)


async def test_an_unconfirmed_sign_up_gives_way_to_the_proven_owner(
    client: httpx.AsyncClient, provider: str
) -> None:
    squatter = await make.person(email=EMAIL)
    await Person.filter(pk=squatter.id).update(email_verified_at=None)
    _account(provider, "ada-4", email=EMAIL, email_verified=True)
    await _sign_in(client, "ada-4")
    owner = await Person.get(email=EMAIL)
    assert owner.id != squatter.id
    assert owner.password_hash is None


async def test_a_stolen_answer_is_useless_in_another_browser(
    client: httpx.AsyncClient, provider: str
) -> None:
    _account(provider, "ada", email=EMAIL, email_verified=True)
    out = await client.get("/en/sign-in/acme")
    back = _agree(out.headers["location"], "ada")
    mine = dict(client.cookies)
    client.cookies.clear()
    assert (await client.get(back)).status_code == 403
    client.cookies.update(mine)
    forged = back.replace("state=", "state=x")
    assert (await client.get(forged)).status_code == 403
    assert (await client.get(back)).status_code == 303
    assert (await client.get(back)).status_code == 403, "a state works once"


async def test_a_visit_that_takes_too_long_or_is_refused_ends_kindly(
    client: httpx.AsyncClient, provider: str
) -> None:
    _account(provider, "ada", email=EMAIL, email_verified=True)
    out = await client.get("/en/sign-in/acme")
    back = _agree(out.headers["location"], "ada")
    clock.advance(601)
    assert (await client.get(back)).headers["location"] == "/en/log-in"
    assert "did not work" in (await client.get("/en/log-in")).text
    out = await client.get("/en/sign-in/acme")
    state = parse_qs(urlsplit(out.headers["location"]).query)["state"][0]
    denied = await client.get(f"/sign-in/acme/callback?error=access_denied&state={state}")
    assert denied.headers["location"] == "/en/log-in"
    assert "cancelled" in (await client.get("/en/log-in")).text


async def test_a_made_up_code_is_refused(client: httpx.AsyncClient, provider: str) -> None:
    out = await client.get("/en/sign-in/acme")
    state = parse_qs(urlsplit(out.headers["location"]).query)["state"][0]
    answer = await client.get(f"/sign-in/acme/callback?code=made-up&state={state}")
    assert answer.headers["location"] == "/en/log-in"
    assert await Person.all().count() == 0


async def test_a_provider_that_is_away_costs_one_clear_sentence(
    client: httpx.AsyncClient, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {
        "name": "away", "label": "Away", "issuer": f"http://127.0.0.1:{ports.free()}",
        "client_id": "relais", "client_secret": "s3cret",
    }  # fmt: skip
    monkeypatch.setenv("RELAIS_OIDC_PROVIDERS", json.dumps([config]))
    settings.cache_clear()
    assert (await client.get("/en/sign-in/away")).status_code == 503
    assert (await client.get("/en/sign-in/unheard-of")).status_code == 404


async def _connect(client: httpx.AsyncClient, subject: str) -> httpx.Response:
    at = "/en/account/connected/acme"
    assert (await client.post(at, data={"password": "not the one"})).status_code == 422
    leaving = await client.post(at, data={"password": make.PASSWORD})
    assert leaving.status_code == 200
    address = leaving.headers["refresh"].partition("url=")[2]
    return await client.get(_agree(address, subject))


async def test_a_signed_in_person_connects_even_an_unproven_address_and_removes_it(
    client: httpx.AsyncClient, provider: str
) -> None:
    who = await make.person()
    await make.log_in(client, who)
    _account(provider, "work", email="someone@else.example", email_verified=False)
    assert (await _connect(client, "work")).headers["location"] == "/en/account/connected"
    assert "someone@else.example" in (await client.get("/en/account/connected")).text
    identity = await Identity.get(person_id=who.id)
    removed = await client.post(f"/en/account/connected/{identity.id}/remove")
    assert removed.status_code == 303
    assert await Identity.all().count() == 0


async def test_an_identity_belongs_to_one_account(client: httpx.AsyncClient, provider: str) -> None:
    _account(provider, "shared", email=EMAIL, email_verified=True)
    await _sign_in(client, "shared")
    client.cookies.clear()
    other = await make.person()
    await make.log_in(client, other)
    answer = await _connect(client, "shared")
    assert answer.headers["location"] == "/en/account/connected"
    assert "already connected" in (await client.get("/en/account/connected")).text
    assert (await Identity.get(subject="shared")).person_id != other.id


async def test_the_last_way_in_cannot_be_removed(client: httpx.AsyncClient, provider: str) -> None:
    _account(provider, "only", email=EMAIL, email_verified=True)
    await _sign_in(client, "only")
    identity = await Identity.get(subject="only")
    refused = await client.post(f"/en/account/connected/{identity.id}/remove")
    assert refused.status_code == 409
    assert "only way to log in" in refused.text
    clock.advance(660)
    first = {"password": "une toute autre phrase"}
    page = await client.post("/en/account/password", data=first)
    assert page.status_code == 422
    assert "/en/sign-in/acme?again=1" in page.text
    assert (await _sign_in(client, "only", "?again=1")).status_code == 303
    await client.post("/en/account/password", data=first)
    removed = await client.post(f"/en/account/connected/{identity.id}/remove")
    assert removed.status_code == 303


async def test_a_connection_begun_by_one_person_is_not_finished_by_another(
    client: httpx.AsyncClient, provider: str
) -> None:
    who, other = await make.person(), await make.person()
    await make.log_in(client, who)
    _account(provider, "mallory-2", email="m@evil.example", email_verified=True)
    leaving = await client.post("/en/account/connected/acme", data={"password": make.PASSWORD})
    back = _agree(leaving.headers["refresh"].partition("url=")[2], "mallory-2")
    await make.log_in(client, other)
    assert (await client.get(back)).headers["location"] == "/en/account/connected"
    assert "did not work" in (await client.get("/en/account/connected")).text
    assert await Identity.all().count() == 0


async def test_two_first_visits_at_once_make_one_account(
    client: httpx.AsyncClient, provider: str
) -> None:
    claims = openid.Claims(settings().oidc_providers[0], "twin", EMAIL, True, "Ada King")
    both = await asyncio.gather(*(identities.sign_in(claims, locale="en") for _ in range(4)))
    assert len({person.id for person, _new in both}) == 1
    assert sum(new for _person, new in both) == 1
