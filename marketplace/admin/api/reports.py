"""Owns the operator's JSON operations on yearly reports to tax offices."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin.api.router import read
from marketplace.admin.schemas.reports import (
    ReportedSeller,
    ReportList,
    ReportQuery,
    ReportView,
)
from marketplace.core import clock
from marketplace.invoicing.queries import reports as queries
from marketplace.invoicing.rules import reporting
from marketplace.invoicing.schemas import SellerYearView


def _seller(row: queries.Row) -> ReportedSeller:
    return ReportedSeller(
        party=row.party.id,
        name=row.who.name,
        country=row.who.country,
        lacks=list(row.lacks),
        figures=SellerYearView.of(row.figures),
    )


@read("/operator/reports")
async def reports(request: Request, query: ReportQuery) -> ReportList:
    """What is to be reported of a year, to whom and by when."""
    year = query.year or clock.today(queries.zone()).year
    locale, regimes = request.state.locale, reporting.regimes()
    rows = await queries.by_regime(year, regimes)
    return ReportList(
        year=year,
        reports=[
            ReportView(
                code=each.code,
                name=each.name(locale),
                due_on=each.due_on(year),
                sellers=[_seller(row) for row in rows[each.code]],
            )
            for each in regimes
        ],
    )


@read("/operator/reports/{year:int}/{code}/xml", errors=(404,), media_type="application/xml")
async def report_xml(_request: Request, year: int, code: str) -> Response:
    """The XML message of a report."""
    content = await queries.message(year, queries.regime(code))
    return Response(content, media_type="application/xml")


@read("/operator/reports/{year:int}/{code}/csv", errors=(404,), media_type="text/csv")
async def report_csv(_request: Request, year: int, code: str) -> Response:
    """The same as a table, to the cent."""
    text = queries.table(await queries.rows(year, queries.regime(code)))
    return Response(text, media_type="text/csv; charset=utf-8")
