"""An offer from wizard to signature over HTTP, in French and in English, without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Kind, Status
from tests.factories import accounts
from tests.factories import contracts as make

SCOPE = "Répondre au téléphone et prendre les messages.\nEnvoyer les factures du mois."


def price_form(kind: str) -> dict[str, str]:
    """What a person types on the price page."""
    first = make.monday()
    if kind == "hourly":
        return {
            "currency": "EUR", "rate": "28,50", "cap_hours": "7,5",
            "first_week": first.isoformat(), "remainder": "roll",
        }  # fmt: skip
    if kind == "flat_fee":
        return {
            "currency": "EUR", "price": "900", "period": "month", "periods": "2",
            "includes": "60 appels, 20 factures",
        }  # fmt: skip
    due = [first + timedelta(days=14), first + timedelta(days=35)]
    return {
        "currency": "EUR",
        "milestones-0-title": "Audit", "milestones-0-price": "500,00",
        "milestones-0-due_on": due[0].isoformat(), "milestones-0-criteria": "Rapport remis",
        "milestones-1-title": "Mise en place", "milestones-1-price": "1 250",
        "milestones-1-due_on": due[1].isoformat(),
        "milestones-1-criteria": "Tout marche\nGuide remis",
    }  # fmt: skip


async def post(client: httpx.AsyncClient, path: str, data: dict[str, Any]) -> str:
    """Send a form that has to succeed; gives where it leads."""
    answer = await client.post(path, data=data)
    assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.text)[:3000]
    return str(answer.headers["location"])


async def write_offer(client: httpx.AsyncClient, two: make.Pair, lang: str, kind: str) -> str:
    """Claire fills the wizard in; gives the address of the contract."""
    await accounts.log_in(client, two.claire)
    page = await client.get(f"/{lang}/contracts/new?assistant={two.profile.slug}")
    assert page.status_code == 200
    where = await post(
        client,
        f"/{lang}/contracts/new",
        {"assistant": two.profile.slug, "business_id": str(two.business.id), "kind": kind},
    )
    assert where.endswith("/edit/scope")
    base = where.removesuffix("/edit/scope")
    start = make.monday().isoformat()
    forms = {
        "scope": {
            "title": "Accueil et factures", "scope": SCOPE, "starts_on": start, "ends_on": "",
            "time_zone": "Europe/Paris",
        },
        "price": price_form(kind),
        "conditions": {
            "notice_days": "14", "trial_days": "10", "review_days": "7", "language": lang,
            "signing_order": "any", "handles_data": "yes", "data_purpose": "Appels et factures",
            "data_kinds": "Noms\nTéléphones", "data_people": "Clients",
            "data_tools": "Gmail, États-Unis\nPennylane (France)", "kpi_first_response": "30",
            "kpi_satisfaction": "4.5",
        },
    }  # fmt: skip
    for step, form in forms.items():
        assert (await client.get(f"{base}/edit/{step}")).status_code == 200
        where = await post(client, f"{base}/edit/{step}", form)
        assert (await client.get(f"{base}/edit/{step}")).status_code == 200  # filled in again
    assert where.endswith("/edit/check")
    check = await client.get(where)
    assert check.status_code == 200
    hidden = re.search(r'name="lock_version" value="(\d+)"', check.text)
    assert hidden, re.sub(r"<[^>]+>|\s+", " ", check.text)[:3000]
    await post(client, f"{base}/send", {"lock_version": hidden[1]})
    return base


async def sign(client: httpx.AsyncClient, who: Any, base: str) -> httpx.Response:
    """Read, ask for the code, sign; gives the contract's page."""
    await accounts.log_in(client, who)
    page = await client.get(f"{base}/sign")
    assert page.status_code == 200
    sha256 = re.search(r'name="file_sha256" value="([0-9a-f]{64})"', page.text)
    assert sha256
    where = await post(client, f"{base}/sign/code", {"file_sha256": sha256[1]})
    assert 'name="code"' in (await client.get(where)).text
    form = {
        "file_sha256": sha256[1], "consent": "yes", "typed_name": who.name,
        "code": await make.code_for(who),
    }  # fmt: skip
    return await client.get(await post(client, f"{base}/sign", form))


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("kind", ["hourly", "flat_fee", "project"])
async def test_an_offer_is_written_sent_and_signed_by_both(
    client: httpx.AsyncClient, lang: str, kind: str
) -> None:
    two = await make.pair(lang)
    base = await write_offer(client, two, lang, kind)
    contract = await Contract.get()
    assert contract.status is Status.SENT
    assert contract.language == lang
    assert contract.personal_data["data"] == ["Noms", "Téléphones"]
    assert [tool["country"] for tool in contract.personal_data["tools"]] == ["US", "FR"]
    assert [each["target"] for each in contract.kpis] == [30, 45]

    await accounts.log_in(client, two.camille)
    listed = await client.get(f"/{lang}/contracts")
    assert "Accueil et factures" in listed.text
    assert (await client.get(base)).status_code == 200
    pdf = await client.get(f"{base}/versions/1.pdf")
    assert pdf.content.startswith(b"%PDF-")

    await sign(client, two.camille, base)
    done = await sign(client, two.claire, base)
    assert done.status_code == 200
    assert "/work" in done.text
    assert (await Contract.get()).status is Status.SIGNED
    evidence = await client.get(f"{base}/evidence.json")
    names = [each["event"] for each in evidence.json()["events"]]
    assert names[0] == "sent"
    assert names[-1] == "completed_signing"


