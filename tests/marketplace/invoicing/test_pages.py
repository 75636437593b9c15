"""Both sides and the operator see their invoices, in both languages, and a program can do the same."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest

from marketplace.accounts.rules import Scope
from marketplace.core import clock
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules.papers import Kind
from marketplace.invoicing.rules.states import Status
from marketplace.invoicing.service import files, gate
from marketplace.parties.models import Party
from marketplace.work.service import deliveries
from tests.factories import accounts, admin, work
from tests.factories.invoicing import mandated
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


@pytest.fixture(scope="module", autouse=True)
def one_process() -> Iterator[None]:
    yield
    gate.close()


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_from_the_mandate_to_the_download_and_the_contest(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    people, contract, part = await work.handed_in(20_000)
    await deliveries.approve(people.business, part.id)
    await run_jobs()
    rows = await queries.of_contract(contract.id)
    row = next(each for each in rows if each.kind is Kind.WORK)

    await accounts.log_in(client, people.assistant.person)
    page = await client.get(f"/{lang}/invoices")
    mandate = f"/{lang}/parties/{people.assistant_id}/mandate"
    assert mandate in page.text
    assert ("1 facture attend" if lang == "fr" else "1 invoice waits") in page.text
    text = await queries.mandate_text(await Party.get(pk=people.assistant_id), lang)
    shown = (await client.get(mandate)).text
    assert text.articles[0].title in shown
    refused = await client.post(mandate, data={"sha256": text.sha256})
    assert refused.status_code == 422
    assert ("Cochez la case" if lang == "fr" else "Tick the box") in refused.text
    given = await client.post(mandate, data={"sha256": text.sha256, "agree": "yes"})
    assert given.status_code == 303
    assert (
        await client.post(mandate, data={"sha256": text.sha256, "agree": "yes"})
    ).status_code == 409
    await run_jobs()

    number = (await queries.by_id(row.id)).number
    for who in (people.business, people.assistant):
        await accounts.log_in(client, who.person)
        page = await client.get(f"/{lang}/invoices?contract={contract.id}")
        assert f"{number}" in page.text
        assert (await client.get(f"/{lang}/invoices/{row.id}")).status_code == 200
        found = await client.get(f"/{lang}/invoices/{row.id}/invoice.pdf")
        assert found.content.startswith(b"%PDF-1.7")
        for file, status in (("invoice.xml", 200), ("invoice.ubl.xml", 404)):
            assert (await client.get(f"/{lang}/invoices/{row.id}/{file}")).status_code == status
    year = (await queries.by_id(row.id)).issued_on
    assert year is not None
    archive = await client.get(f"/{lang}/invoices/{year.year}.zip")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as kept:
        names = set(kept.namelist())
        table = kept.read("invoices.csv").decode()
    assert {f"{number}.pdf", f"{number}.xml", "invoices.csv"} <= names
    assert f"{number};{year};380" in table
    assert (await client.get(f"/{lang}/invoices/1999.zip")).status_code == 404
    await spared(client, await queries.by_id(row.id), f"/{lang}/invoices/{year.year}.zip")
    contest = f"/{lang}/invoices/{row.id}/contest"
    await refused_reasons(client, contest, lang)
    moved = await client.post(contest, data={"reason": "L’adresse\x01 est fausse."})
    assert moved.status_code == 303
    assert (await client.post(contest, data={"reason": "Encore une fois"})).status_code == 409
    await strangers_see_nothing(client, f"/{lang}/invoices/{row.id}", mandate)
    assert (await client.get(f"/{lang}/operator/invoices")).status_code == 404
    await printed_without_control_characters_and_shown_to_the_operator(client, row)


async def printed_without_control_characters_and_shown_to_the_operator(
    client: httpx.AsyncClient, row: Invoice
) -> None:
    (note,) = await queries.corrections(row)
    assert note.reason == "L’adresse est fausse."  # no control characters on paper
    operator = await admin.operator()
    for scopes, status in (((), 404), ((Scope.OPERATOR_READ,), 200)):
        bearer = await admin.bearer(operator, Scope.MONEY_READ, *scopes)
        answer = await client.get(f"/api/v1/invoices/{row.id}", headers=bearer)
        assert answer.status_code == status


async def refused_reasons(client: httpx.AsyncClient, contest: str, lang: str) -> None:
    assert (await client.post(contest, data={"reason": "no"})).status_code == 422
    unprinted = await client.post(contest, data={"reason": "Fausse \U0001f98a adresse"})
    assert unprinted.status_code == 422
    said = "ne peut pas afficher" if lang == "fr" else "cannot show these characters"
    assert said in unprinted.text


async def strangers_see_nothing(client: httpx.AsyncClient, invoice: str, mandate: str) -> None:
    await accounts.log_in(client, await accounts.person())
    for path in (invoice, f"{invoice}/invoice.pdf", mandate):
        assert (await client.get(path)).status_code == 404
    told = await client.post(f"{invoice}/contest", data={"reason": "I am a stranger"})
    assert told.status_code == 404


async def test_a_program_does_the_same_and_the_operator_tries_again(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    operator = await admin.operator()
    contract = await work.signed(people, work.project(20_000))
    await work.pay(contract)
    part = await work.unit(contract)
    await deliveries.submit(people.assistant, part.id, work.DONE)
    await deliveries.approve(people.business, part.id)
    await Party.filter(pk=people.business_id).update(registration_number="123")
    token = await admin.bearer(people.assistant.person, Scope.MONEY_READ, Scope.MONEY_WRITE)
    mandate = f"/api/v1/parties/{people.assistant_id}/mandate"
    text = (await client.get(mandate, headers=token)).json()
    body = {"sha256": text["sha256"], "agree": True}
    signed = await client.post(mandate, headers=token, json=body)
    assert signed.json()["signed_by"] == people.assistant.person.name
    assert (await client.post(mandate, headers=token, json=body)).status_code == 409
    await run_jobs()
    listed = (await client.get("/api/v1/invoices", headers=token)).json()["items"]
    parked = next(each for each in listed if each["kind"] == "work")
    assert (parked["status"], parked["number"]) == ("parked", None)

    reader = await admin.bearer(operator, Scope.OPERATOR_READ, Scope.OPERATOR_WRITE)
    waiting = (await client.get("/api/v1/operator/invoices", headers=reader)).json()["items"]
    (one,) = [each for each in waiting if each["invoice"]["id"] == parked["id"]]
    assert one["findings"][0]["id"].startswith("BR-FR")
    await accounts.log_in(client, operator)
    for lang in ("fr", "en"):
        assert (await client.get(f"/{lang}/operator/invoices")).status_code == 200
        shown = await client.get(f"/{lang}/operator/invoices/{parked['id']}")
        assert one["findings"][0]["id"] in shown.text
    await Party.filter(pk=people.business_id).update(registration_number="73282932000074")
    again = f"/api/v1/operator/invoices/{parked['id']}/retry"
    answer = await client.post(again, headers=reader, json={"reason": "The SIREN is corrected"})
    assert answer.json()["invoice"]["status"] == "due"
    await run_jobs()
    assert (
        await client.post(again, headers=reader, json={"reason": "Once more"})
    ).status_code == 409
    row = await queries.by_id(parked["id"])
    assert row.status is Status.ISSUED
    for kind in ("pdf", "xml"):
        found = await client.get(f"/api/v1/invoices/{row.id}/{kind}", headers=token)
        assert found.status_code == 200
    made = await client.post(
        f"/api/v1/invoices/{row.id}/contest", headers=token, json={"reason": "Wrong town"}
    )
    assert made.status_code == 201
    ended = await client.delete(mandate, headers=token)
    assert ended.json()["signed_at"] is None


async def spared(client: httpx.AsyncClient, row: Invoice, archive: str) -> None:
    """One damaged file is named and left out of a year's archive; the others are there."""
    kept_at = files.place(row.xml_sha256 or "", "xml")
    content = kept_at.read_bytes()
    kept_at.write_bytes(b"damaged")
    answer = await client.get(archive)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as kept:
        assert kept.read("MISSING.txt").decode() == f"{row.number}.xml"
        assert f"{row.number}.pdf" in kept.namelist()
    kept_at.write_bytes(content)


async def test_every_year_that_is_kept_can_be_taken_away(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.with_outsider(await work.pair())  # approval alone calls for the invoice
    await mandated(people)
    contract = await work.signed(people, work.project(20_000, 20_000, 20_000), trial_days=0)
    first = clock.today().year
    for position in (1, 2, 3):
        part = await work.unit(contract, position)
        await deliveries.submit(people.assistant, part.id, work.DONE)
        await deliveries.approve(people.business, part.id)
        await run_jobs()
        clock.advance(366 * 86_400)
    await accounts.log_in(client, people.business.person)
    newest = (await client.get("/fr/invoices")).text
    assert f"/fr/invoices/{first + 2}.zip" in newest
    assert f"/fr/invoices/{first}.zip" not in newest
    page = (await client.get(f"/fr/invoices?year={first}")).text
    assert f"/fr/invoices/{first}.zip" in page
    assert f"/fr/invoices/{first + 2}.zip" not in page
    assert (await client.get(f"/fr/invoices/{first}.zip")).status_code == 200
