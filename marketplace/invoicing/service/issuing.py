"""Owns making a document final: built, checked by the gate, numbered, rendered; by job only.

The gate sees the file before it has its number, so that a number is only ever taken by a document
that leaves, and is printable: the series stays gapless. Number and row are written in one
transaction under the lock of the issuer's series; the form of a number is ours and its rules are
tested.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from typing import Final
from uuid import UUID

from marketplace.core import clock, events, jobs
from marketplace.core.db import command, connection, lock
from marketplace.invoicing.events import InvoiceHeld, InvoiceIssued
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.queries import downloads
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules import states
from marketplace.invoicing.rules.drafting import Blocked
from marketplace.invoicing.rules.states import DONE, Status
from marketplace.invoicing.service import building, files, gate
from marketplace.invoicing.service.building import Draft
from marketplace.invoicing.service.gate import Failure, GateClosed, Verdict
from marketplace.jurisdictions import service as tax_facts

NOT_YET: Final = "A00000-000000"
"""Stands for the number while the file is checked; of the form that numbers have."""

_SERIES: Final = """
INSERT INTO invoice_series (issuer) VALUES ($1) ON CONFLICT (issuer) DO NOTHING
"""
_NEXT: Final = """
UPDATE invoice_series SET last_number = last_number + 1 WHERE issuer = $1
RETURNING id, last_number
"""


@jobs.task("invoicing.issue")
async def issue(invoice: str) -> None:
    """Make one document final, if nothing stands against it; again does nothing."""
    row = await Invoice.get(pk=UUID(str(invoice)))
    if row.status in DONE:
        await render(row)
        return
    try:
        draft, verdict = await prepare(row)
    except Blocked as blocked:
        await _hold(row.id, blocked.code, ())
        return
    except files.XmlRefused as error:
        await _hold(row.id, "rules", (Failure("xsd", "XSD", str(error)),))
        return
    except GateClosed:
        await _hold(row.id, "gate", ())
        raise  # the job is tried again
    if verdict is not None and not verdict.passed:
        await _hold(row.id, "rules", verdict.failures)
        return
    await render(await _finish(row.id, draft, verdict))


async def prepare(row: Invoice) -> tuple[Draft, Verdict | None]:
    """The document and what the gate says of it (None: EN 16931 cannot say it, so no file).

    It is printed once for nothing: what paper cannot show must be known before a number is taken.
    Raises Blocked, XmlRefused, GateClosed.
    """
    draft = await building.build(row)
    document = replace(draft.document, number=NOT_YET)
    moment = int(clock.now().timestamp())
    if not document.electronic:
        await asyncio.to_thread(files.pdf, document, None, moment)
        return draft, None
    xml = await asyncio.to_thread(files.cii, document)
    verdict = await gate.check(xml, gate.rules_for(document))
    await asyncio.to_thread(files.pdf, document, xml, moment)
    if document.belgian and verdict.passed:
        carried = await asyncio.to_thread(files.ubl, document)
        other = await gate.check_ubl(carried)
        verdict = Verdict(other.failures, verdict.fired | other.fired)
    return draft, verdict


@command
async def _finish(invoice_id: UUID, draft: Draft, verdict: Verdict | None) -> Invoice:
    """Take the number and write everything that is final, at once."""
    row = await lock(Invoice, invoice_id)
    if row.status in DONE:
        return row
    issuer = str(row.seller_id) if row.seller_id else states.PLATFORM
    taken = await connection().execute_query_dict(_NEXT, [issuer])
    if not taken:  # the first one; trying to insert each time would use up ids, which numbers show
        await connection().execute_query(_SERIES, [issuer])
        taken = await connection().execute_query_dict(_NEXT, [issuer])
    row.series_id, row.serial = taken[0]["id"], taken[0]["last_number"]
    assert row.series_id is not None
    assert row.serial is not None
    row.number = states.number(issuer, row.series_id, row.serial)
    today = clock.today(draft.zone)  # read under the series' lock: days follow numbers
    document = replace(draft.document, number=row.number, issued_on=today)
    row.issued_on, row.issued_at = document.issued_on, clock.now()
    row.paper = document.paper
    row.vat_minor, row.rounding_minor = document.vat.minor, document.rounding_minor
    row.document = queries.DOCUMENT.dump_python(document, mode="json")
    row.decision = await _decided(row, draft)
    row.mandate_id = draft.mandate_id
    row.report = {"fired": verdict.fired} if verdict else None
    if document.electronic:
        row.xml_sha256 = files.keep(await asyncio.to_thread(files.cii, document), "xml")
        if document.belgian:
            carried = await asyncio.to_thread(files.ubl, document)
            row.ubl_sha256 = files.keep(carried, "ubl.xml")
    row.code, row.findings = "", []
    move(row, Status.ISSUED)
    await row.save()
    await events.record(InvoiceIssued(row.id))
    return row


async def _decided(row: Invoice, draft: Draft) -> dict[str, object]:
    """Keeps the VAT decision with its inputs beside the others; gives where it is found.

    A credit note rests on the decision of what it corrects.
    """
    taxed = draft.taxed
    if taxed is None:
        found: dict[str, object] = (await Invoice.get(pk=row.corrects_id)).decision
        return found
    kept = taxed.kept or await tax_facts.record_decision(
        f"invoice:{row.id}",
        building.PURPOSES[row.kind],
        taxed.decision,
        seller=taxed.seller,
        seller_id=row.seller_id,
        buyer=taxed.buyer,
        buyer_id=row.buyer_id,
        on=taxed.on,
    )
    return {"id": str(kept.id), "rule": kept.rule, "data_version": kept.data_version}


def move(row: Invoice, wanted: Status) -> None:
    """The one writer of a document's state. Raises InvoiceIsFinal."""
    row.status = states.target(row.status, wanted)


@command
async def _hold(invoice_id: UUID, code: str, failures: tuple[Failure, ...]) -> None:
    """It cannot leave yet: say why; people hear of each reason once."""
    row = await lock(Invoice, invoice_id)
    if row.status in DONE:
        return
    news = row.told_code != code
    move(row, states.state_of(code))
    row.code, row.told_code = code, code
    row.findings = [asdict(each) for each in failures]
    await row.save(update_fields=["status", "code", "told_code", "findings"])
    if news:
        await events.record(InvoiceHeld(row.id, code))


async def render(row: Invoice) -> Invoice:
    """Make the PDF from what is final, once; nothing of what its seller issued itself."""
    if row.pdf_sha256 is not None or row.status is Status.BY_SELLER:
        return row
    assert row.issued_at is not None
    document = queries.document(row)
    xml = None
    if row.xml_sha256 is not None:
        xml = await asyncio.to_thread(downloads.stored, row.xml_sha256, "xml")
    moment = int(row.issued_at.timestamp())
    content = await asyncio.to_thread(files.pdf, document, xml, moment)
    sha256 = await asyncio.to_thread(files.keep, content, "pdf")
    await Invoice.filter(pk=row.id, pdf_sha256=None).update(pdf_sha256=sha256)
    row.pdf_sha256 = sha256
    return row


@command
async def again(invoice_id: UUID) -> None:
    """The operator tries a parked document again. Raises NotFound, InvoiceIsFinal."""
    row = await lock(Invoice, invoice_id)
    move(row, Status.DUE)
    row.told_code = ""
    await row.save(update_fields=["status", "told_code"])
    await jobs.defer("invoicing.issue", invoice=row.id)
