"""Owns the page where people set up an app as their second factor; never checks a code itself."""

from __future__ import annotations

from urllib.parse import quote

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from marketplace.accounts import queries
from marketplace.accounts.pages import proofs
from marketplace.accounts.pages.proofs import failed
from marketplace.accounts.rules import NoFactor
from marketplace.accounts.schemas import (
    AuthenticatorBegin,
    AuthenticatorCode,
    FactorDraft,
    ProofDraft,
)
from marketplace.accounts.service import authenticators, factors
from marketplace.accounts.service.factors import given
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("accounts")


async def _page(
    request: Request, form: Form, status: int = 200, spare: tuple[str, ...] = ()
) -> Response:
    who = viewer(request)
    secret = await authenticators.pending(who.person_id, who.session_token)
    name = settings().site_name
    address = (
        f"otpauth://totp/{quote(f'{name}:{who.person.email}')}?secret={secret}&issuer={quote(name)}"
    )
    response = render(
        request, "accounts/authenticator.html", status, tab="security", noindex=True, form=form,
        row=await queries.authenticator(who.person_id), spare=spare, secret=secret,
        address=address if secret else "", picture=_picture(address) if secret else "",
        codes_left=len(who.person.recovery_codes), proof=await proofs.asked(request),
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response


def _picture(address: str) -> Markup:
    """The address as a QR code (ISO/IEC 18004), dark on light in every theme for cameras."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(scale=4, dark="#000", light="#fff"))  # noqa: S704 - paths alone


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
        who = viewer(request)
        spare = await authenticators.confirm(who.person_id, who.session_token, draft.code)
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


async def _codes_page(
    request: Request, form: Form, status: int = 200, spare: tuple[str, ...] = ()
) -> Response:
    who = viewer(request)
    response = render(
        request, "accounts/recovery_codes.html", status, tab="security", noindex=True, form=form,
        spare=spare, codes_left=len(who.person.recovery_codes), proof=await proofs.asked(request),
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response


@pages.get("/account/recovery-codes", guard=signed_in)
async def recovery_codes(request: Request) -> Response:
    """How many recovery codes are left, and how to have others."""
    return await _codes_page(request, blank())


@pages.post("/account/recovery-codes", guard=signed_in)
async def renew_codes(request: Request) -> Response:
    """Replace the recovery codes; the new ones are shown this once."""
    who = viewer(request)
    draft, form = validate(ProofDraft, await read_form(request))
    if draft is None:
        return await _codes_page(request, form, 422)
    try:
        proof = given(draft, who.session_token)
        spare = await factors.renew_codes(who.person, draft.password, proof)
    except NoFactor as error:
        return await _codes_page(request, refused(form, error), error.status)
    except (Invalid, TooManyRequests) as error:
        return await _codes_page(request, *failed(form, error))
    return await _codes_page(request, blank(), 200, tuple(spare))
