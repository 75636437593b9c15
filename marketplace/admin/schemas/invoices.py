"""Owns the shapes of invoices that do not leave, for the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.admin.schemas.shapes import ListQuery
from marketplace.invoicing.schemas import FindingView, InvoiceView, Out

if TYPE_CHECKING:
    from marketplace.invoicing.models import Invoice


class UnsettledQuery(ListQuery):
    """What waits; `before` is `next` of the page before."""

    before: UUID | None = None


class UnsettledInvoiceView(Out):
    """A document that does not leave, why, and which rules its file breaks."""

    invoice: InvoiceView
    code: str
    findings: list[FindingView]

    @classmethod
    def of(cls, row: Invoice, operator: str, locale: str) -> UnsettledInvoiceView:
        """From its row with the sides at hand."""
        findings = [FindingView.model_validate(each) for each in row.findings]
        return cls(invoice=InvoiceView.of(row, operator, locale), code=row.code, findings=findings)


class UnsettledInvoicePage(Out):
    """A page of them, the newest first."""

    items: list[UnsettledInvoiceView]
    next: UUID | None
