"""The second factor: set up with a code, asked for by signatures, each code once."""

from __future__ import annotations

import base64
import re

import httpx
import pytest

from marketplace.accounts.models import Authenticator, Person
from marketplace.accounts.rules import AuthenticatorWrong, Scope
from marketplace.accounts.service import authenticators, factors, upkeep
from marketplace.accounts.service.factors import Proof
from marketplace.contracts.models import ContractSignature, EvidenceEvent
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import signing
from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.core.ids import hash_token
from marketplace.core.models import OutgoingMail
from marketplace.core.totp import step_of, totp, totp_step
from tests.factories import accounts, admin
from tests.factories import contracts as make

# RFC 6238, appendix B, SHA-1; the last six of eight digits.
VECTORS = [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
           (2000000000, "279037"), (20000000000, "353130")]  # fmt: skip
SECRET = b"12345678901234567890"


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    step = seconds // 30
    assert totp(SECRET, step) == code
    assert totp_step(SECRET, f"{code[:3]} {code[3:]}", step + 1) == step
    assert totp_step(SECRET, code, step + 2) is None
    assert totp_step(SECRET, "", step) is None
    assert totp_step(SECRET, "\u0663" * 6, step) is None  # digits of another script


def code_now(secret: str) -> str:
    return totp(base64.b32decode(secret), step_of(clock.now()))


async def set_up(person: Person) -> tuple[str, list[str]]:
    browser = "this browser"
    secret = await authenticators.begin(person, accounts.PASSWORD, Proof(session=browser))
    return secret, await authenticators.confirm(person.id, browser, code_now(secret))


async def test_it_is_set_up_in_the_browser_and_turned_off_again(client: httpx.AsyncClient) -> None:
    person = await accounts.person(name="Camille Martin")
    await accounts.log_in(client, person)
    at = "/en/account/authenticator"
    refused = await client.post(f"{at}/begin", data={"password": "not the one"})
    assert refused.status_code == 422
    assert (await client.post(f"{at}/begin", data={"password": accounts.PASSWORD})).is_redirect
    page = await client.get(at)
    found = re.search(r"secret=([A-Z2-7]+)&", page.text.replace("&amp;", "&"))
    assert found
    assert "<svg" in page.text and "QR code of the key" in page.text
    assert found[1] not in (await Authenticator.get(person_id=person.id)).secret  # encrypted
    wrong = await client.post(at, data={"code": "000000"})
    assert wrong.status_code == 422
    shown = await client.post(at, data={"code": code_now(found[1])})
    spare = re.findall(r"<code>([0-9a-f]{6}-[0-9a-f]{6})</code>", shown.text)
    assert len(spare) == 8
    assert spare[0] not in (await client.get(at)).text
    again = await client.post(f"{at}/begin", data={"password": accounts.PASSWORD})
    assert again.status_code == 409
    assert (await client.post(f"{at}/remove", data={"code": spare[0]})).is_redirect
    assert not await Authenticator.exists(person_id=person.id)


async def test_a_secret_waits_ten_minutes_in_the_session_that_asked_for_it(
    client: httpx.AsyncClient,
) -> None:
    person = await accounts.person(locale="en")
    mine = await accounts.log_in(client, person)
    at, begin = "/en/account/authenticator", {"password": accounts.PASSWORD}

    async def secret() -> str:
        page = (await client.get(at)).text.replace("&amp;", "&")
        found = re.search(r"secret=([A-Z2-7]+)&", page)
        return found[1] if found else ""

    await client.post(f"{at}/begin", data=begin)
    known = await secret()
    assert known
    await accounts.log_in(client, person)  # a stolen session, say
    assert await secret() == ""
    for path in (at, "/api/v1/me/authenticator"):
        form = {"code": code_now(known)}
        api = path.startswith("/api")
        refused = await (client.put(path, json=form) if api else client.post(path, data=form))
        assert refused.status_code == 422
        assert "That took too long" in refused.text or api
    client.cookies.set("relais_session", mine, domain="127.0.0.1")
    assert await secret() == known
    clock.advance(601)
    assert await secret() == ""
    assert (await client.post(at, data={"code": code_now(known)})).status_code == 422
    await upkeep.clear()
    assert await Authenticator.all().count() == 0
    await client.post(f"{at}/begin", data=begin)
    again = await secret()
    assert again not in {"", known}
    assert (await client.post(at, data={"code": code_now(again)})).status_code == 200
    clock.advance(700)
    await upkeep.clear()
    assert await Authenticator.filter(confirmed_at__isnull=False).count() == 1


