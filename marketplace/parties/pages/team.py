"""Owns the HTML pages of who acts for a party, and of invitations to; never decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.accounts.schemas import ProofDraft
from marketplace.accounts.service import asking
from marketplace.core import clock
from marketplace.core.errors import Conflict, Invalid, RelaisError, TooManyRequests
from marketplace.core.i18n import current_locale
from marketplace.parties import queries, service
from marketplace.parties.rules import Role
from marketplace.parties.schemas import InvitationDraft, RoleDraft, SignatoryDraft
from marketplace.web import links
from marketplace.web.errors import text_of
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import public, signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

D = TypeVar("D", bound=ProofDraft)
INVITE = "invite"
Refusal = (Invalid, Conflict, TooManyRequests)

pages = Pages("parties")


@pages.get("/parties/{id:uuid}/members", guard=signed_in)
async def team(request: Request) -> Response:
    """Who acts for the party, and who is invited to."""
    return await _team_page(request, blank(), INVITE)


async def _team_page(request: Request, form: Form, at: str, status: int = 200) -> Response:
    """The page; `form` is the one called `at` of its several, with what is wrong in it."""
    who = viewer(request)
    party = await queries.get(who, request.path_params["id"])
    role = await queries.role_of(who.person_id, party.id)
    return render(
        request, "parties/members.html", status, form=form, at=at, party=party,
        owner=role is Role.OWNER, members=await queries.members(who, party.id),
        invitations=await queries.open_invitations(who, party.id),
        delegations=await queries.delegations(who, party.id),
        proof=await asking.asked(who), noindex=True,
    )  # fmt: skip


async def _told(request: Request, form: Form, at: str, error: RelaisError) -> Response:
    """The page again, with why not beside the form that was sent."""
    return await _team_page(request, refused(form, error), at, error.status)


@pages.post("/parties/{id:uuid}/invitations", guard=signed_in)
async def invite(request: Request) -> Response:
    """Mail an invitation."""
    draft, form = validate(InvitationDraft, await read_form(request))
    if draft is None:
        return await _team_page(request, form, INVITE, 422)
    try:
        await service.invite(viewer(request), request.path_params["id"], draft)
    except Conflict as error:  # what is wrong with the address is said beside it
        form.errors["email"] = text_of((error.message, error.params), current_locale.get())
        return await _team_page(request, form, INVITE, 422)
    except Refusal as error:
        return await _told(request, form, INVITE, error)
    path = f"/parties/{request.path_params['id']}/members"
    return to(request, path, "The invitation is on its way.")


@pages.post("/parties/{id:uuid}/invitations/{invitation_id:uuid}/withdraw", guard=signed_in)
async def withdraw(request: Request) -> Response:
    """Make an invitation useless."""
    party_id: UUID = request.path_params["id"]
    await service.withdraw_invitation(
        viewer(request), party_id, request.path_params["invitation_id"]
    )
    return to(request, f"/parties/{party_id}/members", "The invitation is withdrawn.")


async def _refused(
    request: Request, shape: type[D], at: str, work: Callable[[D], Awaitable[None]]
) -> Response | None:
    """Do what a member's form asks; the page again, with why not, when it is refused."""
    draft, form = validate(shape, await read_form(request))
    if draft is None:
        return await _team_page(request, form, at, 422)
    try:
        await work(draft)
    except Refusal as error:
        return await _told(request, form, at, error)
    return None


@pages.post("/parties/{id:uuid}/members/{person_id:uuid}/role", guard=signed_in)
async def change_role(request: Request) -> Response:
    """Give a member another role."""
    party_id, person_id = request.path_params["id"], request.path_params["person_id"]

    async def work(draft: RoleDraft) -> None:
        await service.change_role(viewer(request), party_id, person_id, draft)

    refusal = await _refused(request, RoleDraft, f"role-{person_id}", work)
    return refusal or to(request, f"/parties/{party_id}/members", "Saved.")


@pages.post("/parties/{id:uuid}/members/{person_id:uuid}/signing", guard=signed_in)
async def signing(request: Request) -> Response:
    """Let a member sign for the party, or no longer."""
    party_id, person_id = request.path_params["id"], request.path_params["person_id"]
    done = to(request, f"/parties/{party_id}/members", "Saved.")
    if (await read_form(request)).get("stop"):
        await service.stop_signing(viewer(request), party_id, person_id)
        return done

    async def work(draft: SignatoryDraft) -> None:
        await service.let_sign(viewer(request), party_id, person_id, draft)

    return await _refused(request, SignatoryDraft, f"signing-{person_id}", work) or done


@pages.post("/parties/{id:uuid}/members/{person_id:uuid}/remove", guard=signed_in)
async def remove(request: Request) -> Response:
    """End a membership; who leaves themselves ends at their other parties."""
    who = viewer(request)
    party_id, person_id = request.path_params["id"], request.path_params["person_id"]

    async def work(draft: ProofDraft) -> None:
        await service.remove_member(who, party_id, person_id, draft)

    refusal = await _refused(request, ProofDraft, f"remove-{person_id}", work)
    if refusal is None and person_id == who.person_id:
        return to(request, "/parties", "You have left the team.")
    return refusal or to(request, f"/parties/{party_id}/members", "Removed from the team.")


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
