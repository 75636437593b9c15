"""Owns newcomers to a journey that is about something else: there, and signing, without a page.

They ask for what the pages ask for, by the JSON API, with the cookies of their own browser. One
journey in each language walks through the pages instead (test_journeys).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.browser.people import PASSWORD, WAIT_SECONDS, Someone, siren, unheard_of, vat_number
from tests.factories.parties import party_draft, profile_draft

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Browser

CODE = r"(?m)^\s*(\d{6})\s*$"
RATES = {
    "currency": "EUR",
    "engagement": ["hourly", "flat_fee", "project"],
    "hourly_rate_minor": 2950,
    "packages": [{"name_fr": "Vingt heures", "name_en": "Twenty hours", "price_minor": 56_000}],
}


def call(who: Someone, method: str, path: str, body: Any = None) -> Any:
    """What an operation of the API answers to a person; every POST under a key of its own."""
    answer = _ask(who, method, f"/api/v1{path}", data=body)
    return answer.json() if answer.body() else None


def _ask(who: Someone, method: str, path: str, **what: Any) -> APIResponse:
    answer = who.page.request.fetch(
        f"{who.url}{path}",
        method=method,
        headers={"Origin": who.url, "Idempotency-Key": str(uuid4())},
        timeout=WAIT_SECONDS * 1000,
        **what,
    )
    assert answer.ok, (method, path, answer.status, answer.text())
    return answer


def enter(who: Someone, intent: str) -> None:
    """Make an account, confirm its address by the link in the mail, and log in."""
    me = {"name": who.name, "email": who.email, "password": PASSWORD, "intent": intent}
    call(who, "POST", "/accounts", me | {"locale": who.lang})
    token = who.newest_mail(r"verify-email\?token=(\S+)")
    call(who, "POST", "/accounts/verification", {"token": token, "password": PASSWORD})
    _ask(who, "POST", f"/{who.lang}/log-in", form={"email": who.email, "password": PASSWORD})


def found_party(who: Someone, kind: str, **changes: Any) -> str:
    """Give the legal identity of one's activity; the party's id."""
    number = siren()
    given: dict[str, Any] = {"registration_number": number}
    if kind == "business":
        given["vat_number"] = vat_number(number)
    draft = party_draft(kind, **given | changes)
    return str(call(who, "POST", "/parties", draft.model_dump(mode="json"))["id"])


def publish(who: Someone, party: str, headline: str, **place: str) -> str:
    """Fill a profile and publish it; its slug."""
    said = {f"headline_{who.lang}": headline, f"text_{who.lang}": "Appels et factures. " * 5}
    draft = profile_draft(identity=said, rates=RATES, place=place)
    profile = call(who, "POST", "/profiles", {"party_id": party})["id"]
    call(who, "PUT", f"/profiles/{profile}", draft.model_dump(mode="json"))
    public = call(who, "POST", f"/profiles/{profile}/publish")
    assert (public["status"], public["missing"]) == ("published", [])
    return str(public["slug"])


def newcomers(browser: Browser, url: str, lang: str, story: str) -> tuple[Someone, Someone, str]:
    """A published assistant, a business, and the profile's slug."""
    assistant = Someone.arrive(browser, url, lang, unheard_of("Léa"), f"{story}-assistant")
    enter(assistant, "assistant")
    party = found_party(assistant, "assistant", legal_name=assistant.name)
    slug = publish(assistant, party, f"Factures et appels {story}", country="FR", city="Lyon")
    business = Someone.arrive(browser, url, lang, "Paul Durand", f"{story}-business")
    enter(business, "business")
    found_party(business, "business")
    return assistant, business, slug


def both_sign(assistant: Someone, business: Someone, contract: str) -> None:
    """The business signs, then the assistant, each with their own code."""
    status = ""
    for who in (business, assistant):
        seen = call(who, "GET", contract)
        file = {"file_sha256": seen["file_sha256"]}
        before = who.mails()
        call(who, "POST", f"{contract}/sign-request", file)
        code = who.newest_mail(CODE, seen=before)
        wish = {"consent": True, "typed_name": who.name, "code": code}
        status = call(who, "POST", f"{contract}/sign", file | wish)["status"]
    assert status == "signed"
