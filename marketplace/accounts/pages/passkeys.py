"""Owns the pages where people add, name and remove passkeys; never checks an answer itself."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.accounts import queries
from marketplace.accounts.pages import proofs
from marketplace.accounts.pages.proofs import failed
from marketplace.accounts.schemas import AuthenticatorBegin, FactorDraft, PasskeyDraft, PasskeyName
from marketplace.accounts.service import devices, passkeys
from marketplace.accounts.service.factors import given
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _, gettext
from marketplace.web.forms import Form, blank, read_form, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("accounts")


async def _page(
    request: Request,
    form: Form,
    status: int = 200,
    *,
    spare: tuple[str, ...] = (),
    options: str = "",
) -> Response:
    who = viewer(request)
    response = render(
        request, "accounts/passkeys.html", status, tab="security", noindex=True, form=form,
        rows=await queries.passkeys(who.person_id), spare=spare, options=options,
        available=devices.available(), proof=await proofs.asked(request),
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response


@pages.get("/account/passkeys", guard=signed_in)
async def passkey_list(request: Request) -> Response:
    """The passkeys of the person, and how to add one."""
    return await _page(request, blank())


@pages.post("/account/passkeys/begin", guard=signed_in)
async def begin_passkey(request: Request) -> Response:
    """Password and second factor first; then the browser may make a passkey."""
    who = viewer(request)
    draft, form = validate(AuthenticatorBegin, await read_form(request))
    if draft is None:
        return await _page(request, form, 422)
    try:
        options = await passkeys.begin(
            who.person, draft.password, given(draft, who.session_token), who.session_token
        )
    except (Invalid, TooManyRequests) as error:
        return await _page(request, *failed(form, error))
    return await _page(request, blank({"name": gettext(_("My passkey"))}), options=options)


@pages.post("/account/passkeys", guard=signed_in)
async def add_passkey(request: Request) -> Response:
    """Keep the passkey that the browser made; the first one brings recovery codes."""
    who = viewer(request)
    draft, form = validate(PasskeyDraft, await read_form(request))
    if draft is None:
        return await _page(request, form, 422)
    try:
        _row, spare = await passkeys.add(
            who.person_id, who.session_token, draft.name, draft.passkey
        )
    except (Invalid, TooManyRequests) as error:
        return await _page(request, *failed(form, error))
    if spare:
        return await _page(request, blank(), spare=tuple(spare))
    return _back(request, _("The passkey is added."))


def _back(request: Request, message: str) -> Response:
    return to(request, "/account/passkeys", message)


@pages.post("/account/passkeys/{passkey_id:uuid}/name", guard=signed_in)
async def rename_passkey(request: Request) -> Response:
    """Call a passkey otherwise."""
    draft, form = validate(PasskeyName, await read_form(request))
    if draft is None:
        return await _page(request, form, 422)
    passkey_id: UUID = request.path_params["passkey_id"]
    await passkeys.rename(viewer(request).person_id, passkey_id, draft.name)
    return _back(request, _("The name is saved."))


@pages.post("/account/passkeys/{passkey_id:uuid}/remove", guard=signed_in)
async def remove_passkey(request: Request) -> Response:
    """Remove a passkey with the second factor."""
    draft, form = validate(FactorDraft, await read_form(request))
    if draft is None:
        return await _page(request, form, 422)
    passkey_id: UUID = request.path_params["passkey_id"]
    try:
        who = viewer(request)
        proof = given(draft, who.session_token)
        await passkeys.remove(who.person_id, passkey_id, proof)
    except (Invalid, TooManyRequests) as error:
        return await _page(request, *failed(form, error))
    return _back(request, _("The passkey is removed."))
