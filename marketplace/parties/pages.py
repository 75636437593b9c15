"""Owns the HTML pages of parties and their teams; never decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.accounts.rules import safe_next
from marketplace.core import clock
from marketplace.core.errors import Invalid, RelaisError
from marketplace.core.i18n import gettext
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries, service
from marketplace.parties.rules import LastOwner, PartyKind, Role
from marketplace.parties.schemas import InvitationDraft, PartyDraft, PartyView, SignatoryDraft
from marketplace.places import queries as places
from marketplace.web import links
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import public, signed_in, viewer
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


@pages.get("/parties/{id:uuid}/members", guard=signed_in)
async def team(request: Request) -> Response:
    """Who acts for the party, and who is invited to."""
    return await _team_page(request, blank({"role": Role.MEMBER.value}))


async def _team_page(request: Request, form: Form, status: int = 200) -> Response:
    who = viewer(request)
    party = await queries.get(who, request.path_params["id"])
    role = await queries.role_of(who.person_id, party.id)
    return render(
        request, "parties/members.html", status, form=form, party=party, owner=role is Role.OWNER,
        members=await queries.members(who, party.id),
        invitations=await queries.open_invitations(who, party.id),
        delegations=await queries.delegations(who, party.id), noindex=True,
    )  # fmt: skip


async def _last_owner(request: Request, error: LastOwner) -> Response:
    form = blank({"role": Role.MEMBER.value})
    form.errors["form"] = gettext(error.message, request.state.locale)
    return await _team_page(request, form, error.status)


@pages.post("/parties/{id:uuid}/invitations", guard=signed_in)
async def invite(request: Request) -> Response:
    """Mail an invitation."""
    draft, form = validate(InvitationDraft, await read_form(request))
    if draft is not None:
        try:
            await service.invite(viewer(request), request.path_params["id"], draft)
        except RelaisError as error:
            if error.status != 409:  # what is wrong with the address is said beside it
                raise
            form.errors["email"] = gettext(error.message, request.state.locale)
        else:
            path = f"/parties/{request.path_params['id']}/members"
            return to(request, path, "The invitation is on its way.")
    return await _team_page(request, form, 422)


@pages.post("/parties/{id:uuid}/invitations/{invitation_id:uuid}/withdraw", guard=signed_in)
async def withdraw(request: Request) -> Response:
    """Make an invitation useless."""
    party_id: UUID = request.path_params["id"]
    await service.withdraw_invitation(
        viewer(request), party_id, request.path_params["invitation_id"]
    )
    return to(request, f"/parties/{party_id}/members", "The invitation is withdrawn.")


@pages.post("/parties/{id:uuid}/members/{person_id:uuid}/role", guard=signed_in)
async def change_role(request: Request) -> Response:
    """Give a member another role."""
    party_id, person_id = request.path_params["id"], request.path_params["person_id"]
    asked = str((await read_form(request)).get("role", ""))
    role = Role(asked) if asked in set(Role) else Role.MEMBER
    try:
        await service.change_role(viewer(request), party_id, person_id, role)
    except LastOwner as error:
        return await _last_owner(request, error)
    return to(request, f"/parties/{party_id}/members", "Saved.")


@pages.post("/parties/{id:uuid}/members/{person_id:uuid}/signing", guard=signed_in)
async def signing(request: Request) -> Response:
    """Let a member sign for the party, or no longer: without a capacity the leave is taken back."""
    party_id, person_id = request.path_params["id"], request.path_params["person_id"]
    data = await read_form(request)
    if data.get("stop"):
        await service.stop_signing(viewer(request), party_id, person_id)
    else:
        draft, form = validate(SignatoryDraft, data)
        if draft is None:
            return await _team_page(request, form, 422)
        await service.let_sign(viewer(request), party_id, person_id, draft.capacity)
    return to(request, f"/parties/{party_id}/members", "Saved.")


@pages.post("/parties/{id:uuid}/members/{person_id:uuid}/remove", guard=signed_in)
async def remove(request: Request) -> Response:
    """End a membership; who leaves themselves ends at their other parties."""
    who = viewer(request)
    party_id, person_id = request.path_params["id"], request.path_params["person_id"]
    try:
        await service.remove_member(who, party_id, person_id)
    except LastOwner as error:
        return await _last_owner(request, error)
    if person_id == who.person_id:
        return to(request, "/parties", "You have left the team.")
    return to(request, f"/parties/{party_id}/members", "Removed from the team.")


@pages.get("/invitations", guard=public)
@links.opens("invitation", links.DAY)
async def invitation(request: Request, token: str) -> Response:
    """What an invitation is about, to be accepted with the invited account."""
    found = await queries.invitation(token)
    over = found.accepted_at or found.revoked_at or found.expires_at <= clock.now()
    shown: dict[str, Any] = {
        "invitation": found,
        "over": bool(over),
        "token": token,
        "noindex": True,
    }
    return render(request, "parties/invitation.html", **shown)


@pages.get("/invitations/{mailed}", guard=public)
async def mailed_invitation(request: Request) -> Response:
    """Lead on from the link of an older mail, whose token is a part of the path."""
    at = f"/{request.state.locale}/invitations"
    return links.opened("invitation", request.path_params["mailed"], links.DAY, at)


@pages.post("/invitations", guard=signed_in)
async def accept(request: Request) -> Response:
    """Join the party."""
    token = str((await read_form(request)).get("token", ""))
    membership = await service.accept_invitation(viewer(request), token)
    response = to(request, f"/parties/{membership.party_id}", "Welcome to the team.")
    links.forget(response, "invitation")
    return response
