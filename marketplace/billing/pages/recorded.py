"""Owns the page of payments made outside and recorded here."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.billing.queries import recorded as queries
from marketplace.billing.rules.recorded import METHODS
from marketplace.billing.schemas.recorded import ObjectionDraft, RecordedDraft
from marketplace.billing.service import recorded as service
from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _, gettext
from marketplace.core.ids import new_id
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from marketplace.work import queries as work

pages = Pages("billing")


def _back(request: Request, unit_id: object, message: str) -> Response:
    return to(request, f"/units/{unit_id}/payments", message)


async def _page(
    request: Request, unit_id: object, form: Form, objection: Form | None = None
) -> Response:
    who = viewer(request)
    found = await queries.record(who, unit_id)  # type: ignore[arg-type]
    contract = found.unit.contract
    wrong = form.errors or (objection is not None and objection.errors)
    return render(
        request, "billing/payments.html", status=422 if wrong else 200, record=found,
        unit=found.unit, contract=contract, side=work.side_of(who, contract), form=form,
        objection=objection or blank(), methods=[(m.value, gettext(t)) for m, t in METHODS.items()],
        today=clock.today(contract.time_zone), new_id=new_id(),
    )  # fmt: skip


@pages.get("/units/{unit_id:uuid}/payments", guard=signed_in)
async def payments(request: Request) -> Response:
    """What was paid outside for a part, what is due, and who must say something."""
    return await _page(request, request.path_params["unit_id"], blank())


@pages.post("/units/{unit_id:uuid}/payments", guard=signed_in)
async def record(request: Request) -> Response:
    """Record a payment (business)."""
    unit_id = request.path_params["unit_id"]
    draft, form = validate(RecordedDraft, await read_form(request))
    if draft is None:
        return await _page(request, unit_id, form)
    try:
        await service.record(viewer(request), unit_id, draft)
    except Invalid as error:
        return await _page(request, unit_id, refused(form, error))
    return _back(request, unit_id, _("Recorded. Your assistant is asked to confirm it."))


@pages.post("/recorded-payments/{payment_id:uuid}/confirm", guard=signed_in)
async def confirm(request: Request) -> Response:
    """Say that it arrived (assistant)."""
    row = await service.confirm(viewer(request), request.path_params["payment_id"])
    return _back(request, row.unit_id, _("Confirmed. The payment counts now."))


@pages.post("/recorded-payments/{payment_id:uuid}/dispute", guard=signed_in)
async def dispute(request: Request) -> Response:
    """Say that it did not arrive, and why (assistant)."""
    payment_id = request.path_params["payment_id"]
    shown, unit = await queries.payment(viewer(request), payment_id)
    draft, form = validate(ObjectionDraft, await read_form(request))
    if draft is None:
        return await _page(request, unit.id, blank(), form)
    await service.dispute(viewer(request), shown.id, draft)
    return _back(request, unit.id, _("The client has been told. You can still confirm it later."))


@pages.post("/recorded-payments/{payment_id:uuid}/withdraw", guard=signed_in)
async def withdraw(request: Request) -> Response:
    """Take back what was recorded by mistake (business)."""
    row = await service.withdraw(viewer(request), request.path_params["payment_id"])
    return _back(request, row.unit_id, _("Taken back. It no longer counts."))
