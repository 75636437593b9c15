"""Owns whether clients accepted an assistant's certificate of insurance; never writes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock
from marketplace.vigilance.models import ComplianceCheck
from marketplace.vigilance.rules import INSURANCE, Verdict

if TYPE_CHECKING:
    from marketplace.vigilance.models import ComplianceDocument


async def insured(party_id: UUID) -> tuple[date, date | None] | None:
    """The day (UTC) a client first accepted the certificate that counts longest, and its last day.

    None without one. What any client refuses counts for nobody until that client says otherwise,
    however often it is handed in.
    """
    rows = (
        await ComplianceCheck.filter(document__party_id=party_id, document__code=INSURANCE)
        .order_by("created_at", "id")
        .prefetch_related("document")
    )
    said = {(_paper(row).words, row.contract_id): row for row in rows}  # the last word counts
    last: dict[object, list[ComplianceCheck]] = {}
    for row in said.values():
        last.setdefault(_paper(row).words, []).append(row)
    accepted = [
        min(checks, key=lambda one: one.created_at)
        for checks in last.values()
        if all(one.verdict is Verdict.PASSED for one in checks)
    ]
    counts = [row for row in accepted if _end(row) >= clock.today("UTC")]
    if not counts:
        return None
    best = max(counts, key=_end)
    return best.created_at.date(), _paper(best).valid_until


def _paper(row: ComplianceCheck) -> ComplianceDocument:
    assert row.document is not None
    return row.document


def _end(row: ComplianceCheck) -> date:
    return _paper(row).valid_until or date.max