async def test_no_personal_data_is_an_answer_that_stays(client: httpx.AsyncClient) -> None:
    two = await make.pair("en")
    contract = await make.drafted(two, terms=make.terms(Kind.PROJECT))
    await accounts.log_in(client, two.claire)
    at = f"/en/contracts/{contract.id}/edit/conditions"
    chosen = re.compile(r'name="handles_data" value="(\w+)" checked')
    form = {"notice_days": "14", "trial_days": "0", "review_days": "7", "language": "en",
            "signing_order": "any"}  # fmt: skip
    assert chosen.findall((await client.get(at)).text) == ["yes"]
    await post(client, at, form | {"handles_data": "no"})
    assert chosen.findall((await client.get(at)).text) == ["no"]
    data = {"handles_data": "yes", "data_purpose": "Ca\x01lls", "data_kinds": "Na\x02mes",
            "data_people": "Customers"}  # fmt: skip
    await post(client, at, form | data)
    kept = (await Contract.get()).personal_data
    assert (kept["purpose"], kept["data"]) == ("Calls", ["Names"])


async def test_what_is_wrong_in_the_schedules_is_said_at_its_field(
    client: httpx.AsyncClient,
) -> None:
    two = await make.pair("fr")
    base = await write_offer(client, two, "fr", "hourly")
    await accounts.log_in(client, two.camille)
    page = await client.get(f"{base}/counter")
    assert "Gmail, États-Unis" in page.text
    wrong = {"handles_data": "yes", "data_purpose": "", "data_tools": "Gmail", "kpi_on_time": "20"}
    answer = await client.post(f"{base}/counter", data=wrong)
    assert answer.status_code == 422
    for field in ("data_purpose", "data_kinds", "data_tools", "kpi_on_time"):
        assert f'id="f-{field.replace("_", "-")}-e"' in answer.text or f"f-{field}" in answer.text


async def test_the_assistant_counters_and_the_business_sees_each_difference(
    client: httpx.AsyncClient,
) -> None:
    two = await make.pair()
    base = await write_offer(client, two, "fr", "project")
    await accounts.log_in(client, two.camille)
    page = await client.get(f"{base}/counter")
    assert "1250,00" in page.text
    hidden = re.search(r'name="lock_version" value="(\d+)"', page.text)
    assert hidden
    form = price_form("project") | {
        "milestones-1-price": "1300", "lock_version": hidden[1], "title": "Accueil et factures",
        "scope": SCOPE, "starts_on": make.monday().isoformat(), "time_zone": "Europe/Paris",
        "notice_days": "21", "trial_days": "10", "review_days": "7", "language": "fr",
        "signing_order": "any",
    }  # fmt: skip
    same = await client.post(f"{base}/counter", data=form | {
        "milestones-1-price": "1250", "notice_days": "14"})  # fmt: skip
    assert same.status_code == 422
    await post(client, f"{base}/counter", form)
    await accounts.log_in(client, two.claire)
    shown = (await client.get(base)).text.replace("\u202f", " ").replace("\xa0", " ")
    assert "1 250,00 €" in shown
    assert "1 300,00 €" in shown
    assert "21 jours" in shown
    assert (await client.post(f"{base}/counter", data=form)).status_code == 409  # a stale tab
    assert (await Contract.get()).version == 2


async def test_mistakes_are_named_beside_their_field_and_nothing_is_lost(
    client: httpx.AsyncClient,
) -> None:
    two = await make.pair("en")
    contract = await make.drafted(two)
    await accounts.log_in(client, two.claire)
    base = f"/en/contracts/{contract.id}"
    form = price_form("project") | {"milestones-0-price": "a lot", "milestones-1-criteria": ""}
    answer = await client.post(f"{base}/edit/price", data=form)
    assert answer.status_code == 422
    assert "Please write an amount such as 28.50." in answer.text
    assert 'id="f-milestones-0-price-error"' in answer.text
    assert 'id="f-milestones-1-criteria-error"' in answer.text
    assert 'value="a lot"' in answer.text
    more = await client.post(f"{base}/edit/price", data=form | {"add": "milestone"})
    assert 'name="milestones-2-title"' in more.text
    nul = {"title": "A\x00B\x01CDE", "scope": "x" * 20, "starts_on": "9999-12-31",
           "time_zone": "Mars/Olympus"}  # fmt: skip
    refused = await client.post(f"{base}/edit/scope", data=nul)
    assert refused.status_code == 422
    assert "Choose a date between 2020 and 2100." in refused.text


