"""Owns the HTML pages of parties' identities; never decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.accounts.rules import safe_next
from marketplace.core.errors import Invalid
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries, service
from marketplace.parties.rules import PartyKind, Role
from marketplace.parties.schemas import PartyDraft, PartyView
from marketplace.places import queries as places
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

DEFAULT_JURISDICTION = "FR"

pages = Pages("parties")


def _kind(request: Request) -> PartyKind | None:
    asked = request.query_params.get("kind", "")
    return PartyKind(asked) if asked in set(PartyKind) else None


def _next(request: Request) -> str:
    """Where to go after creating, if the address names a page of ours."""
    return safe_next(request.query_params.get("next"), "")


@pages.get("/parties", guard=signed_in)
async def mine(request: Request) -> Response:
    """The parties the person acts for."""
    found = await queries.for_person(viewer(request).person_id)
    waiting = await queries.waiting_for(viewer(request))
    return render(request, "parties/mine.html", memberships=found, waiting=waiting, noindex=True)


@pages.get("/parties/new", guard=signed_in)
async def new(request: Request) -> Response:
    """Choose a side, then give the identity; the place decides what is asked."""
    kind = _kind(request)
    if kind is None:
        waiting = await queries.waiting_for(viewer(request))
        return render(request, "parties/choose.html", waiting=waiting, noindex=True)
    place = jurisdictions.find(request.query_params.get("jurisdiction", ""))
    name = viewer(request).person.name
    initial = {"representative_name": name}
    if kind is PartyKind.ASSISTANT:
        initial["legal_name"] = name
    chosen = place or jurisdictions.get(DEFAULT_JURISDICTION)
    form = blank({**initial, **_defaults(chosen, kind)})
    return _form_page(
        request, form, kind, chosen, waiting=await queries.waiting_for(viewer(request))
    )


@pages.post("/parties/new", guard=signed_in)
async def create(request: Request) -> Response:
    """Create the party; an assistant goes on to the profile."""
    data = await read_form(request)
    if _another_country(data):
        return _reshown(request, data, None)
    draft, form = validate(PartyDraft, data)
    if draft is not None:
        try:
            party = await service.create(viewer(request), draft)
        except Invalid as error:
            refused(form, error)
        else:
            onward = "/profile" if party.kind is PartyKind.ASSISTANT else f"/parties/{party.id}"
            if target := _next(request):
                return RedirectResponse(target, 303)
            return to(request, onward, "Saved. You can change it at any time.")
    return _again(request, form, data, None)


@pages.get("/parties/{id:uuid}", guard=signed_in)
async def show(request: Request) -> Response:
    """One party: its identity and where to go from here."""
    party = await queries.get(viewer(request), request.path_params["id"])
    role = await queries.role_of(viewer(request).person_id, party.id)
    place = jurisdictions.get(party.jurisdiction)
    return render(
        request, "parties/show.html", party=party, place=place, owner=role is Role.OWNER,
        form_=place.legal_form(party.legal_form), status_=place.tax_status(party.tax_status),
        country=places.country_name(party.country, request.state.locale),
        checks=await jurisdictions.checked(party), noindex=True,
    )  # fmt: skip


@pages.post("/parties/{id:uuid}/checks", guard=signed_in)
async def check(request: Request) -> Response:
    """Have the numbers checked again."""
    party_id: UUID = request.path_params["id"]
    await service.checks.ask_again(viewer(request), party_id)
    return to(request, f"/parties/{party_id}", "The registers are asked. Look again in a minute.")


@pages.get("/parties/{id:uuid}/edit", guard=signed_in)
async def edit(request: Request) -> Response:
    """The identity as a form."""
    party = await queries.get(viewer(request), request.path_params["id"])
    await queries.require_owner(viewer(request), party.id)
    asked = jurisdictions.find(request.query_params.get("jurisdiction", ""))
    place = asked or jurisdictions.get(party.jurisdiction)
    form = blank(PartyView.of(party).model_dump(mode="json"))
    return _form_page(request, form, party.kind, place, party)


@pages.post("/parties/{id:uuid}/edit", guard=signed_in)
async def update(request: Request) -> Response:
    """Save the identity."""
    party = await queries.get(viewer(request), request.path_params["id"])
    data = await read_form(request)
    if _another_country(data):
        return _reshown(request, data, party)
    draft, form = validate(PartyDraft, data)
    if draft is not None:
        try:
            await service.update(viewer(request), party.id, draft)
        except Invalid as error:
            refused(form, error)
        else:
            return to(request, f"/parties/{party.id}", "Saved.")
    return _again(request, form, data, party)


def _defaults(place: Any, kind: PartyKind) -> dict[str, str]:
    """The likeliest answers: a sole trader assistant, a registered business."""
    forms = [form for form in place.legal_forms if form.personal == (kind is PartyKind.ASSISTANT)]
    form = (forms or list(place.legal_forms))[0]
    wanted = kind is PartyKind.BUSINESS
    statuses = [each for each in place.tax_statuses if each.charges_vat == wanted]
    status = (statuses or list(place.tax_statuses))[0]
    return {"jurisdiction": place.code, "legal_form": form.code, "tax_status": status.code}


def _kind_of(data: FormData) -> PartyKind:
    asked = str(data.get("kind", ""))
    return PartyKind(asked) if asked in set(PartyKind) else PartyKind.ASSISTANT


def _another_country(data: FormData) -> bool:
    """Whether the form asked what another country asks: its answers are not those of this one."""
    drawn = data.get("drawn_for", "")
    return "show" in data or bool(drawn and drawn != data.get("jurisdiction", ""))


def _reshown(request: Request, data: FormData, party: Any) -> Response:
    place = jurisdictions.find(str(data.get("jurisdiction", "")))
    chosen = place or jurisdictions.get(DEFAULT_JURISDICTION)
    kind = party.kind if party else _kind_of(data)
    kept = {key: value for key, value in data.items() if isinstance(value, str)}
    fitting = _defaults(chosen, kind)
    if chosen.legal_form(kept.get("legal_form", "")):
        del fitting["legal_form"]
    if chosen.tax_status(kept.get("tax_status", "")):
        del fitting["tax_status"]
    turned = kept.get("drawn_for", "") != chosen.code
    form = blank({**kept, **fitting})
    return _form_page(request, form, kind, chosen, party, turned=turned)


def _again(request: Request, form: Form, data: FormData, party: Any) -> Response:
    place = jurisdictions.find(str(data.get("jurisdiction", "")))
    kind = party.kind if party else _kind_of(data)
    chosen = place or jurisdictions.get(DEFAULT_JURISDICTION)
    return _form_page(request, form, kind, chosen, party, 422)


def _form_page(
    request: Request, form: Form, kind: PartyKind, place: Any, party: Any = None,
    status: int = 200, *, waiting: Sequence[Any] = (), turned: bool = False,
) -> Response:  # fmt: skip
    locale = request.state.locale
    asked = places.regions(place.country) if place.code in {"CA", "US"} else []
    return render(
        request, "parties/form.html", status, form=form, kind=kind.value, place=place, party=party,
        jurisdictions=[(each.code, each.name(locale)) for each in jurisdictions.all(locale)],
        regions=[(each.code, each.name(locale)) for each in asked],
        numbers=_number_labels(place, locale), next=_next(request),
        waiting=waiting, turned=turned, noindex=True,
    )  # fmt: skip


def _number_labels(place: Any, locale: str) -> list[tuple[str, str]]:
    """Each kind of registration number of the place with an example."""
    kinds: dict[str, tuple[str, str]] = {}
    for form in place.legal_forms:
        number = form.registration
        kinds.setdefault(number.kind, (number.label(locale), number.example))
    return list(kinds.values())
