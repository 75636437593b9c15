"""Owns the pages of comparing the books with Stripe: run now, progress, the report."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.pages.router import (
    Form,
    asked,
    blank,
    older,
    pages,
    show,
    with_query,
    with_reason,
)
from marketplace.admin.queries import records
from marketplace.admin.schemas.records import LineQuery, ReconciliationView, RecordQuery
from marketplace.core.i18n import _
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to
from payments.money import Money


async def _list(request: Request, form: Form, status: int = 200) -> Response:
    query, _form = asked(request, RecordQuery)
    query = query or RecordQuery()
    rows = await records.runs(before=query.before, limit=query.limit)
    return show(
        request, "reconciliations", status=status, rows=rows, form=form, tab="reconciliation",
        under_way=await records.run_under_way(), older=older(request, rows, query.limit),
    )  # fmt: skip


@pages.get("/operator/reconciliation", guard=operator)
async def reconciliations(request: Request) -> Response:
    """Every comparison, and the form to start one."""
    return await _list(request, blank())


@pages.post("/operator/reconciliation", guard=operator)
async def reconcile(request: Request) -> Response:
    """Compare now, as a job."""
    done = _("The comparison is queued. This page shows how far it is.")
    return await with_reason(
        request,
        lambda draft: service.ask_reconciliation(viewer(request).person_id, draft),
        lambda form, status: _list(request, form, status),
        lambda: to(request, "/operator/reconciliation", done),
    )


@pages.get("/operator/reconciliation/{id:uuid}", guard=operator)
async def report(request: Request) -> Response:
    """One report: totals, what differs, every line on either side."""
    run = await records.run(request.path_params["id"])
    query, _form = asked(request, LineQuery)
    query = query or LineQuery()
    lines = await records.lines(
        run.id, unmatched=query.unmatched, after=query.after, limit=query.limit
    )
    view = ReconciliationView.of(run)
    kept, unmatched = await records.line_counts(run.id)
    return show(
        request, "reconciliation", run=run, lines=lines, tab="reconciliation",
        totals=[(Money(t.stripe_minor, t.currency), Money(t.books_minor, t.currency))
                for t in view.totals],
        differences=[(d.source, Money(d.stripe_minor, d.currency), Money(d.books_minor, d.currency))
                     for d in view.differences],
        kept=kept, unmatched=unmatched, only_unmatched=query.unmatched,
        all_lines=with_query(request, unmatched="", after=""),
        unmatched_lines=with_query(request, unmatched="true", after=""),
        older=older(request, list(lines), query.limit, "after"),
    )  # fmt: skip
