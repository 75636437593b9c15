"""Owns the pages of a seller's year, of what tax offices ask of it, and a client's diligence."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core import clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _
from marketplace.invoicing.queries import reports as queries
from marketplace.invoicing.rules import dpi
from marketplace.invoicing.schemas import SellerDetailsView, SellerDraft
from marketplace.invoicing.service import diligence, reports
from marketplace.parties import queries as parties
from marketplace.places import queries as places
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("invoicing")
PARTY = "/parties/{party_id:uuid}"
# Where a French seller reads what is due: to be linked at each year (CGI, art. 242 bis, 1).
OFFICES = (
    ("impots.gouv.fr", "https://www.impots.gouv.fr/node/15850"),
    ("urssaf.fr", "https://www.urssaf.fr/accueil/economie-collaborative.html"),
)


@pages.get(PARTY + "/years/{year:int}", guard=signed_in)
async def year(request: Request) -> Response:
    """What a party earned in a year, by quarter: its copy of what is reported."""
    number = int(request.path_params["year"])
    who = viewer(request)
    party, figures, regime = await queries.seller_year(who, request.path_params["party_id"], number)
    this_year = clock.today(queries.zone()).year
    details = await queries.details_of(party.id)
    lacks = dpi.lacks(queries.reported(party, details)) if regime else []
    return render(
        request, "invoicing/year.html", party=party, figures=figures, regime=regime, year=number,
        over=number < this_year, offices=OFFICES, years=[this_year, this_year - 1], lacks=lacks,
    )  # fmt: skip


@pages.get("/contracts/{contract_id:uuid}/diligence.zip", guard=signed_in)
async def diligence_zip(request: Request) -> Response:
    """The client's dated proof of diligence about the assistant."""
    name, content = await diligence.pack(viewer(request), request.path_params["contract_id"])
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type="application/zip", headers=headers)


@pages.get(PARTY + "/tax-details", guard=signed_in)
async def details(request: Request) -> Response:
    """What tax offices ask of this seller."""
    return await _details(request, blank())


async def _details(request: Request, form: Form, status: int = 200) -> Response:
    who, party_id = viewer(request), request.path_params["party_id"]
    party = await parties.get(who, party_id)
    if party.kind is not parties.PartyKind.ASSISTANT:
        raise NotFound
    await parties.require_owner(who, party_id)
    kept = SellerDetailsView.of(await queries.details_of(party_id))
    locale = request.state.locale
    return render(
        request, "invoicing/details.html", status, party=party, form=form, kept=kept,
        person=queries.is_person(party), countries=places.countries(locale),
    )  # fmt: skip


@pages.post(PARTY + "/tax-details", guard=signed_in)
async def save_details(request: Request) -> Response:
    """Keep it."""
    party_id: UUID = request.path_params["party_id"]
    who = viewer(request)
    await parties.require_owner(who, party_id)
    draft, form = validate(SellerDraft, await read_form(request))
    if draft is None:
        return await _details(request, form, 422)
    try:
        await reports.save_details(who, party_id, draft)
    except Invalid as error:
        return await _details(request, refused(form, error), 422)
    done = _("Kept. Only you and the tax office see it.")
    return to(request, f"/parties/{party_id}/tax-details", done)
