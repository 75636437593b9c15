"""The whole project journey by the JSON API alone: two programs find, sign, hold and release.

A browser is used for one thing: to log in and make the first token.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from marketplace.accounts.rules import Scope
from marketplace.core import clock
from marketplace.core.ids import new_id, slugify
from marketplace.core.settings import settings
from payments import statements
from payments.money import Money
from tests.factories import accounts
from tests.factories.parties import party_draft, profile_draft

if TYPE_CHECKING:
    from tests.fixtures.application import RunJobs
    from tests.fixtures.services import Server

PASSWORD = "sept chats gris dorment"
FIRST, SECOND = 40_000, 60_000
UNKEYED = {"/me/tokens", "/fee-preview"}  # a secret shown once; a mere reading
SEEN_WITHIN_SECONDS = 60


@dataclass
class Program:
    """Someone's program: a token and nothing else."""

    http: httpx.AsyncClient
    run_jobs: RunJobs
    name: str
    email: str

    async def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """One operation with the answer it must give; every POST under a key of its own."""
        headers = {"Idempotency-Key": str(new_id())} if method == "POST" else {}
        answer = await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        if method == "POST" and path not in UNKEYED:
            again = await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)
            assert again.headers.get("idempotency-replayed") == "true", path
            assert (again.status_code, again.content) == (answer.status_code, answer.content)
        return answer.json() if answer.content else None

    async def mailed(self) -> str:
        """The newest mail to this person as text."""
        await self.run_jobs()
        return accounts.text_of(accounts.mailbox(self.email)[-1])

    async def arrive(self, intent: str) -> None:
        """Sign up, follow the mailed link, log in once and make a token."""
        me = {"name": self.name, "email": self.email, "password": PASSWORD, "intent": intent,
              "locale": "en"}  # fmt: skip
        await self.call("POST", "/accounts", me, 202)
        await self.run_jobs()
        link = accounts.link_in(accounts.mailbox(self.email)[-1])
        token = parse_qs(urlsplit(link).query)["token"][0]
        proof = {"token": token, "password": PASSWORD}
        person = await self.call("POST", "/accounts/verification", proof)
        assert person["email_verified_at"]
        entered = await self.http.post(
            "/en/log-in", data={"email": self.email, "password": PASSWORD}
        )
        assert entered.status_code == 303, entered.text
        scopes = [scope.value for scope in Scope if not scope.startswith("operator:")]
        wish = {"name": "journey", "scopes": scopes, "password": PASSWORD}
        made = await self.call("POST", "/me/tokens", wish, 201)
        self.http.cookies.clear()
        self.http.headers["authorization"] = f"Bearer {made['secret']}"
        assert (await self.call("GET", "/me"))["email"] == self.email

    async def sign(self, contract: str) -> Any:
        """Read the file, ask for the code, sign with it."""
        seen = await self.call("GET", f"/contracts/{contract}")
        file = await self.http.get(f"/api/v1/contracts/{contract}/versions/{seen['version']}/file")
        assert file.content.startswith(b"%PDF")
        body = {"file_sha256": seen["file_sha256"]}
        await self.call("POST", f"/contracts/{contract}/sign-request", body, 202)
        code = next(
            word for word in (await self.mailed()).split() if word.isdigit() and len(word) == 6
        )
        body |= {"consent": True, "typed_name": self.name, "code": code}
        return await self.call("POST", f"/contracts/{contract}/sign", body)


async def program(http: httpx.AsyncClient, run_jobs: RunJobs, name: str, intent: str) -> Program:
    """A newcomer with a token."""
    made = Program(http, run_jobs, name, f"{slugify(name)}@journey.example")
    await made.arrive(intent)
    return made


async def publish(assistant: Program) -> dict[str, Any]:
    """An assistant's identity and public profile."""
    identity = party_draft(legal_name=assistant.name).model_dump(mode="json")
    party = await assistant.call("POST", "/parties", identity, 201)
    begun = await assistant.call("POST", "/profiles", {"party_id": party["id"]}, 201)
    where = f"/profiles/{begun['id']}"
    await assistant.call("PUT", where, profile_draft().model_dump(mode="json"))
    public = await assistant.call("POST", f"{where}/publish")
    assert (public["status"], public["missing"]) == ("published", [])
    return {"party": party, "slug": public["slug"]}


