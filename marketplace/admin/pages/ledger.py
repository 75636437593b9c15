"""Owns the pages of the books: accounts, entries, transactions, a contract's, exports."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from marketplace.admin.pages.router import Form, asked, blank, older, pages, show, with_query
from marketplace.admin.queries import exports, records
from marketplace.admin.rules import fec
from marketplace.admin.schemas.books import (
    AccountQuery,
    EntryQuery,
    ExportQuery,
    FecQuery,
    LedgerAccountPage,
    TransactionQuery,
)
from marketplace.core import clock
from marketplace.core.errors import Conflict, NotFound
from marketplace.web.forms import refused
from marketplace.web.guards import operator
from payments import explorer, statements


@pages.get("/operator/ledger", guard=operator)
async def ledger(request: Request) -> Response:
    """The trial balance and every account, by the beginning of its name."""
    query, form = asked(request, AccountQuery)
    query, status = (query, 200) if query else (AccountQuery(), 422)
    rows = await explorer.accounts(
        prefix=query.prefix, currency=query.currency, after=query.place, limit=query.limit
    )
    after = LedgerAccountPage.of(rows, query.limit).next
    families = await explorer.families()
    return show(
        request, "ledger", status=status, rows=rows, form=form, families=families, tab="ledger",
        currencies=sorted({(each.currency, each.currency) for each in families}),
        older=with_query(request, after=after) if after else None,
    )  # fmt: skip


@pages.get("/operator/ledger/account", guard=operator)
async def account(request: Request) -> Response:
    """One account: its entries, newest first, with the running balance."""
    query, _form = asked(request, EntryQuery)
    found = await explorer.account(query.account, query.currency) if query else None
    if query is None or found is None:
        raise NotFound
    rows = await explorer.entries(
        query.account, query.currency, before=query.before, limit=query.limit
    )
    after = older(request, rows, query.limit)
    return show(request, "account", account=found, rows=rows, older=after, tab="ledger")


@pages.get("/operator/ledger/transactions", guard=operator)
async def transactions(request: Request) -> Response:
    """Transactions by account, contract, kind and day."""
    query, form = asked(request, TransactionQuery)
    query, status = (query, 200) if query else (TransactionQuery(), 422)
    since, until = exports.span(query.since, query.until)
    chosen = query.model_dump(exclude={"since", "until"})
    rows = await explorer.transactions(**chosen, since=since, until=until)
    return show(
        request, "transactions", status=status, rows=rows, form=form, kinds=explorer.KINDS,
        older=older(request, rows, query.limit), tab="ledger",
    )  # fmt: skip


@pages.get("/operator/ledger/transactions/{id:int}", guard=operator)
async def transaction(request: Request) -> Response:
    """One transaction with its lines."""
    row = await explorer.transaction(request.path_params["id"])
    if row is None:
        raise NotFound
    contract = await records.contract(row.contract)
    return show(request, "transaction", row=row, contract=contract, tab="ledger")


@pages.get("/operator/ledger/contracts/{id:uuid}", guard=operator)
async def contract(request: Request) -> Response:
    """What happened to a contract's money: the statement both sides see, and the books."""
    reference = str(request.path_params["id"])
    found = await records.contract(reference)
    query, _form = asked(request, TransactionQuery)
    query = query or TransactionQuery()
    rows = await explorer.transactions(contract=reference, before=query.before, limit=query.limit)
    if found is None and not rows:
        raise NotFound
    try:
        statement = await statements.contract_statement(reference)
    except statements.StatementMismatch:  # the two sides see nothing; the operator sees the books
        statement = None
    return show(
        request, "contract", reference=reference, contract=found, rows=rows, statement=statement,
        older=older(request, rows, query.limit), tab="ledger",
    )  # fmt: skip


def _exports(request: Request, form: Form, status: int = 200) -> Response:
    this_year = clock.today().year
    years = [(str(year), str(year)) for year in range(this_year, this_year - 6, -1)]
    chart = [(code, each.number, each.label) for code, each in fec.CHART.items()]
    return show(
        request, "exports", status=status, form=form, years=years, chart=chart, tab="ledger"
    )


@pages.get("/operator/ledger/exports", guard=operator)
async def export_forms(request: Request) -> Response:
    """The forms of both exports, and how our accounts map to the French chart."""
    return _exports(request, blank())


@pages.get("/operator/ledger/export.csv", guard=operator)
async def export_csv(request: Request) -> Response:
    """Every leg of the books as CSV, streamed."""
    query, form = asked(request, ExportQuery)
    if query is None:
        return _exports(request, form, 422)
    name = {"content-disposition": 'attachment; filename="ledger.csv"'}
    lines = exports.ledger_csv(query.since, query.until)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=name)


@pages.get("/operator/ledger/fec", guard=operator)
async def export_fec(request: Request) -> Response:
    """The French FEC of a year, streamed."""
    query, form = asked(request, FecQuery)
    if query is None:
        return _exports(request, form, 422)
    try:
        await exports.check_fec(query.year)
    except Conflict as error:
        return _exports(request, refused(form, error), error.status)
    name = quote(fec.file_name(query.siren, exports.closing(query.year)))
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    kind = f"text/plain; charset={fec.ENCODING}"
    return StreamingResponse(exports.fec_lines(query.year), media_type=kind, headers=headers)
