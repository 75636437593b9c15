"""Owns the word of a seller that it issued a document itself; never makes or keeps one.

The mandate can be ended at any time, and then what waits is for its seller to issue (its article
on term and end). The document goes from the seller to the client, past the platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _
from marketplace.invoicing.events import InvoiceDeclared
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.queries import identities
from marketplace.invoicing.rules.states import NotWaiting, Status
from marketplace.invoicing.service import issuing
from marketplace.parties import queries as parties

if TYPE_CHECKING:
    from marketplace.invoicing.schemas import OwnInvoiceDraft
    from marketplace.web.sessions import Viewer


@command
async def declare(viewer: Viewer, invoice_id: UUID, draft: OwnInvoiceDraft) -> Invoice:
    """A document that waits was issued by its seller; again corrects the number or the day.

    Raises NotFound for all but the seller's people, NotWaiting, Invalid for a day to come.
    """
    row = await lock(Invoice, invoice_id)
    if row.seller_id is None or not viewer.acts_for(row.seller_id):
        raise NotFound
    if row.status not in {Status.WAITING, Status.BY_SELLER}:
        raise NotWaiting
    seller = await parties.by_id(row.seller_id)
    if draft.issued_on > clock.today(identities.zone(seller)):
        raise Invalid({"issued_on": _("This day has not come yet.")})
    if (row.own_number, row.issued_on) == (draft.number, draft.issued_on):
        return row
    issuing.move(row, Status.BY_SELLER)
    row.own_number, row.issued_on, row.code = draft.number, draft.issued_on, ""
    await row.save(update_fields=["status", "own_number", "issued_on", "code"])
    await events.record(InvoiceDeclared(row.id))
    return row
