"""Hands in papers as an assistant does."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.vigilance import service
from marketplace.vigilance.models import ComplianceDocument
from marketplace.vigilance.schemas import PaperDraft
from marketplace.web.sessions import Viewer

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


async def hand_in(
    who: Viewer,
    contract: Contract,
    code: str = "urssaf_vigilance",
    *,
    on: date | None = None,
    until: date | None = None,
) -> ComplianceDocument:
    """A certificate issued yesterday, or on a day; `until` where its last day is written on it."""
    draft = PaperDraft(
        number="7K4P-Q2XD", issued_on=on or clock.today() - timedelta(days=1), valid_until=until
    )
    return await service.hand_in(who, contract.id, code, draft, PDF)
