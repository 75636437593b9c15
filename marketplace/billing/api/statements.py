"""Owns the JSON operations of a contract's statement."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.billing.api.paging import page_of
from marketplace.billing.queries import statements as reads
from marketplace.billing.schemas.statements import PaymentsView, PaymentView, StatementView
from marketplace.web.guards import viewer
from marketplace.web.operations import Own
from marketplace.web.paging import PageQuery

own = Own("billing", "money")
api = own.api


@own.read("/contracts/{contract_id:uuid}/statement")
async def statement(request: Request, contract_id: UUID, query: PageQuery) -> StatementView:
    """Every movement of a contract's money, equal to the ledger; totals over all pages."""
    _contract, found = await reads.contract_statement(viewer(request), contract_id)
    lines, after = page_of(found.lines if found else (), query)
    return StatementView.of(contract_id, found, lines, after)


@own.read("/contracts/{contract_id:uuid}/statement.csv", media_type="text/csv")
async def statement_csv(request: Request, contract_id: UUID) -> Response:
    """The whole statement as a table for a spreadsheet."""
    return csv_answer(await reads.as_csv(viewer(request), contract_id))


def csv_answer(text: str) -> Response:
    """A file to keep."""
    name = {"content-disposition": 'attachment; filename="statement.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=name)


@own.read("/contracts/{contract_id:uuid}/payments")
async def client_payments(request: Request, contract_id: UUID) -> PaymentsView:
    """The client's payments: method, state, and until when a bank may take each back."""
    found = await reads.payments(viewer(request), contract_id)
    return PaymentsView(payments=[PaymentView.of(each) for each in found])
