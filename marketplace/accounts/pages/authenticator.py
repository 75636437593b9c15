"""Owns the page where people set up an app as their second factor; never checks a code itself."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from marketplace.accounts import queries
from marketplace.accounts.pages import proofs
from marketplace.accounts.pages.proofs import failed
from marketplace.accounts.schemas import AuthenticatorBegin, AuthenticatorCode, FactorDraft
from marketplace.accounts.service import authenticators
from marketplace.accounts.service.factors import given
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from marketplace.web.forms import Form, blank, read_form, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("accounts")


async def _page(
    request: Request, form: Form, status: int = 200, spare: tuple[str, ...] = ()
) -> Response:
    who = viewer(request)
    secret = await authenticators.pending(who.person_id)
    name = settings().site_name
    address = (
        f"otpauth://totp/{quote(f'{name}:{who.person.email}')}?secret={secret}&issuer={quote(name)}"
    )
    response = render(
        request, "accounts/authenticator.html", status, tab="security", noindex=True, form=form,
        row=await queries.authenticator(who.person_id), spare=spare, secret=secret,
        address=address if secret else "", codes_left=len(who.person.recovery_codes),
        proof=await proofs.asked(request),
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response


@pages.get("/account/authenticator", guard=signed_in)
async def authenticator(request: Request) -> Response:
    """Whether there is an app, and the next step."""
    return await _page(request, blank())


@pages.post("/account/authenticator/begin", guard=signed_in)
async def begin_authenticator(request: Request) -> Response:
    """Make a secret to be typed into the app."""
    draft, form = validate(AuthenticatorBegin, await read_form(request))
    if draft is None:
        return await _page(request, form, 422)
    try:
        proof = given(draft, viewer(request).session_token)
        await authenticators.begin(viewer(request).person, draft.password, proof)
    except (Invalid, TooManyRequests) as error:
        return await _page(request, *failed(form, error))
    return to(request, "/account/authenticator")


@pages.post("/account/authenticator", guard=signed_in)
async def confirm_authenticator(request: Request) -> Response:
    """Turn it on with a first code; the recovery codes are shown this once."""
    draft, form = validate(AuthenticatorCode, await read_form(request))
    if draft is None:
        return await _page(request, form, 422)
    try:
        spare = await authenticators.confirm(viewer(request).person_id, draft.code)
    except (Invalid, TooManyRequests) as error:
        return await _page(request, *failed(form, error))
    return await _page(request, blank(), 200, tuple(spare))


@pages.post("/account/authenticator/remove", guard=signed_in)
async def remove_authenticator(request: Request) -> Response:
    """Turn it off with a code."""
    draft, form = validate(FactorDraft, await read_form(request))
    if draft is None:
        return await _page(request, form, 422)
    try:
        proof = given(draft, viewer(request).session_token)
        await authenticators.remove(viewer(request).person_id, proof)
    except (Invalid, TooManyRequests) as error:
        return await _page(request, *failed(form, error))
    return to(request, "/account/authenticator", _("The app is no longer asked for."), "info")
