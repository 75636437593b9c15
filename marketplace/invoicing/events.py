"""Owns the news of invoices, in the past tense; never carries more than ids and small facts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.core.events import Event


@dataclass(frozen=True)
class InvoiceIssued(Event):
    """An invoice or credit note has its number and is final."""

    invoice_id: UUID


@dataclass(frozen=True)
class InvoiceHeld(Event):
    """A document cannot be made yet; `code` of rules.drafting.WHY says why."""

    invoice_id: UUID
    code: str


@dataclass(frozen=True)
class InvoiceDeclared(Event):
    """Its seller says that it has issued a document itself, or corrects what it said of it."""

    invoice_id: UUID


@dataclass(frozen=True)
class MandateSigned(Event):
    """Invoices that waited for it can be made."""

    party_id: UUID
