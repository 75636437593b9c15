"""Owns the page of turnover against limits."""

from __future__ import annotations

from uuid import UUID

from babel import dates
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.billing.queries import radar as queries
from marketplace.billing.rules.radar import WHAT_FOLLOWS, YEARS_BACK
from marketplace.billing.schemas.radar import DeclaredDraft
from marketplace.billing.service import radar as service
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("billing")


@pages.get("/radar", guard=signed_in)
async def radars(request: Request) -> Response:
    """On to the viewer's assistant, the first of several."""
    who = viewer(request)
    mine = [each.party for each in who.parties if each.party.kind == "assistant"]
    path = f"/radar/{mine[0].id}" if mine else "/parties/new?kind=assistant"
    return RedirectResponse(f"/{request.state.locale}{path}", 303)


@pages.get("/radar/{party_id:uuid}", guard=signed_in)
async def radar(request: Request) -> Response:
    """The year's turnover, each limit, and the form for what was earned outside."""
    return await _page(request, request.path_params["party_id"])


@pages.post("/radar/{party_id:uuid}/declared", guard=signed_in)
async def declare(request: Request) -> Response:
    """Say what was earned outside."""
    party_id: UUID = request.path_params["party_id"]
    draft, form = validate(DeclaredDraft, await read_form(request))
    if draft is not None:
        try:
            await service.declare(viewer(request), party_id, draft)
        except Invalid as error:
            refused(form, error)
        else:
            return to(request, f"/radar/{party_id}", _("Saved."))
    return await _page(request, party_id, form)


async def _page(request: Request, party_id: UUID, form: Form | None = None) -> Response:
    who, locale = viewer(request), request.state.locale
    found = await queries.radar(who, party_id)
    known = found.declared.amount_minor if found.declared else 0
    typed = jurisdictions.amount_typed(known, found.currency, locale) if known else ""
    years = [found.year - back for back in range(YEARS_BACK + 1)]
    mine = [each.party for each in who.parties if each.party.kind == "assistant"]
    names = dates.get_month_names("wide", "stand-alone", locale)
    return render(
        request, "billing/radar.html", 422 if form else 200, found=found, noindex=True,
        form=form or blank({"year": str(found.year), "amount": typed}),
        years=[(str(year), str(year)) for year in years], mine=mine, follows=WHAT_FOLLOWS,
        months=[str(each) for each in names.values()],
        amount=lambda minor: jurisdictions.amount_text(minor, found.currency, locale),
    )  # fmt: skip
