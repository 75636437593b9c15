"""Owns the JSON operations of the operator: the books, what waits, comparisons, the log."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from marketplace.admin import schemas, service
from marketplace.admin.queries import exports, overview, records
from marketplace.admin.rules import fec
from marketplace.core.errors import NotFound
from marketplace.web.guards import operator, viewer
from marketplace.web.routing import Api
from payments import explorer

api = Api("admin")
READ, WRITE = "operator:read", "operator:write"
BIGINT_MAX = 2**63 - 1


@api.get("/operator/overview", guard=operator, scope=READ)
async def glance(request: Request) -> schemas.OverviewView:
    """What waits and since when, and how worker and search are."""
    del request
    return schemas.OverviewView.of(await overview.overview())


@api.get("/operator/ledger/accounts", guard=operator, scope=READ)
async def accounts(request: Request, query: schemas.AccountQuery) -> schemas.LedgerAccountPage:
    """The accounts of the books with their balances, by name."""
    del request
    code, _, currency = query.after.rpartition("|")
    rows = await explorer.accounts(
        prefix=query.prefix,
        currency=query.currency,
        after=(code, currency[:3]) if code else None,
        limit=query.limit,
    )
    full = len(rows) == query.limit
    return schemas.LedgerAccountPage(
        items=[schemas.LedgerAccountView.of(row) for row in rows],
        next=f"{rows[-1].code}|{rows[-1].currency}" if full else None,
    )


@api.get("/operator/ledger/entries", guard=operator, scope=READ)
async def entries(request: Request, query: schemas.EntryQuery) -> schemas.LedgerEntryPage:
    """The entries of one account, newest first, each with the running balance."""
    del request
    rows = await explorer.entries(
        query.account, query.currency, before=query.before, limit=query.limit
    )
    return schemas.LedgerEntryPage(
        items=[schemas.LedgerEntryView.of(row) for row in rows],
        next=rows[-1].id if len(rows) == query.limit else None,
    )


@api.get("/operator/ledger/transactions", guard=operator, scope=READ)
async def transactions(
    request: Request, query: schemas.TransactionQuery
) -> schemas.LedgerTransactionPage:
    """Transactions of the books by account, contract, kind and day, newest first."""
    del request
    since, until = exports.span(query.since, query.until)
    rows = await explorer.transactions(
        account=query.account,
        contract=query.contract,
        kind=query.kind,
        since=since,
        until=until,
        before=query.before,
        limit=query.limit,
    )
    return schemas.LedgerTransactionPage(
        items=[schemas.LedgerTransactionView.of(row) for row in rows],
        next=rows[-1].id if len(rows) == query.limit else None,
    )


@api.get("/operator/ledger/transactions/{number:int}", guard=operator, scope=READ)
async def transaction(request: Request, number: int) -> schemas.LedgerTransactionView:
    """One transaction of the books with its lines."""
    del request
    row = await explorer.transaction(number)
    if row is None:
        raise NotFound
    return schemas.LedgerTransactionView.of(row)


@api.get("/operator/ledger/export.csv", guard=operator, scope=READ, media_type="text/csv")
async def export_csv(request: Request, query: schemas.ExportQuery) -> Response:
    """Every leg of the books as CSV, streamed, in the order of time."""
    del request
    name = {"content-disposition": 'attachment; filename="ledger.csv"'}
    lines = exports.ledger_csv(query.since, query.until)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=name)


@api.get("/operator/ledger/fec", guard=operator, scope=READ, media_type="text/plain", errors=(409,))
async def export_fec(request: Request, query: schemas.FecQuery) -> Response:
    """The French FEC of a year: 18 tab-separated columns, ISO 8859-15."""
    del request
    await exports.check_fec(query.year)
    name = fec.file_name(query.siren, exports.closing(query.year))
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    kind = f"text/plain; charset={fec.ENCODING}"
    return StreamingResponse(exports.fec_lines(query.year), media_type=kind, headers=headers)


@api.get("/operator/movements", guard=operator, scope=READ)
async def movements(request: Request, query: schemas.MovementQuery) -> schemas.OperatorMovementPage:
    """Transfers and refunds that we owe or made, newest first."""
    del request
    rows = await explorer.movements(status=query.status, before=query.before, limit=query.limit)
    return schemas.OperatorMovementPage(
        items=[schemas.OperatorMovementView.of(row) for row in rows],
        next=rows[-1].id if len(rows) == query.limit else None,
    )


async def _movement(movement_id: UUID) -> schemas.OperatorMovementView:
    row = await explorer.movement(movement_id)
    if row is None:
        raise NotFound
    return schemas.OperatorMovementView.of(row)


@api.get("/operator/movements/{movement_id:uuid}", guard=operator, scope=READ)
async def movement(request: Request, movement_id: UUID) -> schemas.OperatorMovementView:
    """One transfer or refund."""
    del request
    return await _movement(movement_id)


@api.post(
    "/operator/movements/{movement_id:uuid}/retry",
    guard=operator,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def retry_movement(
    request: Request, movement_id: UUID, body: schemas.ReasonDraft
) -> schemas.OperatorMovementView:
    """Put a parked movement back into the queue; the reason is logged."""
    await service.retry_movement(viewer(request).person_id, movement_id, body)
    return await _movement(movement_id)


@api.get("/operator/inbox", guard=operator, scope=READ)
async def inbox(request: Request, query: schemas.NewsQuery) -> schemas.OperatorNewsPage:
    """News from Stripe between arrival and effect, newest first."""
    del request
    rows = await explorer.news(status=query.status, before=query.before, limit=query.limit)
    return schemas.OperatorNewsPage(
        items=[schemas.OperatorNewsView.of(row) for row in rows],
        next=rows[-1].id if len(rows) == query.limit else None,
    )


async def _news(news_id: UUID) -> schemas.OperatorNewsView:
    row = await explorer.news_item(news_id)
    if row is None:
        raise NotFound
    return schemas.OperatorNewsView.of(row)


@api.get("/operator/inbox/{news_id:uuid}", guard=operator, scope=READ)
async def news(request: Request, news_id: UUID) -> schemas.OperatorNewsView:
    """One piece of news from Stripe."""
    del request
    return await _news(news_id)


@api.post(
    "/operator/inbox/{news_id:uuid}/retry",
    guard=operator,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def retry_news(
    request: Request, news_id: UUID, body: schemas.ReasonDraft
) -> schemas.OperatorNewsView:
    """Let parked news wait again, from now on; the reason is logged."""
    await service.retry_news(viewer(request).person_id, news_id, body)
    return await _news(news_id)


@api.get("/operator/jobs", guard=operator, scope=READ)
async def jobs(request: Request) -> list[schemas.FailedJobView]:
    """Jobs that failed too often, newest first, at most a hundred."""
    del request
    return [schemas.FailedJobView.of(row) for row in await overview.failed_jobs()]


@api.post(
    "/operator/jobs/{number:int}/retry", guard=operator, scope=WRITE, idempotent=True, errors=(409,)
)
async def retry_job(request: Request, number: int, body: schemas.ReasonDraft) -> None:
    """Queue a failed job once more; the reason is logged."""
    if number > BIGINT_MAX:
        raise NotFound
    await service.retry_job(viewer(request).person_id, number, body)


@api.get("/operator/reconciliations", guard=operator, scope=READ)
async def reconciliations(
    request: Request, query: schemas.RecordQuery
) -> schemas.ReconciliationPage:
    """Comparisons of the books with Stripe, newest first."""
    del request
    rows = await records.runs(before=query.before, limit=query.limit)
    return schemas.ReconciliationPage(
        items=[schemas.ReconciliationView.of(row) for row in rows],
        next=rows[-1].id if len(rows) == query.limit else None,
    )


@api.post(
    "/operator/reconciliations",
    guard=operator,
    scope=WRITE,
    idempotent=True,
    status=201,
    errors=(409,),
)
async def reconcile(request: Request, body: schemas.ReasonDraft) -> schemas.ReconciliationView:
    """Compare now, as a job; ask for its state until it is done."""
    run_id = await service.ask_reconciliation(viewer(request).person_id, body)
    return schemas.ReconciliationView.of(await records.run(run_id))


@api.get("/operator/reconciliations/{run_id:uuid}", guard=operator, scope=READ)
async def reconciliation(request: Request, run_id: UUID) -> schemas.ReconciliationView:
    """One comparison and what differed."""
    del request
    return schemas.ReconciliationView.of(await records.run(run_id))


@api.get("/operator/reconciliations/{run_id:uuid}/lines", guard=operator, scope=READ)
async def reconciliation_lines(
    request: Request, run_id: UUID, query: schemas.LineQuery
) -> schemas.ReconciliationLinePage:
    """Everything that moved our balance, on either side, matched or not."""
    del request
    await records.run(run_id)
    rows = await records.lines(
        run_id, unmatched=query.unmatched, after=query.after, limit=query.limit
    )
    return schemas.ReconciliationLinePage(
        items=[schemas.ReconciliationLineView.of(row) for row in rows],
        next=rows[-1].id if len(rows) == query.limit else None,
    )


@api.get("/operator/log", guard=operator, scope=READ)
async def acts(request: Request, query: schemas.RecordQuery) -> schemas.OperatorActPage:
    """Everything operators did by hand, with reasons, newest first."""
    del request
    rows = await records.acts(before=query.before, limit=query.limit)
    return schemas.OperatorActPage(
        items=[schemas.OperatorActView.of(row) for row in rows],
        next=rows[-1].id if len(rows) == query.limit else None,
    )
