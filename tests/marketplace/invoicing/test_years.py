"""A seller's year and the operator's reports equal the ledger; a client gets its proof of diligence."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

import httpx
import pytest

from marketplace.accounts.rules import Scope
from marketplace.contracts.models import ContractVersion
from marketplace.contracts.service import documents
from marketplace.core import clock
from marketplace.core.models import OutgoingMail
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.rules import dpi
from marketplace.invoicing.rules.papers import Kind
from marketplace.invoicing.service import files, gate, reports
from marketplace.parties.models import Party
from marketplace.vigilance import service as vigilance
from marketplace.vigilance.rules import Verdict
from marketplace.vigilance.schemas import CheckDraft
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries
from payments import explorer
from tests.factories import accounts, admin, contracts, papers, work
from tests.factories.invoicing import mandated
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DONE = DeliveryDraft.model_validate({"note": "All filed and proofread."})
PERSON = {
    "first_name": "Léa", "last_name": "Roussel", "birth_date": "1990-05-04",
    "tin": "1234567890123", "tin_country": "FR",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def one_process() -> Iterator[None]:
    yield
    gate.close()


async def test_the_year_of_a_one_euro_seller_is_reported_and_copied(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    operator = await admin.operator()
    await mandated(people)
    await Party.filter(pk=people.assistant_id).update(town="Lille")
    contract = await work.signed(people, work.project(100))
    await work.pay(contract)
    part = await work.unit(contract)
    await deliveries.submit(people.assistant, part.id, DONE)
    await deliveries.approve(people.business, part.id)
    await run_jobs()
    year = clock.today().year
    (earned,) = [each async for each in explorer.earnings(contract=str(contract.id))]

    reader = await admin.bearer(operator, Scope.OPERATOR_READ)
    listed = (await client.get("/api/v1/operator/reports", headers=reader)).json()
    (row,) = listed["reports"][0]["sellers"]
    assert row["lacks"] == ["tin", "birth_date", "first_name"]
    quarter = (clock.today().month + 2) // 3
    figures = {each["quarter"]: each for each in row["figures"]["quarters"]}
    assert figures[quarter]["consideration_minor"] == earned.share.net
    assert sum(each["fees_minor"] for each in figures.values()) == earned.share.commission

    await accounts.log_in(client, people.assistant.person)
    form = f"/parties/{people.assistant_id}/tax-details"
    for lang in ("fr", "en"):
        assert (await client.get(f"/{lang}{form}")).status_code == 200
        refused = await client.post(f"/{lang}{form}", data={"tin": "12", "tin_country": "FR"})
        assert refused.status_code == 422
        born = await client.post(f"/{lang}{form}", data=PERSON | {"birth_date": "2090-01-01"})
        assert born.status_code == 422
        page = await client.get(f"/{lang}/parties/{people.assistant_id}/years/{year}")
        assert ("31 janvier" if lang == "fr" else "31 January") in page.text
    assert (await client.post(f"/fr{form}", data=PERSON)).status_code == 303
    token = await admin.bearer(people.assistant.person, Scope.MONEY_READ, Scope.MONEY_WRITE)
    mine = await client.get(f"/api/v1/parties/{people.assistant_id}/years/{year}", headers=token)
    assert mine.json()["reported_as"] == "dac7"
    put = await client.put(f"/api/v1{form}", headers=token, json=PERSON | {"birth_town": "Lille"})
    assert put.json()["birth_town"] == "Lille"

    await accounts.log_in(client, operator)
    for lang in ("fr", "en"):
        assert (await client.get(f"/{lang}/operator/reports")).status_code == 200
    table = (await client.get(f"/fr/operator/reports/{year}/dac7.csv")).text.splitlines()
    credited = sum(Decimal(line.split(";")[7]) for line in table[1:])
    assert credited == earned.share.money(earned.share.net).decimal
    message = await client.get(f"/api/v1/operator/reports/{year}/dac7/xml", headers=reader)
    assert dpi.misplaced(message.content) == []
    assert b"<dpi:BirthDate>1990-05-04" in message.content
    assert (await client.get(f"/fr/operator/reports/{year}/ca.xml")).status_code == 404
    assert (await client.get(f"/fr/operator/reports/{year}/xx.csv")).status_code == 404

    clock.advance((date(year + 1, 1, 5) - clock.today()).days * 86_400)
    await reports.yearly(0)
    await reports.yearly(0)
    told = await OutgoingMail.filter(about__startswith="yearly:").values_list(
        "recipient", flat=True
    )
    assert list(told) == [people.assistant.person.email]


async def test_the_client_downloads_a_dated_proof_of_diligence(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    await mandated(people)
    contract = await work.signed(people, work.project(600_000))
    handed = await papers.hand_in(people.assistant, contract)
    await vigilance.check(
        people.business, contract.id, handed.id, CheckDraft(verdict=Verdict.PASSED)
    )
    await work.pay(contract)
    part = await work.unit(contract)
    await deliveries.submit(people.assistant, part.id, DONE)
    await deliveries.approve(people.business, part.id)
    await run_jobs()
    path = f"/fr/contracts/{contract.id}/diligence.zip"
    await accounts.log_in(client, people.business.person)
    assert path in (await client.get(f"/fr/contracts/{contract.id}/statement")).text
    answer = await client.get(path)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as kept:
        names = kept.namelist()
        facts = json.loads(kept.read("diligence.json"))
        for line in kept.read("SHA256SUMS").decode().splitlines():
            digest, _, name = line.partition("  ")
            assert hashlib.sha256(kept.read(name)).hexdigest() == digest
    assert any(name.startswith("contract/") for name in names)
    (invoice,) = [name for name in names if name.startswith("invoices/")]
    assert facts["invoices"][0]["number"] in invoice
    assert facts["released_before_tax"]["minor"] == 600_000
    (paper,) = [each for each in facts["documents"] if each["code"] == "urssaf_vigilance"]
    (given,), (check,) = paper["handed_in"], paper["checks"]
    assert f"documents/{given['file']}" in names
    assert (check["document"], check["verdict"]) == (given["id"], "passed")
    assert check["by"] == people.business.person.name
    assert facts["made_at"].startswith(f"{clock.now():%Y-%m-%d}")
    await damaged_files_are_named_and_left_out(client, contract.id, names)
    for who in (people.assistant.person, await accounts.person()):
        await accounts.log_in(client, who)
        assert (await client.get(path)).status_code == 404


async def damaged_files_are_named_and_left_out(
    client: httpx.AsyncClient, contract_id: UUID, names: list[str]
) -> None:
    row = await Invoice.get(contract_id=contract_id, kind=Kind.WORK)
    version = await ContractVersion.get(contract_id=contract_id)
    files.place(row.pdf_sha256 or "", "pdf").write_bytes(b"damaged")
    documents.path(version.file_sha256).unlink()
    answer = await client.get(f"/api/v1/contracts/{contract_id}/diligence")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as kept:
        lost = kept.read("MISSING.txt").decode().splitlines()
        assert {*kept.namelist(), *lost} == {*names, "MISSING.txt"}
        assert "MISSING.txt" in kept.read("SHA256SUMS").decode()
    first, second = sorted(lost)
    assert first.endswith("-version-1.pdf")
    assert second == f"invoices/{row.number}.pdf"


async def test_years_after_the_end_the_proof_is_as_it_was_at_the_end(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(600_000))
    handed = await papers.hand_in(people.assistant, contract)
    passed = CheckDraft(verdict=Verdict.PASSED)
    await vigilance.check(people.business, contract.id, handed.id, passed)
    await work.pay(contract)
    part = await work.unit(contract)
    await deliveries.submit(people.assistant, part.id, DONE)
    await deliveries.approve(people.business, part.id)
    await run_jobs()
    clock.advance(400 * 86_400)
    await accounts.log_in(client, people.business.person)
    answer = await client.get(f"/fr/contracts/{contract.id}/diligence.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as kept:
        names, facts = kept.namelist(), json.loads(kept.read("diligence.json"))
    (paper,) = [each for each in facts["documents"] if each["code"] == "urssaf_vigilance"]
    assert paper["state"] == "valid"
    assert [f"documents/{each['file']}" in names for each in paper["handed_in"]] == [True]
    assert facts["documents_as_of"] < facts["made_at"]
    at = f"/contracts/{contract.id}/documents"
    page = (await client.get(f"/fr{at}")).text
    assert "Ce contrat est terminé" in page
    assert handed.number in page
    assert (await client.get(f"/fr{at}/{handed.id}/file")).status_code == 200
    listed = (await client.get(f"/api/v1{at}")).json()["items"]
    assert (listed[0]["state"], listed[0]["current"]["number"]) == ("valid", handed.number)


async def test_a_contract_that_was_never_signed_has_no_proof(client: httpx.AsyncClient) -> None:
    two = await contracts.pair()
    contract = await contracts.sent(two)
    await accounts.log_in(client, two.claire)
    assert (await client.get(f"/fr/contracts/{contract.id}")).status_code == 200
    assert (await client.get(f"/fr/contracts/{contract.id}/diligence.zip")).status_code == 404
