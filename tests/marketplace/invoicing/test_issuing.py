"""From released money to numbered papers: mandate, gapless series, credit notes, sums to the cent."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from marketplace.billing.schemas.giving import GiveBackDraft
from marketplace.billing.service import giving
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import connection, transaction
from marketplace.core.ids import new_id
from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings
from marketplace.invoicing.models import Invoice, InvoiceSeries
from marketplace.invoicing.queries import downloads, identities
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules import en16931
from marketplace.invoicing.rules.papers import Kind, Paper
from marketplace.invoicing.rules.states import (
    ContestOver,
    MandateChanged,
    MandateExists,
    Status,
)
from marketplace.invoicing.schemas import ContestDraft, MandateDraft
from marketplace.invoicing.service import collecting, contests, gate, issuing, mandates
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions import service as tax_facts
from marketplace.parties.models import Party
from marketplace.work.schemas import DeliveryDraft, EntryDraft, PartDraft
from marketplace.work.service import deliveries, parts, timesheets
from payments import escrow, explorer
from payments.money import Money
from tests.factories import work
from tests.factories.invoicing import mandated
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DONE = DeliveryDraft.model_validate({"note": "All filed and proofread."})


@pytest.fixture(scope="module", autouse=True)
def one_process() -> Iterator[None]:
    yield
    gate.close()


async def released(people: work.Pair, price: int = 20_000) -> Contract:
    """A milestone that was paid, delivered and approved."""
    contract = await work.signed(people, work.project(price))
    await work.pay(contract)
    part = await work.unit(contract)
    await deliveries.submit(people.assistant, part.id, DONE)
    await deliveries.approve(people.business, part.id)
    return contract


async def papers(contract: Contract) -> dict[tuple[str, str], list[Invoice]]:
    found: dict[tuple[str, str], list[Invoice]] = {}
    for row in await queries.of_contract(contract.id):
        found.setdefault((row.kind.value, row.paper.value), []).append(row)
    return found


async def agrees_with_the_ledger(contract: Contract) -> None:
    """The sums of all papers, credit notes subtracted, are the sums of the ledger."""
    booked: Counter[str] = Counter()
    async for each in explorer.earnings(contract=str(contract.id)):
        sign = -1 if each.back else 1
        lines = (
            "price price_vat client_fee client_fee_vat assistant_fee assistant_fee_vat"
        ).split()
        booked.update({name: sign * getattr(each.share, name) for name in lines})
    printed: Counter[str] = Counter()
    names = {"work": "price", "client_fee": "client_fee", "assistant_fee": "assistant_fee"}
    for row in await queries.of_contract(contract.id):
        sign = -1 if row.credit else 1
        printed.update({names[row.kind.value]: sign * row.net_minor})
        collected = row.vat_minor + row.rounding_minor
        printed.update({f"{names[row.kind.value]}_vat": sign * collected})
        if row.status is Status.ISSUED:
            document = queries.document(row)
            assert (document.net, document.vat) == (row.net, row.vat)
    assert +printed == +booked
    account = await explorer.account("tax:vat", "EUR")
    assert account is not None


async def stays_as_it_is(invoice: Invoice) -> None:
    """Nobody changes what is issued."""
    with pytest.raises(OperationalError, match="final"):
        await Invoice.filter(pk=invoice.id).update(net_minor=1)
    with pytest.raises(OperationalError, match="final"):
        await Invoice.filter(pk=invoice.id).delete()


def is_taxed_as(credit: Invoice, invoice: Invoice) -> None:
    """A credit note repeats sides and tax of what it corrects, whatever they are today."""
    said, given = queries.document(invoice), queries.document(credit)
    for name in ("seller", "buyer", "category", "mention", "vatex"):
        assert getattr(given, name) == getattr(said, name)
    assert [tax.name for tax in given.taxes] == [tax.name for tax in said.taxes]
    assert credit.decision == invoice.decision


async def nothing_is_emptied(database: str) -> None:
    """Not even by the owner of the tables."""
    owner = await asyncpg.connect(database)
    for table in ("invoice", "invoice_series", "billing_mandate"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner.execute(f"TRUNCATE {table} CASCADE")
    await owner.close()


async def booked_as_before(database: str) -> None:
    """As it was booked before the price of what came back stood in the book."""
    await nothing_is_emptied(database)
    owner = await asyncpg.connect(database)
    await owner.execute(
        "ALTER TABLE ledger_transaction DISABLE TRIGGER ALL;"
        "UPDATE ledger_transaction SET ref = ref - 'price' WHERE kind IN ('clawback', 'debt')"
    )
    await owner.close()


async def test_a_release_waits_for_the_mandate_and_then_has_three_papers(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    contract = await released(people)
    await run_jobs()
    await run_jobs()
    found = await papers(contract)
    waiting = found["work", "380"][0]
    assert (waiting.status, waiting.code, waiting.number) == (Status.WAITING, "mandate", None)
    assert [row.status for row in found["client_fee", "380"]] == [Status.ISSUED]
    assert found["client_fee", "380"][0].number == "R-000001"
    told = await OutgoingMail.filter(template="invoice_news").values_list("recipient", flat=True)
    both = {people.business.person.email, people.assistant.person.email}
    assert set(told) == both  # both are told, and the release happened all the same
    assert (await explorer.account(f"payable:{people.assistant_id}", "EUR")) is not None

    party = await Party.get(pk=people.assistant_id)
    text = await queries.mandate_text(party, "fr")
    with pytest.raises(MandateChanged):
        draft = MandateDraft(sha256="0" * 64, agree=True)
        await mandates.sign(people.assistant, party.id, draft, locale="fr")
    await mandated(people)
    with pytest.raises(MandateExists):
        await mandated(people)
    await run_jobs()
    row = await queries.by_id(waiting.id)
    assert row.status is Status.ISSUED
    assert row.number is not None
    assert row.number.startswith("A")
    assert row.number.endswith("-000001")
    mandate = await queries.mandate_of(people.assistant_id)
    assert mandate is not None
    assert (row.mandate_id, mandate.text_sha256) == (mandate.id, text.sha256)
    document = queries.document(row)
    assert document.behalf == identities.behalf()
    assert "CIBS" in document.mention
    assert row.pdf_sha256 is not None
    assert downloads.stored(row.pdf_sha256, "pdf").startswith(b"%PDF")
    (kept,) = await jurisdictions.decisions(f"invoice:{row.id}")
    assert (row.decision["id"], kept.rule) == (str(kept.id), row.decision["rule"])
    await agrees_with_the_ledger(contract)

    await collecting.everything()  # nothing twice, however often it is looked
    await run_jobs()
    assert sum(map(len, (await papers(contract)).values())) == 3
    await mandates.revoke(people.assistant, people.assistant_id)
    again = await released(people)
    await run_jobs()
    assert (await papers(again))["work", "380"][0].status is Status.WAITING


async def test_what_comes_back_is_a_credit_note_and_a_contest_a_new_invoice(
    run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    monkeypatch.setenv("RELAIS_INVOICE_PLATFORM", "file_drop")
    settings.cache_clear()
    people = await work.pair()
    await mandated(people)
    contract = await released(people, 33_333)
    part = await work.unit(contract)
    await run_jobs()
    async with transaction():
        await escrow.refund_released(
            key="back:1", holding=str(part.id), decided_by="test",
            price=Money(11_111, "EUR"),
        )  # fmt: skip
    seller = Party.filter(pk=people.assistant_id)
    await seller.update(town="Brest", tax_status="vat_registered", vat_number="FR40303265045")
    await run_jobs()
    await collecting.of_contract(contract.id)
    await run_jobs()
    await seller.update(tax_status="franchise", vat_number="")
    found = await papers(contract)
    for kind in Kind:
        (invoice,), (credit,) = found[kind.value, "380"], found[kind.value, "381"]
        assert credit.status is Status.ISSUED
        assert credit.corrects_id == invoice.id
        assert [each.number for each in queries.document(credit).corrects] == [invoice.number]
        is_taxed_as(credit, invoice)
    assert found["work", "381"][0].net_minor == 11_111
    await agrees_with_the_ledger(contract)

    invoice = found["work", "380"][0]
    draft = ContestDraft(reason="Mon adresse a changé.")
    await stays_as_it_is(invoice)
    made = await contests.contest(people.assistant, invoice.id, draft)
    with pytest.raises(ContestOver):
        await contests.contest(people.business, invoice.id, draft)
    await run_jobs()
    assert await queries.may_still_contest(people.assistant, await queries.by_id(made.id))
    notes = await queries.corrections(invoice)
    assert [row.reason for row in notes] == [collecting.GIVEN_BACK, draft.reason]
    said = [queries.document(row) for row in notes]
    assert said[0].reason == "Une part du prix a été rendue."
    assert "Aucune somme" in en16931.paid_words(said[1])
    await agrees_with_the_ledger(contract)
    made = await contests.contest(people.assistant, made.id, draft)
    await run_jobs()
    assert not await queries.may_still_contest(people.assistant, await queries.by_id(made.id))
    with pytest.raises(ContestOver):  # two new invoices are enough
        await contests.contest(people.assistant, made.id, draft)
    clock.advance(timedelta(days=31).total_seconds())
    with pytest.raises(ContestOver):
        await contests.contest(people.business, found["client_fee", "380"][0].id, draft)
    dropped = [path.name for path in (settings().data_dir / "handover").iterdir()]
    assert f"{invoice.number}.pdf" in dropped

    await booked_as_before(database)
    await agrees_with_the_ledger(contract)


async def test_parts_of_a_price_say_so_and_each_is_given_back_by_its_own_note(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    await mandated(people)
    contract = await work.signed(people, work.project(40_003))
    await work.pay(contract)
    part = await work.unit(contract)
    for price in (4_001, 12_001):
        draft = PartDraft(price_minor=price)
        await parts.ask(people.business, part.id, draft)
        await run_jobs()
        clock.advance(timedelta(days=1).total_seconds())
    await deliveries.submit(people.assistant, part.id, DONE)
    handed_in = clock.today(contract.time_zone)
    clock.advance(timedelta(days=1).total_seconds())
    await deliveries.approve(people.business, part.id)
    await run_jobs()
    found = await papers(contract)
    (first, second), (last,) = found["work", "386"], found["work", "380"]
    said = [queries.document(row) for row in (first, second, last)]
    assert [each.starts_on for each in said] == [each.ends_on for each in said]
    assert said[2].ends_on == handed_in
    assert all(each.ends_on <= each.issued_on for each in said)
    assert "Acompte : partie 2" in said[1].lines[0].detail.replace("\u00a0", " ")
    assert "Solde : partie 3" in said[2].lines[0].detail.replace("\u00a0", " ")
    assert f"({first.number}, {second.number})" in said[2].lines[0].detail
    assert [each.number for each in said[2].before] == [first.number, second.number]
    await agrees_with_the_ledger(contract)

    kept = GiveBackDraft(price_minor=40_003, request_id=new_id())
    await giving.give_back(people.assistant, part.id, kept)
    await run_jobs()
    for row in await queries.of_contract(contract.id):
        if row.credit:
            mirrored = await queries.by_id(row.corrects_id or row.id)
            assert row.status is Status.ISSUED
            assert [each.number for each in queries.document(row).corrects] == [mirrored.number]
            for name in ("net_minor", "vat_minor", "rounding_minor", "holding", "kind"):
                assert getattr(row, name) == getattr(mirrored, name)
            assert queries.document(row).ends_on == queries.document(mirrored).ends_on
        else:
            assert len(await queries.corrections(row)) == 1
    await agrees_with_the_ledger(contract)


async def test_the_tax_is_that_of_the_day_on_which_it_was_earned(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await released(people)
    await run_jobs()
    async with transaction():
        await tax_facts.set_standing(people.assistant_id, clock.today() + timedelta(days=1))
    clock.advance(timedelta(days=3).total_seconds())
    await mandated(people)
    await run_jobs()
    row = (await papers(contract))["work", "380"][0]
    assert (row.status, row.code, row.vat_minor) == (Status.ISSUED, "", 0)
    assert row.issued_on == clock.today()


@pytest.mark.parametrize(("minutes", "told"), [(90, "1 h 30"), (180, "")])
async def test_hours_stand_on_the_invoice_of_a_whole_week_alone(
    run_jobs: RunJobs, minutes: int, told: str
) -> None:
    people = await work.pair()
    await mandated(people)
    contract = await work.signed(people, work.hourly(hours=2), trial_days=0)
    await work.pay(contract)
    week = await work.unit(contract)
    entry = EntryDraft(worked_on=clock.today(), minutes=minutes, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, entry)
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    await run_jobs()
    (line,) = queries.document((await papers(contract))["work", "380"][0]).lines
    assert line.detail.startswith(told)
    assert bool(line.detail) == bool(told)


async def test_a_hundred_at_once_leave_no_gap_even_when_some_fail(run_jobs: RunJobs) -> None:
    people = await work.pair()
    await mandated(people)
    contract = await released(people)
    await run_jobs()
    model = (await papers(contract))["work", "380"][0]
    rows = [
        await Invoice.create(
            id=new_id(), cause=f"release:{number}", kind=Kind.WORK, paper=Paper.INVOICE,
            contract_id=contract.id, holding=model.holding, seller_id=model.seller_id,
            buyer_id=model.buyer_id, currency="EUR", net_minor=100 + number, vat_minor=0,
            earned_at=clock.now(), created_at=clock.now(),
        )
        for number in range(100)
    ]  # fmt: skip

    async def one(place: int, row: Invoice) -> None:
        if place % 5 == 0:  # a worker that dies after it took a number
            draft, verdict = await issuing.prepare(row)
            with pytest.raises(ZeroDivisionError):
                async with transaction():
                    await issuing._finish(row.id, draft, verdict)
                    raise ZeroDivisionError
        await asyncio.gather(*(issuing.issue(str(row.id)) for _ in range(1 + (place % 3 == 0))))

    await asyncio.gather(*(one(place, row) for place, row in enumerate(rows)))
    issued = await Invoice.filter(series_id=model.series_id).order_by("serial")
    assert [row.serial for row in issued] == list(range(1, 102))
    assert len({row.number for row in issued}) == 101
    days = [row.issued_on for row in issued if row.issued_on]
    assert days == sorted(days)
    series = await InvoiceSeries.get(id=model.series_id)
    assert series.last_number == 101
    with pytest.raises(OperationalError, match="goes on by one"):
        await connection().execute_query("UPDATE invoice_series SET last_number = 7")


async def test_what_was_parked_for_a_passing_reason_is_tried_again_by_night(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    contract = await released(people)
    await run_jobs()
    row = (await papers(contract))["work", "380"][0]
    await Invoice.filter(pk=row.id).update(status=Status.PARKED, code="gate")
    await mandated(people)
    await run_jobs()
    assert (await queries.by_id(row.id)).status is Status.PARKED
    await collecting.sweep_all(0)
    await run_jobs()
    assert (await queries.by_id(row.id)).status is Status.ISSUED


async def test_a_wrong_file_is_parked_and_leaves_once_it_is_right(run_jobs: RunJobs) -> None:
    people = await work.pair()
    await mandated(people)
    contract = await released(people)
    await Party.filter(pk=people.business_id).update(registration_number="123")
    await run_jobs()
    parked = (await papers(contract))["work", "380"][0]
    assert (parked.status, parked.code) == (Status.PARKED, "rules")
    assert parked.findings
    assert all(each["text"] for each in parked.findings)
    told = await OutgoingMail.filter(template="invoice_news").values_list("recipient", flat=True)
    assert list(told) == [people.assistant.person.email]  # of its own fee's invoice alone
    await Party.filter(pk=people.business_id).update(
        registration_number="73282932000074", address_line1="1 rue \U0001f98a"
    )
    await issuing.issue(str(parked.id))
    unprinted = await queries.by_id(parked.id)
    assert (unprinted.status, unprinted.code, unprinted.number) == (Status.PARKED, "rules", None)
    assert "\U0001f98a" in unprinted.findings[0]["text"]
    await Party.filter(pk=people.business_id).update(address_line1="1 rue du Bac")
    await issuing.again(parked.id)
    await run_jobs()
    row = await queries.by_id(parked.id)
    assert (row.status, row.code, row.findings) == (Status.ISSUED, "", [])
