"""Owns the pages of a forgotten password; never tells whether an address is known."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.accounts import queries
from marketplace.accounts.rules import LinkExpired, Purpose
from marketplace.accounts.schemas import AddressDraft, ResetDraft
from marketplace.accounts.service import recovery
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _
from marketplace.web import links
from marketplace.web.forms import blank, read_form, refused, validate
from marketplace.web.guards import public
from marketplace.web.network import network
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.sessions import clear_session_cookie
from marketplace.web.templates import render

pages = Pages("accounts")


@pages.get("/forgotten-password", guard=public)
async def forgotten_form(request: Request) -> Response:
    """Ask for the address."""
    return render(request, "accounts/forgotten.html", form=blank(), sent=False, noindex=True)


@pages.post("/forgotten-password", guard=public)
async def forgotten(request: Request) -> Response:
    """Mail a link if the address is known; the answer is the same when it is not."""
    draft, form = validate(AddressDraft, await read_form(request))
    if draft is None:
        return render(request, "accounts/forgotten.html", 422, form=form, sent=False, noindex=True)
    try:
        await recovery.forgotten(draft.email, network=network(request))
    except TooManyRequests as error:
        response = render(
            request, "accounts/forgotten.html", 429, form=refused(form, error), sent=False,
            noindex=True,
        )  # fmt: skip
        response.headers["retry-after"] = str(error.retry_after)
        return response
    return to(request, "/forgotten-password/sent")


@pages.get("/forgotten-password/sent", guard=public)
async def forgotten_sent(request: Request) -> Response:
    """Say that mail is on its way if the address is known."""
    return render(request, "accounts/forgotten.html", form=blank(), sent=True, noindex=True)


@pages.get("/reset-password", guard=public)
@links.opens("reset")
async def reset_form(request: Request, token: str) -> Response:
    """Ask for the new password, while the link is good."""
    try:
        link = await queries.open_link(token, Purpose.RESET)
    except LinkExpired:
        return _expired(request)
    return _ask(request, blank(), token=token, email=link.email)


def _ask(request: Request, form: object, *, token: str, email: str, status: int = 200) -> Response:
    return render(
        request, "accounts/reset.html", status, form=form, token=token, email=email, noindex=True
    )


def _expired(request: Request) -> Response:
    return render(request, "accounts/link_expired.html", 410, form=blank(), noindex=True)


@pages.post("/reset-password", guard=public)
async def reset(request: Request) -> Response:
    """Write the new password and end every session, this browser's too."""
    data = await read_form(request)
    token = str(data.get("token", ""))
    try:
        link = await queries.open_link(token, Purpose.RESET)
        draft, form = validate(ResetDraft, data)
        if draft is None:
            return _ask(request, form, token=token, email=link.email, status=422)
        try:
            await recovery.reset_password(draft)
        except Invalid as error:
            return _ask(request, refused(form, error), token=token, email=link.email, status=422)
    except LinkExpired:
        return _expired(request)
    response = to(request, "/log-in", _("Your password is changed. Log in with the new one."))
    clear_session_cookie(response)
    links.forget(response, "reset")
    return response
