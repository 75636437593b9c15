"""Owns the pages where people change their name, language, address and password."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.accounts import queries
from marketplace.accounts.pages import proofs
from marketplace.accounts.schemas import (
    EmailChangeDraft,
    OwnDraft,
    PasswordDraft,
)
from marketplace.accounts.service import profile, recovery
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _
from marketplace.web.forms import Form, blank, read_form, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("accounts")
Refusal = Invalid | TooManyRequests


def _profile_page(request: Request, form: Form, status: int = 200) -> Response:
    return render(request, "accounts/profile.html", status, form=form, tab="profile", noindex=True)


@pages.get("/account", guard=signed_in)
async def account(request: Request) -> Response:
    """Show name and language."""
    person = viewer(request).person
    return _profile_page(request, blank({"name": person.name, "locale": person.locale}))


@pages.post("/account", guard=signed_in)
async def save_profile(request: Request) -> Response:
    """Write name and language; the next page is in the language chosen."""
    draft, form = validate(OwnDraft, await read_form(request))
    if draft is None:
        return _profile_page(request, form, 422)
    person = await profile.update_profile(viewer(request).person_id, draft)
    request.state.locale = person.locale
    return to(request, "/account", _("Your account is up to date."))


async def _security_page(request: Request, status: int = 200, **forms: Form) -> Response:
    who = viewer(request)
    shown = {"email_form": blank(), "password_form": blank(), **forms}
    pending = await queries.pending_email(who.person_id)
    return render(
        request, "accounts/security.html", status, tab="security", noindex=True,
        proof=await proofs.asked(request), pending=pending, **shown,
    )  # fmt: skip


@pages.get("/account/security", guard=signed_in)
async def security(request: Request) -> Response:
    """Show address and password."""
    return await _security_page(request)


async def _refused(request: Request, name: str, form: Form, error: Refusal) -> Response:
    form, status = proofs.failed(form, error)
    response = await _security_page(request, status, **{name: form})
    if isinstance(error, TooManyRequests):
        response.headers["retry-after"] = str(error.retry_after)
    return response


@pages.post("/account/email", guard=signed_in)
async def change_email(request: Request) -> Response:
    """Mail a link to the new address."""
    draft, form = validate(EmailChangeDraft, await read_form(request))
    if draft is None:
        return await _security_page(request, 422, email_form=form)
    try:
        who = viewer(request)
        await profile.request_email_change(who.person, draft, who.session_token)
    except (Invalid, TooManyRequests) as error:
        return await _refused(request, "email_form", form, error)
    return to(
        request, "/account/security", _("Follow the link we sent to the new address."), "info"
    )


@pages.post("/account/password", guard=signed_in)
async def change_password(request: Request) -> Response:
    """Replace the password; other browsers and API tokens are done with."""
    who = viewer(request)
    draft, form = validate(PasswordDraft, await read_form(request))
    if draft is None:
        return await _security_page(request, 422, password_form=form)
    try:
        await recovery.change_password(who.person, draft, who.session_token)
    except (Invalid, TooManyRequests) as error:
        return await _refused(request, "password_form", form, error)
    done = _("Your password is changed. Other browsers were logged out, and API tokens ended.")
    return to(request, "/account/security", done)
