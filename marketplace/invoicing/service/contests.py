"""Owns contesting an issued invoice: a credit note for all of it, then a new invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock, jobs
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules.papers import Paper
from marketplace.invoicing.rules.states import ContestOver, Status

if TYPE_CHECKING:
    from marketplace.invoicing.schemas import ContestDraft
    from marketplace.web.sessions import Viewer


@command
async def contest(viewer: Viewer, invoice_id: UUID, draft: ContestDraft) -> Invoice:
    """Contest an invoice within its period; gives the row of the new one.

    The money does not move: the two documents cancel one another out, and the new one is made of
    what is known of both sides now. Raises NotFound, ContestOver.
    """
    row = await lock(Invoice, invoice_id)
    if not viewer.party_ids & {row.seller_id, row.buyer_id}:
        raise NotFound
    if not queries.may_contest(viewer, row):
        raise ContestOver
    row.contested_at, row.contested_by_id = clock.now(), viewer.person_id
    await row.save(update_fields=["contested_at", "contested_by_id"])
    await _add(row, f"contest:{row.id}", Paper.CREDIT_NOTE, draft.reason)
    return await _add(row, f"again:{row.id}", row.paper, "")


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
        vat_minor=row.vat_minor,
        earned_at=row.earned_at,
        corrects_id=row.id if credit else None,
        reason=reason,
        created_at=clock.now(),
    )
    await jobs.defer("invoicing.issue", invoice=made.id)
    return made
