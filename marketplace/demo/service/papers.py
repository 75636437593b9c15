"""Owns the demo's certificates: handed in and checked through the product's own services."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID

import typst

from marketplace.contracts import queries as contracts
from marketplace.vigilance import queries, service
from marketplace.vigilance.rules import Verdict
from marketplace.vigilance.schemas import CheckDraft, PaperDraft
from marketplace.web.sessions import Viewer

CODE = "urssaf_vigilance"
TEXT = "= Attestation de vigilance\nDémonstration, sans valeur."


async def hand_in(assistant: Viewer, contract_id: UUID, issued_on: date) -> None:
    """A certificate of this day."""
    content = await asyncio.to_thread(_pdf)
    draft = PaperDraft(number="DEMO-7K4P-Q2XD", issued_on=issued_on)
    await service.hand_in(assistant, contract_id, CODE, draft, content)


def _pdf() -> bytes:
    made = typst.Compiler(TEXT.encode()).compile(format="pdf")
    assert isinstance(made, bytes)
    return made


async def check(business: Viewer, contract_id: UUID) -> None:
    """The client checks it at its issuer."""
    found = await queries.papers(await contracts.by_id(contract_id))
    row = next(paper.document for paper in found if paper.document)
    said = CheckDraft(verdict=Verdict.PASSED, note="Code vérifié sur le site de l’Urssaf")
    await service.check(business, contract_id, row.id, said)
