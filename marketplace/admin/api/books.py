"""Owns the JSON operations of the books: accounts, entries, transactions, exports."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from marketplace.admin.api.router import read
from marketplace.admin.queries import exports
from marketplace.admin.rules import fec
from marketplace.admin.schemas import books as shapes
from marketplace.core.errors import NotFound
from payments import explorer


@read("/operator/ledger/accounts")
async def accounts(_request: Request, query: shapes.AccountQuery) -> shapes.LedgerAccountPage:
    """The accounts of the books with their balances, by name."""
    rows = await explorer.accounts(
        prefix=query.prefix, currency=query.currency, after=query.place, limit=query.limit
    )
    return shapes.LedgerAccountPage.of(rows, query.limit)


@read("/operator/ledger/entries")
async def entries(_request: Request, query: shapes.EntryQuery) -> shapes.LedgerEntryPage:
    """The entries of one account, newest first, each with the running balance."""
    rows = await explorer.entries(
        query.account, query.currency, before=query.before, limit=query.limit
    )
    return shapes.LedgerEntryPage.of(rows, query.limit)


@read("/operator/ledger/transactions")
async def transactions(
    _request: Request, query: shapes.TransactionQuery
) -> shapes.LedgerTransactionPage:
    """Transactions of the books by account, contract, kind and day, newest first."""
    since, until = exports.span(query.since, query.until)
    chosen = query.model_dump(exclude={"since", "until"})
    rows = await explorer.transactions(**chosen, since=since, until=until)
    return shapes.LedgerTransactionPage.of(rows, query.limit)


@read("/operator/ledger/transactions/{number:int}")
async def transaction(_request: Request, number: int) -> shapes.LedgerTransactionView:
    """One transaction of the books with its lines."""
    row = await explorer.transaction(number)
    if row is None:
        raise NotFound
    return shapes.LedgerTransactionView.of(row)


@read("/operator/ledger/export.csv", media_type="text/csv")
async def export_csv(_request: Request, query: shapes.ExportQuery) -> Response:
    """Every leg of the books as CSV, streamed, in the order of time."""
    name = {"content-disposition": 'attachment; filename="ledger.csv"'}
    lines = exports.ledger_csv(query.since, query.until)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=name)


@read("/operator/ledger/fec", media_type="text/plain", errors=(409,))
async def export_fec(_request: Request, query: shapes.FecQuery) -> Response:
    """The French FEC of a year: 18 tab-separated columns, ISO 8859-15."""
    await exports.check_fec(query.year)
    name = fec.file_name(query.siren, exports.closing(query.year))
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    kind = f"text/plain; charset={fec.ENCODING}"
    return StreamingResponse(exports.fec_lines(query.year), media_type=kind, headers=headers)
