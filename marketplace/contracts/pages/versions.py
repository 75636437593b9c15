"""Owns the page of one frozen version, in the words it was frozen with."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries
from marketplace.contracts.pages.agreements import compared, trace_of
from marketplace.contracts.rules import words
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.service import evidence, french
from marketplace.contracts.service.wording import wording
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("contracts")


@pages.get("/contracts/{contract_id:uuid}/versions/{number:int}", guard=signed_in)
async def version(request: Request) -> Response:
    """A version as it was frozen, whatever came after it; reading it is evidence."""
    who, params = viewer(request), request.path_params
    contract = await queries.get(who, params["contract_id"])
    row = await queries.version(contract.id, params["number"])
    await french.refuse_early(who, row)
    clauses = await wording(row)
    side = side_of(who, contract)
    await evidence.note_reading(
        contract.id, side, who.person_id, row.file_sha256, "viewed", trace_of(request)
    )
    history = await compared(contract, request.state.locale)
    changes, apart = next(rest for each, *rest in history if each.number == row.number)
    return render(
        request,
        "contracts/version.html",
        contract=contract,
        side=side,
        version=row,
        agreed=Agreement.model_validate(row.agreement),
        clauses=clauses,
        changes=changes,
        apart=apart,
        independence=queries.independence_then(row),
        words=words,
    )
