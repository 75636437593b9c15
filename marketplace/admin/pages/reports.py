"""Owns the operator's page of yearly reports to tax offices, and their files."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin.pages.router import pages, show
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.invoicing.queries import reports as queries
from marketplace.invoicing.rules import reporting
from marketplace.web.guards import operator


@pages.get("/operator/reports", guard=operator)
async def reports(request: Request) -> Response:
    """What is to be reported of a year, to whom, by when, and which sellers lack something."""
    this_year = clock.today(queries.zone()).year
    text = request.query_params.get("year", "")
    if text and not text.isdecimal():
        raise NotFound
    year = int(text[:4]) if text else this_year
    regimes = reporting.regimes()
    rows = await queries.by_regime(year, regimes)
    found = [(each, rows[each.code]) for each in regimes]
    return show(
        request, "reports", found=found, year=year, years=(this_year, this_year - 1),
        tab="overview",
    )  # fmt: skip


def _file(content: bytes | str, kind: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


@pages.get("/operator/reports/{year:int}/{code}.xml", guard=operator)
async def report_xml(request: Request) -> Response:
    """The message of a report."""
    year, code = int(request.path_params["year"]), request.path_params["code"]
    content = await queries.message(year, queries.regime(code))
    return _file(content, "application/xml", f"{code}-{year}.xml")


@pages.get("/operator/reports/{year:int}/{code}.csv", guard=operator)
async def report_csv(request: Request) -> Response:
    """The same as a table, to the cent."""
    year, code = int(request.path_params["year"]), request.path_params["code"]
    text = queries.table(await queries.rows(year, queries.regime(code)))
    return _file(text, "text/csv; charset=utf-8", f"{code}-{year}.csv")
