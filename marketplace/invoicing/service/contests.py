"""Owns contesting an issued invoice: a credit note for all of it, then a new invoice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.contracts.rules.signing import NotOnPaper
from marketplace.core import clock, jobs
from marketplace.core.db import command, lock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.invoicing.models import ANNULS, Invoice
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules.papers import Paper
from marketplace.invoicing.rules.states import REPLACEMENTS_MAX, ContestOver, Status
from marketplace.invoicing.service import files
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from marketplace.invoicing.schemas import ContestDraft
    from marketplace.web.sessions import Viewer

TRIES_PER_MINUTE: Final = 5


async def contest(viewer: Viewer, invoice_id: UUID, draft: ContestDraft) -> Invoice:
    """Contest an invoice within its period; gives the row of the new one.

    The money does not move: the two documents cancel one another out, and the new one is made of
    what is known of both sides now. Raises NotFound, ContestOver, TooManyRequests, and Invalid for
    a reason that cannot be printed on the credit note.
    """
    await ratelimit.hit(f"invoicing:contest:{viewer.person_id}", per_minute=TRIES_PER_MINUTE)
    row = await queries.by_id(invoice_id)
    _allowed(viewer, row)
    await asyncio.to_thread(_printed, row, draft.reason)
    return await _contest(viewer, invoice_id, draft)


def _allowed(viewer: Viewer, row: Invoice) -> None:
    if not viewer.party_ids & {row.seller_id, row.buyer_id}:
        raise NotFound
    if not queries.may_contest(viewer, row):
        raise ContestOver


def _printed(row: Invoice, reason: str) -> None:
    """Print the invoice with this reason, for nothing. Raises Invalid with what fonts lack."""
    document = replace(queries.document(row), reason=reason)
    try:
        files.pdf(document, None, 0)
    except files.XmlRefused as error:
        if error.characters:
            told: dict[str, object] = {"characters": error.characters}
            raise Invalid({"reason": (NotOnPaper.message, told)}) from error
        raise


@command
async def _contest(viewer: Viewer, invoice_id: UUID, draft: ContestDraft) -> Invoice:
    row = await lock(Invoice, invoice_id)
    _allowed(viewer, row)
    if await queries.replacements(row) >= REPLACEMENTS_MAX:
        raise ContestOver
    row.contested_at, row.contested_by_id = clock.now(), viewer.person_id
    await row.save(update_fields=["contested_at", "contested_by_id"])
    await _add(row, f"{ANNULS}{row.id}", Paper.CREDIT_NOTE, draft.reason)
    return await _add(row, f"{queries.AGAIN}{row.id}", row.paper, "")


async def _add(row: Invoice, cause: str, paper: Paper, reason: str) -> Invoice:
    credit = paper is Paper.CREDIT_NOTE
    made = await Invoice.create(
        id=new_id(),
        cause=cause,
        kind=row.kind,
        paper=paper,
        status=Status.DUE,
        contract_id=row.contract_id,
        holding=row.holding,
        seller_id=row.seller_id,
        buyer_id=row.buyer_id,
        currency=row.currency,
        net_minor=row.net_minor,
        vat_minor=row.vat_minor + row.rounding_minor,
        earned_at=row.earned_at,
        corrects_id=row.id if credit else None,
        reason=reason,
        created_at=clock.now(),
    )
    await jobs.defer("invoicing.issue", invoice=made.id)
    return made