async def offer(business: Program, slug: str) -> str:
    """A project of two milestones, previewed, drafted and sent; its id."""
    firm = party_draft("business").model_dump(mode="json")
    await business.call("POST", "/parties", firm, 201)
    today = clock.today()
    terms = {
        "kind": "project",
        "milestones": [
            {"title": f"Part {number}", "price_minor": price, "criteria": ["Proofread"],
             "due_on": str(today + timedelta(days=7 * number))}
            for number, price in enumerate((FIRST, SECOND), start=1)
        ],
    }  # fmt: skip
    bill = {"assistant": slug, "currency": "EUR", "starts_on": str(today), "terms": terms}
    preview = await business.call("POST", "/fee-preview", bill)
    assert preview["total"]["price"] == FIRST + SECOND
    draft = await business.call("POST", "/contracts", {"assistant": slug, "kind": "project"}, 201)
    where = f"/contracts/{draft['id']}"
    whole = {"title": "Invoices", "scope": "Prepare and send the invoices.", "terms": terms,
             "starts_on": str(today), "currency": "EUR", "lock_version": draft["lock_version"]}  # fmt: skip
    changed = await business.call("PATCH", where, whole)
    await business.call("POST", f"{where}/send", {"lock_version": changed["lock_version"]})
    return str(draft["id"])


async def until(business: Program, unit: str, status: str) -> None:
    """The unit reaches the status once Stripe's event has come in and was applied."""
    for _ in range(SEEN_WITHIN_SECONDS * 5):
        await business.run_jobs()
        if (await business.call("GET", f"/units/{unit}"))["status"] == status:
            return
        await asyncio.sleep(0.2)
    pytest.fail(f"unit never {status}")


async def test_two_programs_live_a_project_from_sign_up_to_the_statement(
    stripe_sandbox: Server, web_server: str, run_jobs: RunJobs
) -> None:
    headers = {"Origin": settings().base_url, "Sec-Fetch-Site": "same-origin"}
    options: dict[str, Any] = {"base_url": web_server, "headers": headers, "timeout": 60}
    async with (
        httpx.AsyncClient(**options) as one,
        httpx.AsyncClient(**options) as two,
        httpx.AsyncClient(base_url=stripe_sandbox.url, timeout=60) as stripe,
    ):
        assistant = await program(one, run_jobs, "Léa Roussel", "assistant")
        business = await program(two, run_jobs, "Paul Durand", "business")
        published = await publish(assistant)
        contract = await offer(business, published["slug"])
        assert (await assistant.sign(contract))["status"] == "signed_by_assistant"
        assert (await business.sign(contract))["status"] == "signed"

        payee = published["party"]["id"]
        set_up = await assistant.call("POST", f"/payouts/{payee}/set-up", {"locale": "en"})
        account = urlsplit(set_up["url"]).path.split("/")[3]
        assert (await stripe.post(f"/_sandbox/onboard/{account}", json={})).status_code == 200

        first, second = (await business.call("GET", f"/contracts/{contract}/work"))["units"]
        bill = await business.call("GET", f"/units/{first['id']}/funding")
        assert bill["price"] == {"minor": FIRST, "currency": "EUR"}
        page = await business.call("POST", f"/units/{first['id']}/funding", {"locale": "en"}, 201)
        session = next(part for part in urlsplit(page["url"]).path.split("/") if "cs_" in part)
        card = {"number": "4242424242424242"}
        assert (await stripe.post(f"/_sandbox/pay/{session}", json=card)).status_code == 200
        await until(business, first["id"], "funded")

        work = {"note": "All invoices are sent.", "links": ["https://example.org/report"]}
        await assistant.call("POST", f"/units/{first['id']}/deliveries", work, 201)
        thanks = {"note": "Thanks", "delivery": 1}
        approved = await business.call("POST", f"/units/{first['id']}/approve", thanks)
        assert approved["status"] == "approved"
        assert approved["paid"] == {"minor": FIRST, "currency": "EUR"}
        await run_jobs()
        await assistant.call("POST", f"/contracts/{contract}/ending", {"reason": "Enough"}, 201)
        await run_jobs()
        assert (await business.call("GET", f"/units/{second['id']}"))["status"] == "cancelled"
        await the_statement_is_the_ledger(business, assistant, contract, bill, payee)


async def the_statement_is_the_ledger(
    business: Program, assistant: Program, contract: str, bill: dict[str, Any], payee: str
) -> None:
    """What both sides read equals the books to the cent, page by page."""
    seen = await business.call("GET", f"/contracts/{contract}/statement")
    assert seen == await assistant.call("GET", f"/contracts/{contract}/statement")
    books = await statements.contract_statement(contract)
    totals = {name: Money(each["minor"], each["currency"]) for name, each in seen["totals"].items()}
    assert totals == {name: getattr(books, name) for name in totals}
    assert totals["funded"] == totals["released"] == Money(FIRST, "EUR")
    assert totals["held"] == totals["refunded"] == Money(0, "EUR")
    assert totals["charged"] == Money(bill["client_total"]["minor"], "EUR")
    paged, cursor = [], ""
    while cursor is not None:
        path = f"/contracts/{contract}/statement?limit=1" + (f"&cursor={cursor}" if cursor else "")
        page = await business.call("GET", path)
        paged += page["lines"]
        cursor = page["next"]
    assert paged == seen["lines"]
    assert len(paged) == len(books.lines)
    paid = await assistant.call("GET", f"/payouts/{payee}")
    assert paid["transferred"] == [seen["totals"]["transferred"]]
    assert paid["transferred"][0]["minor"] > 0
