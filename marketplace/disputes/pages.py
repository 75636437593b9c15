"""Owns the page on which both sides of a contract see what a bank disputes."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _
from marketplace.disputes import queries, rules, service
from marketplace.disputes.schemas import AccountDraft
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from marketplace.work.queries import side_of

pages = Pages("disputes")


async def _show(request: Request, forms: dict[str, Form], status: int = 200) -> Response:
    who = viewer(request)
    contract, cases = await queries.of_contract(who, request.path_params["contract_id"])
    return render(
        request, "disputes/index.html", status, contract=contract, cases=cases, forms=forms,
        blank=blank(), side=side_of(who, contract), reason=rules.reason,
        decided_by=rules.decided_by, characters=rules.ACCOUNTS_CHARACTERS,
    )  # fmt: skip


@pages.get("/contracts/{contract_id:uuid}/disputes", guard=signed_in)
async def index(request: Request) -> Response:
    """What is going on, what each side can do, and by when."""
    return await _show(request, {})


@pages.post("/contracts/{contract_id:uuid}/disputes/{dispute}/accounts", guard=signed_in)
async def tell(request: Request) -> Response:
    """Keep what a side says happened."""
    contract_id, dispute = request.path_params["contract_id"], request.path_params["dispute"]
    await queries.one(viewer(request), contract_id, dispute)
    draft, form = validate(AccountDraft, await read_form(request))
    if draft is None:
        return await _show(request, {dispute: form}, 422)
    try:
        await service.tell(viewer(request), contract_id, dispute, draft)
    except Conflict as error:
        return await _show(request, {dispute: refused(form, error)}, error.status)
    done = _("Kept. It goes to the bank with the evidence.")
    return to(request, f"/contracts/{contract_id}/disputes", done)
