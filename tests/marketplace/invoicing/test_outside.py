"""Invoices where the business pays directly: called for by approvals, true about the payment."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from decimal import Decimal

import httpx
import pypdf
import pytest

from marketplace.accounts.rules import Scope
from marketplace.billing.queries import recorded as recorded_queries
from marketplace.billing.rules.recorded import Method
from marketplace.billing.schemas.recorded import RecordedDraft
from marketplace.billing.service import recorded
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.invoicing.models import BillingMandate, Invoice
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.queries.outside import settlement
from marketplace.invoicing.rules import en16931
from marketplace.invoicing.rules.papers import Kind, Paper
from marketplace.invoicing.rules.states import Status
from marketplace.invoicing.schemas import ContestDraft
from marketplace.invoicing.service import collecting, contests, files
from marketplace.parties.models import Party
from marketplace.work.models import Unit
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries
from tests.factories import accounts, admin, invoicing, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("application")
DONE = DeliveryDraft.model_validate({"note": "All done."})


async def pair() -> work.Pair:
    """A French business and an assistant in Madagascar with an address."""
    people = await work.with_outsider(await work.pair())
    await Party.filter(pk=people.assistant_id).update(
        address_line1="Lot II A 7", postcode="101", town="Antananarivo", tax_status="unregistered"
    )
    return people


async def approved(people: work.Pair, contract: Contract, position: int = 1) -> Unit:
    part = await work.unit(contract, position)
    await deliveries.submit(people.assistant, part.id, DONE)
    await deliveries.approve(people.business, part.id)
    return await work.unit(contract, position)


async def paid(people: work.Pair, part: Unit, minor: int) -> None:
    """Recorded by the one, confirmed by the other."""
    draft = RecordedDraft.model_validate(
        {"amount_minor": minor, "paid_on": clock.today(), "method": "bank_transfer",
         "reference": "42"}
    )  # fmt: skip
    row = await recorded.record(people.business, part.id, draft)
    await recorded.confirm(people.assistant, row.id)


def text_of(row: Invoice) -> str:
    assert row.pdf_sha256 is not None
    reader = pypdf.PdfReader(files.place(row.pdf_sha256, "pdf"))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


async def test_an_approval_calls_for_an_invoice_that_says_who_pays_whom(run_jobs: RunJobs) -> None:
    people = await pair()
    await invoicing.mandated(people, "en")
    contract = await work.signed(people, work.project(20000, 30000, 40000))
    first = await approved(people, contract)
    await run_jobs()
    row = await Invoice.get()
    assert (row.status, row.kind, row.paper) == (Status.ISSUED, Kind.WORK, Paper.INVOICE), row.code
    assert (row.net_minor, row.vat_minor) == (20000, 0)
    document = queries.document(row)
    assert document.outside is not None
    assert (document.paid.minor, document.left.minor) == (0, 20000)
    said = text_of(row)
    assert "held funds" not in said
    assert "provisionn" not in said
    assert "L. 441-10" in said, "interest on late payment is that of the contract"
    fields = en16931.fields(document)
    assert (fields["BT-113"], fields["BT-115"], fields["BT-81"]) == ("0.00", "200.00", "1")
    assert fields["BT-9"] == document.outside.due_on > document.issued_on
    second = await work.unit(contract, 2)
    await paid(people, second, 10000)  # a part in advance
    await approved(people, contract, 2)
    third = await work.unit(contract, 3)
    await paid(people, third, 40000)  # all of it in advance
    await approved(people, contract, 3)
    await paid(people, first, 20000)
    await run_jobs()
    rows = await Invoice.all().order_by("id")
    lefts = [queries.document(each).left.minor for each in rows]
    assert lefts == [20000, 20000, 0]  # what is issued stays as it was
    assert [each.serial for each in rows] == [1, 2, 3]
    whole = queries.document(rows[2]).outside
    assert whole is not None
    assert whole.paid_on == clock.today()


async def test_an_export_under_a_lut_waits_for_its_number_and_names_it(run_jobs: RunJobs) -> None:
    people = await pair()
    theirs = Party.filter(pk=people.assistant_id)
    await theirs.update(
        jurisdiction="IN", country="IN", legal_form="sole_trader", tax_status="lut",
        registration_number="ACUPA7085R", vat_number="27AAPFU0939F1ZV",
    )  # fmt: skip
    await invoicing.mandated(people, "en")
    contract = await work.signed(people, work.project(20000))
    await approved(people, contract)
    await run_jobs()
    row = await Invoice.get()
    assert (row.status, row.code) == (Status.WAITING, "lut_number")
    await theirs.update(lut_number="AD270326012345X", sac_code="9985")
    await collecting.sweep_all(0)
    await run_jobs()
    row = await Invoice.get()
    assert row.status is Status.ISSUED, row.code
    told = queries.document(row).mention
    assert "under LUT without payment of IGST" in told
    assert told.endswith("(LUT ARN AD270326012345X, SAC 9985)")
    assert "AD270326012345X" in text_of(row)


async def test_each_approval_is_invoiced_once_whoever_asks_and_a_contest_makes_it_anew(
    run_jobs: RunJobs,
) -> None:
    people = await pair()
    await invoicing.mandated(people, "fr")
    contract = await work.signed(people, work.project(20000))
    part = await approved(people, contract)
    await asyncio.gather(*(collecting.outside(part.id) for _ in range(6)))
    await collecting.of_contract(contract.id)
    await run_jobs()
    await collecting.sweep(0)
    await run_jobs()
    row = await Invoice.get()
    await Unit.filter(pk=part.id).update(
        paid_minor=25000, price_minor=25000
    )  # a contested entry, settled later
    await collecting.sweep(0)
    await run_jobs()
    assert [each.net_minor for each in await Invoice.all().order_by("id")] == [20000, 5000]
    await paid(people, part, 20000)
    wrong = ContestDraft(reason="Mauvaise adresse")
    again = await contests.contest(people.business, row.id, wrong)
    await run_jobs()
    last = await contests.contest(people.business, again.id, wrong)
    await run_jobs()
    await collecting.sweep(0)
    rows = await Invoice.all().order_by("id")
    assert [each.paper for each in rows].count(Paper.CREDIT_NOTE) == 2
    # What was paid stays with the invoice that stands in the first one's place.
    lefts = {each.id: queries.document(each).left.minor for each in rows}
    assert lefts[row.id] == 20000  # as it was issued
    assert lefts[again.id] == lefts[last.id] == 0
    assert sum((-1 if each.credit else 1) * lefts[each.id] for each in rows) == 5000
    later = next(each for each in rows if each.net_minor == 5000)
    told = await settlement(later, contract)
    assert told is not None
    assert told.paid_minor == 0
    assert sum((-1 if each.credit else 1) * each.net_minor for each in rows) == 25000
    assert all(each.status is Status.ISSUED for each in rows), [each.code for each in rows]
    credit = next(each for each in rows if each.credit)
    assert "Aucune somme n’est rendue" in text_of(credit)
    assert "L. 441-10" not in text_of(credit), "who gives back threatens with no interest"
    assert "L. 441-10" in text_of(later)


async def test_a_mandate_that_names_held_funds_alone_is_renewed_first(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await pair()
    await BillingMandate.create(
        party_id=people.assistant_id, person_id=people.assistant.person_id, version=1,
        language="en", text="…", text_sha256="0" * 64, consent="…", signed_at=clock.now(),
    )  # fmt: skip
    contract = await work.signed(people, work.project(20000))
    await approved(people, contract)
    await run_jobs()
    row = await Invoice.get()
    assert (row.status, row.code) == (Status.WAITING, "mandate")
    told = accounts.text_of(accounts.mailbox(people.assistant.person.email)[-1])
    assert f"/parties/{people.assistant_id}/mandate" in told
    assert "paid" not in told.split("“")[0]
    await accounts.log_in(client, people.assistant.person)
    mandate = f"/en/parties/{people.assistant_id}/mandate"
    page = (await client.get(mandate)).text
    assert "1 invoice waits for a mandate" in page
    assert "pays directly is invoiced once you sign version 2" in page
    assert "Invoices are still issued" not in page
    assert mandate in (await client.get("/en/invoices")).text
    await invoicing.mandated(people, "en")
    await run_jobs()
    assert (await Invoice.get()).status is Status.ISSUED
    assert "waits for a mandate" not in (await client.get(mandate)).text
    assert mandate not in (await client.get("/en/invoices")).text


async def test_what_was_paid_directly_is_in_the_year_the_report_and_the_proof_of_diligence(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await pair()
    operator = await admin.operator()
    contract = await work.signed(people, work.project(10001))
    # An assistant who charges tax and has come to a country that is reported since.
    await Contract.filter(pk=contract.id).update(
        fees={"client_bps": 0, "assistant_bps": 0, "supplier_vat_bps": 2000}
    )
    await Party.filter(pk=people.assistant_id).update(country="BE")
    part = await approved(people, contract)
    for minor in (3333, 3333, 12001 - 6666):
        await paid(people, part, minor)
    waiting = RecordedDraft(amount_minor=1, paid_on=clock.today(), method=Method.OTHER)
    with pytest.raises(Invalid):
        await recorded.record(people.business, part.id, waiting)
    found = await recorded_queries.confirmed(payee=people.assistant_id)
    assert sum(each.price.minor for each in found) == 10001
    year, quarter = clock.today().year, (clock.today().month + 2) // 3
    at = f"parties/{people.assistant_id}/years/{year}"
    token = await admin.bearer(people.assistant.person, Scope.MONEY_READ)
    (figures,) = (await client.get(f"/api/v1/{at}", headers=token)).json()["figures"]
    told = {each["quarter"]: each for each in figures["quarters"]}[quarter]
    assert told == {
        "quarter": quarter, "consideration_minor": 12001, "price_minor": 10001, "vat_minor": 2000,
        "fees_minor": 0, "outside_minor": 12001, "activities": 1,
    }  # fmt: skip
    await accounts.log_in(client, people.assistant.person)
    assert "Payé directement" in (await client.get(f"/fr/{at}")).text
    assert "Of which paid directly" in (await client.get(f"/en/{at}")).text
    await accounts.log_in(client, operator)
    table = (await client.get(f"/fr/operator/reports/{year}/dac7.csv")).text.splitlines()
    head, *lines = [line.split(";") for line in table]
    assert sum(Decimal(line[head.index("paid_outside")]) for line in lines) == Decimal("120.01")
    assert sum(Decimal(line[head.index("consideration")]) for line in lines) == Decimal("120.01")
    await accounts.log_in(client, people.business.person)
    pack = await client.get(f"/fr/contracts/{contract.id}/diligence.zip")
    with zipfile.ZipFile(io.BytesIO(pack.content)) as kept:
        facts = json.loads(kept.read("diligence.json"))
    assert facts["paid_before_tax"]["minor"] == 10001
    assert facts["released_before_tax"]["minor"] == 0
    assert [each["minor"] for each in facts["paid_outside"]] == [3333, 3333, 5335]
