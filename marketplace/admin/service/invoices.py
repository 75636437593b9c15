"""Owns letting a parked invoice be tried again; never lets it past its gate."""

from __future__ import annotations

from uuid import UUID

from marketplace.admin.rules.runs import Act, NotParked
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.service.log import record
from marketplace.core.db import command
from marketplace.invoicing.queries import invoices
from marketplace.invoicing.rules.states import DONE, Status
from marketplace.invoicing.service import issuing


@command
async def retry_invoice(person_id: UUID, invoice_id: UUID, draft: ReasonDraft) -> None:
    """Try a document that waits or is parked once more. Raises NotFound, NotParked."""
    row = await invoices.by_id(invoice_id)
    if row.status in DONE:
        raise NotParked
    before = {"status": row.status.value, "code": row.code}
    await issuing.again(invoice_id)
    await record(
        person_id, Act.RETRY_INVOICE, f"invoice:{invoice_id}",
        before=before, after={"status": Status.DUE.value, "code": row.code}, draft=draft,
    )  # fmt: skip
