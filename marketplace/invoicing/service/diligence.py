"""Owns a client's dated proof of diligence about an assistant: one ZIP of what is known.

In France a client answers jointly for undeclared work above EUR 5,000 unless it has checked its
supplier at signature and every six months (Code du travail, L. 8222-1, D. 8222-5). The pack holds
what was checked here and when, the papers the law asks for with every check of them, the signed
contracts and every invoice, with `SHA256SUMS` over all of it. A file that is gone or damaged on
disk is left out and named in `MISSING.txt`: the others prove no less.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from marketplace.billing.queries import recorded
from marketplace.contracts import queries as contracts
from marketplace.contracts.queries.seals import seals
from marketplace.contracts.rules.signing import FileDamaged
from marketplace.contracts.service import documents
from marketplace.core import archives, clock
from marketplace.core.errors import NotFound
from marketplace.invoicing.queries import downloads
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules.papers import Kind
from marketplace.invoicing.rules.states import Status
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.vigilance import queries as vigilance
from payments import explorer

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.invoicing.models import Invoice
    from marketplace.parties.models import Party
    from marketplace.vigilance.queries import Paper
    from marketplace.web.sessions import Viewer

Reading = tuple[str, Callable[[], Awaitable[bytes]]]
"""The name of a file in the pack, and how its content is read."""
MISSING: Final = "MISSING.txt"


async def pack(viewer: Viewer, contract_id: UUID) -> tuple[str, bytes]:
    """The name and bytes of the pack, for the business of a signed contract alone.

    Raises NotFound.
    """
    contract = await contracts.get(viewer, contract_id)
    if not viewer.acts_for(contract.business_id) or contract.signed_at is None:
        raise NotFound
    rows = await _invoices(contract)
    papers = await vigilance.papers(contract)
    files: dict[str, bytes] = {}
    missing: list[str] = []
    for name, read in (*await _papers(contract), *_billed(rows), *_handed_in(contract, papers)):
        try:
            files[name] = await read()
        except (NotFound, FileDamaged):
            missing.append(name)
    if missing:
        files[MISSING] = "\n".join(missing).encode()
    files["diligence.json"] = _json(await _facts(contract, rows, papers))
    name = f"diligence-{contract.number}-{clock.today(contract.time_zone)}.zip"
    return name, await asyncio.to_thread(archives.packed, files)


async def _papers(contract: Contract) -> list[Reading]:
    start = f"contract/{contract.number}"
    found: list[Reading] = [
        (f"{start}-version-{each.number}.pdf", partial(documents.read, each.file_sha256))
        for each in await contracts.versions(contract.id)
    ]
    for number, seal in enumerate(await seals(contract.id), 1):
        found.append((f"{start}-sealed-{number}.pdf", partial(documents.read, seal.file_sha256)))
    return found


def _billed(rows: list[Invoice]) -> list[Reading]:
    return [
        (f"invoices/{row.number}.pdf", partial(_invoice, row.pdf_sha256))
        for row in rows
        if row.pdf_sha256
    ]


async def _invoice(sha256: str) -> bytes:
    return await asyncio.to_thread(downloads.stored, sha256, "pdf")


def _handed_in(contract: Contract, papers: list[Paper]) -> list[Reading]:
    return [
        (f"documents/{vigilance.file_name(row, contract.number)}", partial(vigilance.read, row))
        for paper in papers
        if paper.called
        for row in paper.history
    ]


async def _invoices(contract: Contract) -> list[Invoice]:
    rows = await queries.of_contract(contract.id)
    return [row for row in rows if row.kind is Kind.WORK and row.status is Status.ISSUED]


async def _facts(contract: Contract, rows: list[Invoice], papers: list[Paper]) -> dict[str, Any]:
    assistant = contract.assistant
    released = 0
    async for earning in explorer.earnings(contract=str(contract.id)):
        released += (-1 if earning.back else 1) * earning.share.price
    outside = await recorded.confirmed(contract_id=contract.id)
    paid = released + sum(each.price.minor for each in outside)
    return {
        "made_at": clock.now(),
        "contract": {
            "number": contract.number,
            "title": contract.title,
            "status": contract.status.value,
            "signed_at": contract.signed_at,
            "agreement": contracts.agreement(contract).model_dump(mode="json"),
        },
        "signatures": [
            {"name": each.typed_name, "at": each.signed_at, "for": each.party.legal_name}
            for each in await contracts.signatures(contract)
        ],
        "assistant": _identity(assistant),
        "registers": await _registers(assistant),
        "documents_as_of": vigilance.read_at(contract),
        "documents": [_paper(each, contract.number) for each in papers],
        "paid_before_tax": {"minor": paid, "currency": contract.currency},
        "released_before_tax": {"minor": released, "currency": contract.currency},
        "paid_outside": [
            {"on": each.paid_on, "minor": each.amount.minor, "currency": each.amount.currency,
             "before_tax_minor": each.price.minor, "reference": each.reference,
             "source": "recorded by the business, confirmed by the assistant"}
            for each in outside
        ],
        "invoices": [
            {"number": row.number, "type": row.paper.value, "on": row.issued_on,
             "before_tax_minor": row.net_minor, "vat_minor": row.vat_minor,
             "sha256": row.pdf_sha256}
            for row in rows
        ],
    }  # fmt: skip


def _identity(party: Party) -> dict[str, Any]:
    names = (
        "legal_name legal_form registration_number tax_status vat_number address_line1 "
        "address_line2 postcode town country representative_name representative_title"
    ).split()
    return {name: getattr(party, name) for name in names} | {"as_of": party.updated_at}


async def _registers(party: Party) -> list[dict[str, Any]]:
    """What each register said and when; `state` null where nobody was asked."""
    return [
        {
            "register": each.register.value,
            "number": each.number,
            "state": each.state.value if each.state else None,
            "name": each.name,
            "reference": each.reference,
            "answered_at": each.answered_at,
        }
        for each in await jurisdictions.checked(party)
    ]


def _paper(paper: Paper, number: str) -> dict[str, Any]:
    """A paper with everything handed in for this client and every word the client said of it."""
    document = paper.rule.document
    return {
        "code": document.code,
        "law_of": paper.rule.place.code,
        "what": document.label_fr,
        "when": document.when_fr,
        "renew_months": document.renew_months,
        "mandatory": document.mandatory,
        "to_be_confirmed": not document.verified,
        "state": paper.state.value,
        "handed_in": [
            {"file": vigilance.file_name(row, number), "number": row.number,
             "issued_on": row.issued_on, "valid_until": row.valid_until,
             "sha256": row.file_sha256, "handed_in_at": row.created_at, "id": row.id}
            for row in paper.history if paper.called
        ],
        "checks": [
            {"document": each.document_id, "verdict": each.verdict.value, "note": each.note,
             "by": each.person.name, "at": each.created_at}
            for each in paper.checks
        ],
    }  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str).encode()
