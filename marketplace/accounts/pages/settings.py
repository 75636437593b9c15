"""Owns the pages where people change their name, language, address, password, or leave."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.accounts import queries
from marketplace.accounts.pages.entry import to, with_message
from marketplace.accounts.rules import AccountInUse
from marketplace.accounts.schemas import (
    DeletionDraft,
    EmailChangeDraft,
    PasswordDraft,
    ProfileDraft,
)
from marketplace.accounts.service import profile, recovery
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _, gettext
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Pages
from marketplace.web.sessions import clear_session_cookie
from marketplace.web.templates import render, set_flash

pages = Pages("accounts")


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
    draft, form = validate(ProfileDraft, await read_form(request))
    if draft is None:
        return _profile_page(request, form, 422)
    person = await profile.update_profile(viewer(request).person_id, draft)
    response = RedirectResponse(f"/{person.locale}/account", 303)
    set_flash(response, gettext(_("Your account is up to date."), person.locale))
    return response


async def _security_page(request: Request, status: int = 200, **forms: Form) -> Response:
    who = viewer(request)
    shown = {"email_form": blank(), "password_form": blank(), "delete_form": blank(), **forms}
    pending = await queries.pending_email(who.person_id)
    return render(
        request, "accounts/security.html", status, tab="security", noindex=True,
        has_password=who.person.password_hash is not None, pending=pending, **shown,
    )  # fmt: skip


@pages.get("/account/security", guard=signed_in)
async def security(request: Request) -> Response:
    """Show address, password and the way out."""
    return await _security_page(request)


async def _refused(request: Request, name: str, form: Form, error: Exception) -> Response:
    if isinstance(error, TooManyRequests):
        response = await _security_page(request, 429, **{name: with_message(form, error)})
        response.headers["retry-after"] = str(error.retry_after)
        return response
    if isinstance(error, Invalid):
        return await _security_page(request, 422, **{name: refused(form, error)})
    raise error


@pages.post("/account/email", guard=signed_in)
async def change_email(request: Request) -> Response:
    """Mail a link to the new address."""
    draft, form = validate(EmailChangeDraft, await read_form(request))
    if draft is None:
        return await _security_page(request, 422, email_form=form)
    try:
        await profile.request_email_change(viewer(request).person, draft)
    except (Invalid, TooManyRequests) as error:
        return await _refused(request, "email_form", form, error)
    response = to(request, "/account/security")
    set_flash(response, gettext(_("Follow the link we sent to the new address.")), "info")
    return response


@pages.post("/account/password", guard=signed_in)
async def change_password(request: Request) -> Response:
    """Replace the password; other browsers are logged out."""
    who = viewer(request)
    draft, form = validate(PasswordDraft, await read_form(request))
    if draft is None:
        return await _security_page(request, 422, password_form=form)
    try:
        await recovery.change_password(who.person, draft, keep=who.session_token)
    except (Invalid, TooManyRequests) as error:
        return await _refused(request, "password_form", form, error)
    response = to(request, "/account/security")
    set_flash(response, gettext(_("Your password is changed. Other browsers were logged out.")))
    return response


@pages.post("/account/delete", guard=signed_in)
async def delete(request: Request) -> Response:
    """Erase the account, if nothing binds it."""
    draft, form = validate(DeletionDraft, await read_form(request))
    if draft is None:
        return await _security_page(request, 422, delete_form=form)
    try:
        await profile.delete_account(viewer(request).person, draft.password)
    except AccountInUse as error:
        form.errors["form"] = gettext(error.message)
        return await _security_page(request, 409, delete_form=form)
    except (Invalid, TooManyRequests) as error:
        return await _refused(request, "delete_form", form, error)
    response = to(request, "/")
    clear_session_cookie(response)
    set_flash(response, gettext(_("Your account is deleted.")), "info")
    return response