async def test_an_incomplete_draft_says_what_is_missing(client: httpx.AsyncClient) -> None:
    two = await make.pair("en")
    contract = await make.drafted(two, starts_on=None, terms=make.terms(Kind.PROJECT))
    await accounts.log_in(client, two.claire)
    base = f"/en/contracts/{contract.id}"
    page = await client.get(f"{base}/edit/check")
    assert "Before you can send it" in page.text
    assert "Send the offer" not in page.text
    assert (await client.post(f"{base}/send")).status_code == 422


async def test_strangers_and_the_assistant_see_no_draft(client: httpx.AsyncClient) -> None:
    two = await make.pair()
    contract = await make.drafted(two)
    for who in (two.camille, await accounts.person(name="Sam Autre")):
        await accounts.log_in(client, who)
        for path in ("", "/edit/scope", "/edit/check", "/sign", "/evidence.json"):
            answer = await client.get(f"/fr/contracts/{contract.id}{path}")
            assert answer.status_code == 404, path
        assert (await client.post(f"/fr/contracts/{contract.id}/withdraw")).status_code == 404


async def test_the_assistant_declines_and_the_business_withdraws(client: httpx.AsyncClient) -> None:
    two = await make.pair()
    declined = await make.sent(two)
    await accounts.log_in(client, two.camille)
    await post(client, f"/fr/contracts/{declined.id}/decline", {"reason": "Plus de place"})
    await accounts.log_in(client, two.claire)
    assert "Plus de place" in (await client.get(f"/fr/contracts/{declined.id}")).text
    open_offer = await make.sent(two)
    await post(client, f"/fr/contracts/{open_offer.id}/withdraw", {})
    assert (await Contract.get(pk=open_offer.id)).status is Status.CANCELLED
    again = await client.post(f"/fr/contracts/{open_offer.id}/withdraw", data={})
    assert again.status_code == 409


async def test_a_wrong_code_keeps_the_page_and_says_so(client: httpx.AsyncClient) -> None:
    two = await make.pair("en")
    offer = await make.sent(two)
    await accounts.log_in(client, two.camille)
    base, sha256 = f"/en/contracts/{offer.id}", await make.file_of(offer)
    await post(client, f"{base}/sign/code", {"file_sha256": sha256})
    wrong = f"{(int(await make.code_for(two.camille)) + 1) % 10**6:06d}"
    form = {"file_sha256": sha256, "consent": "yes", "typed_name": two.camille.name, "code": wrong}
    answer = await client.post(f"{base}/sign", data=form)
    assert answer.status_code == 422
    assert "This is not the code we sent you." in answer.text
    unticked = await client.post(f"{base}/sign", data={**form, "consent": ""})
    assert unticked.status_code == 422


@pytest.mark.parametrize("nasty", ["%00", "%FF", "a" * 3000, "..%2F..%2Fetc"])
async def test_strange_addresses_are_not_found(client: httpx.AsyncClient, nasty: str) -> None:
    two = await make.pair()
    offer = await make.sent(two)
    await accounts.log_in(client, two.claire)
    for path in (
        f"/fr/contracts/new?assistant={nasty}",
        f"/fr/contracts/{offer.id}/edit/{nasty}",
        f"/fr/contracts/{offer.id}/versions/{'9' * 30}.pdf",
        f"/api/v1/contracts/{offer.id}/versions/{'9' * 30}/file",
    ):
        assert (await client.get(path)).status_code in {400, 404, 409}, path
    listed = await client.get(f"/fr/contracts?cursor={nasty}&status={nasty}&side={nasty}&limit=0")
    assert listed.status_code == (400 if nasty == "%00" else 200)


async def test_strange_forms_are_refused_not_broken(client: httpx.AsyncClient) -> None:
    two = await make.pair()
    draft, offer = await make.drafted(two), await make.sent(two)
    await accounts.log_in(client, two.claire)
    nasty = ["\x00", "９９", "1e400", "-1", "9" * 21, "9" * 5000, "NaN", "\ud7ff🦊", " "]
    base = f"/fr/contracts/{draft.id}"
    for value in nasty:
        forms: dict[str, dict[str, str]] = {
            f"{base}/edit/scope": dict.fromkeys(
                ("title", "scope", "starts_on", "ends_on", "time_zone"), value
            ),
            f"{base}/edit/price": {
                "currency": value, "milestones-0-title": value, "milestones-0-price": value,
                "milestones-0-due_on": value, "milestones-0-criteria": value,
                "milestones-999-price": value,
            },
            f"{base}/edit/conditions": dict.fromkeys(
                ("notice_days", "trial_days", "review_days", "language", "signing_order"), value
            ),
            "/fr/contracts/new": {"assistant": two.profile.slug, "kind": value,
                                  "business_id": value},
            f"{base}/send": {"lock_version": value},
            f"/fr/contracts/{offer.id}/sign": {
                "file_sha256": value, "consent": "yes", "typed_name": value, "code": value},
            f"/fr/contracts/{offer.id}/sign/code": {"file_sha256": value},
            "/fr/verify": {"sha256": value},
        }  # fmt: skip
        for path, form in forms.items():
            answer = await client.post(path, data=form)
            assert answer.status_code < 500, (path, value)
