"""Owns the pages that prove an address: a new account's, or a new address of one; never a rule."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.accounts import queries
from marketplace.accounts.models import EmailToken
from marketplace.accounts.pages.entry import slow_down, where
from marketplace.accounts.pages.proofs import failed
from marketplace.accounts.rules import LinkExpired, Purpose, landing_kind, safe_next
from marketplace.accounts.schemas import AddressDraft, LinkDraft, VerifyDraft
from marketplace.accounts.service import profile, sessions, signup
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _, gettext
from marketplace.web import links, visitors
from marketplace.web.forms import Form, blank, read_form, validate
from marketplace.web.guards import public, viewer
from marketplace.web.network import network
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.sessions import set_session_cookie
from marketplace.web.templates import render, set_flash

pages = Pages("accounts")


@pages.get("/verify-email/sent", guard=public)
async def verification_sent(request: Request) -> Response:
    """Say that mail is on its way, and offer to send it again."""
    return render(request, "accounts/verification_sent.html", form=blank(), noindex=True)


@pages.post("/verify-email/resend", guard=public)
async def resend(request: Request) -> Response:
    """Send the confirmation link again; the answer is the same for every address."""
    draft, form = validate(AddressDraft, await read_form(request))
    if draft is None:
        return render(request, "accounts/verification_sent.html", 422, form=form, noindex=True)
    try:
        await signup.resend(draft.email, network=network(request))
    except TooManyRequests as error:
        return slow_down(request, "accounts/verification_sent.html", form, error)
    done = _("If this address waits for confirmation, a new link is on its way.")
    return to(request, "/verify-email/sent", done)


@pages.get("/verify-email", guard=public)
@links.opens("verify")
async def verify_form(request: Request, token: str) -> Response:
    """Show a form: programs that open links in mail must not use them up."""
    try:
        link = await queries.open_link(token, _purpose(token))
    except LinkExpired:
        return _expired(request)
    return _ask(request, blank(), token, link)


def _ask(request: Request, form: Form, token: str, link: EmailToken, status: int = 200) -> Response:
    return render(
        request, "accounts/verify.html", status, form=form, token=token, email=link.email,
        change=link.purpose == Purpose.CHANGE.value, noindex=True,
    )  # fmt: skip


def _purpose(token: str) -> Purpose:
    return Purpose.CHANGE if token.startswith("c_") else Purpose.VERIFY


def _expired(request: Request) -> Response:
    return render(request, "accounts/link_expired.html", 410, form=blank(), noindex=True)


@pages.post("/verify-email", guard=public)
async def verify(request: Request) -> Response:
    """Use the link: confirm the address and log in, or make the new address the person's."""
    data = await read_form(request)
    draft, _form = validate(LinkDraft, data)
    if draft is None:
        return _expired(request)
    try:
        if _purpose(draft.token) is Purpose.VERIFY:
            return await _confirm(request, draft.token, *validate(VerifyDraft, data))
        await profile.confirm_email_change(draft.token)
    except LinkExpired:
        return _expired(request)
    home = "/account" if viewer(request).signed_in else "/log-in"
    response = to(request, home, _("Your e-mail address is changed."))
    links.forget(response, "verify")
    return response


async def _confirm(request: Request, token: str, draft: VerifyDraft | None, form: Form) -> Response:
    """Open the account and a session, or ask for the password again. Raises LinkExpired."""
    link = await queries.open_link(token, Purpose.VERIFY)
    if draft is None:
        return _ask(request, form, token, link, 422)
    try:
        done = await signup.verify_email(draft)
    except (Invalid, TooManyRequests) as error:
        form, status = failed(form, error)
        return _ask(request, form, token, link, status)
    first = f"/{request.state.locale}/parties/new?{urlencode({'kind': landing_kind(done.intent)})}"
    response = RedirectResponse(safe_next(done.next_path, first), 303)
    links.forget(response, "verify")
    set_flash(response, gettext(_("Your e-mail address is confirmed. Welcome!")))
    set_session_cookie(response, await sessions.open_session(done.person.id, **where(request)))
    await visitors.adopted(request, response, done.person.id)
    return response