async def test_recovery_codes_are_renewed_with_password_and_factor(
    client: httpx.AsyncClient,
) -> None:
    person = await accounts.person(name="Camille Martin", locale="en")
    await accounts.log_in(client, person)
    at = "/en/account/recovery-codes"
    early = await client.post(at, data={"password": accounts.PASSWORD})
    assert early.status_code == 409
    _secret, spare = await set_up(person)
    given = {"password": accounts.PASSWORD, "code": spare[0]}
    for missing in ("password", "code"):
        refused = await client.post(at, data={**given, missing: ""})
        assert refused.status_code == 422, missing
    shown = await client.post(at, data=given)
    fresh = re.findall(r"<code>([0-9a-f]{6}-[0-9a-f]{6})</code>", shown.text)
    assert len(set(fresh) - set(spare)) == 8
    with pytest.raises(AuthenticatorWrong):
        await factors.check(person.id, Proof(spare[1]))
    assert await factors.check(person.id, Proof(fresh[0])) == "recovery"
    told = await OutgoingMail.get(template="accounts_recovery_codes")
    assert told.recipient == person.email
    body = {**given, "code": fresh[1]}
    assert len((await client.post("/api/v1/me/recovery-codes", json=body)).json()[
        "recovery_codes"]) == 8  # fmt: skip


@pytest.mark.usefixtures("application")
async def test_a_signature_asks_for_a_fresh_code_of_the_app() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    secret, spare = await set_up(two.camille)
    who, sha256 = await two.as_assistant(), await make.file_of(offer)
    await signing.request_code(who, offer.id, sha256)
    mailed = await make.code_for(two.camille)

    def draft(code: str | None) -> SignDraft:
        return SignDraft(
            file_sha256=sha256, consent=True, typed_name="Camille Martin", code=mailed,
            authenticator=code,
        )  # fmt: skip

    for wrong in (None, "000000", code_now(secret)):  # the last one was used to set it up
        with pytest.raises(Invalid) as refused:
            await signing.sign(who, offer.id, draft(wrong), locale="fr")
        assert set(refused.value.errors) == {"authenticator"}
    assert await ContractSignature.all().count() == 0
    clock.advance(60)
    # The mailed code was not used up by the wrong tries.
    await signing.sign(who, offer.id, draft(code_now(secret)), locale="fr")
    event = await EvidenceEvent.get(contract_id=offer.id, event="signed")
    assert event.details["second_factor"] == "totp"
    assert await factors.check(two.camille.id, Proof(spare[3].upper())) == "recovery"
    with pytest.raises(AuthenticatorWrong):
        await factors.check(two.camille.id, Proof(spare[3]))


async def test_programs_set_it_up_too(client: httpx.AsyncClient) -> None:
    person = await accounts.person(name="Sam Petit")
    await accounts.log_in(client, person)
    begun = await client.post("/api/v1/me/authenticator", json={"password": accounts.PASSWORD})
    secret = begun.json()["secret"]
    assert (await client.get("/api/v1/me/authenticator")).json()["on"] is False
    made = await client.put("/api/v1/me/authenticator", json={"code": code_now(secret)})
    assert (await client.get("/api/v1/me/authenticator")).json() == {"on": True, "recovery_left": 8}
    spare = made.json()["recovery_codes"][0]
    kept = (await Person.get(pk=person.id)).recovery_codes
    assert hash_token(spare) not in kept  # a copy of the database alone finds no short code
    token = await admin.bearer(person, Scope.ACCOUNT_WRITE)
    client.cookies.clear()
    for method, body in (("POST", {"password": accounts.PASSWORD}), ("PUT", {"code": spare}),
                         ("DELETE", {"code": spare})):  # fmt: skip
        barred = await client.request(method, "/api/v1/me/authenticator", json=body, headers=token)
        assert barred.status_code == 403
    await accounts.log_in(client, person)
    answer = await client.request("DELETE", "/api/v1/me/authenticator", json={"code": spare})
    assert answer.status_code == 204
    told = OutgoingMail.filter(recipient=person.email, template="accounts_authenticator")
    subjects = await told.order_by("created_at").values_list("subject", flat=True)
    assert ["no longer" in one or "plus de code" in one for one in subjects] == [False, True]
