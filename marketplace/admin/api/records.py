"""Owns the JSON operations on what the operator keeps: comparisons with Stripe, the log."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.admin import service
from marketplace.admin.api.router import act, read
from marketplace.admin.queries import records
from marketplace.admin.schemas import records as shapes
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.web.guards import viewer


@read("/operator/reconciliations")
async def reconciliations(
    _request: Request, query: shapes.RecordQuery
) -> shapes.ReconciliationPage:
    """Comparisons of the books with Stripe, newest first."""
    rows = await records.runs(before=query.before, limit=query.limit)
    return shapes.ReconciliationPage.of(rows, query.limit)


@act("/operator/reconciliations", status=201)
async def reconcile(request: Request, body: ReasonDraft) -> shapes.ReconciliationView:
    """Compare now, as a job; ask for its state until it is done."""
    run_id = await service.ask_reconciliation(viewer(request).person_id, body)
    return await reconciliation(request, run_id)


@read("/operator/reconciliations/{run_id:uuid}")
async def reconciliation(_request: Request, run_id: UUID) -> shapes.ReconciliationView:
    """One comparison and what differed."""
    return shapes.ReconciliationView.of(await records.run(run_id))


@read("/operator/reconciliations/{run_id:uuid}/lines")
async def reconciliation_lines(
    _request: Request, run_id: UUID, query: shapes.LineQuery
) -> shapes.ReconciliationLinePage:
    """Everything that moved our balance, on either side, matched or not."""
    await records.run(run_id)
    rows = await records.lines(
        run_id, unmatched=query.unmatched, after=query.after, limit=query.limit
    )
    return shapes.ReconciliationLinePage.of(rows, query.limit)


@read("/operator/log")
async def acts(_request: Request, query: shapes.RecordQuery) -> shapes.OperatorActPage:
    """Everything operators did by hand, with reasons, newest first."""
    rows = await records.acts(before=query.before, limit=query.limit)
    return shapes.OperatorActPage.of(rows, query.limit)
