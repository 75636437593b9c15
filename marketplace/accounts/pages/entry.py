"""Owns the pages of sign-up, log-in and log-out; never a rule."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.accounts import queries
from marketplace.accounts.rules import (
    EmailUnverified,
    FactorNeeded,
    LinkExpired,
    Proves,
    Suspended,
    WrongCredentials,
    safe_next,
)
from marketplace.accounts.schemas import FactorDraft, LogInDraft, SignUpDraft
from marketplace.accounts.service import devices, sessions, signup
from marketplace.accounts.service.factors import Proof
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from marketplace.web import links, visitors
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import public, viewer
from marketplace.web.network import address, network
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.sessions import clear_session_cookie, cookie_name, set_session_cookie
from marketplace.web.templates import render

pages = Pages("accounts")
SECOND = "second"  # the ticket of the first step of logging in


def agent_of(request: Request) -> str:
    """The browser's description of itself."""
    return request.headers.get("user-agent", "")


@pages.get("/sign-up", guard=public)
async def sign_up_form(request: Request) -> Response:
    """Ask for name, address, password and what for."""
    if viewer(request).signed_in:
        return to(request, "/account")
    target = safe_next(request.query_params.get("next"), "")
    # Who was invited came for that, whatever else they may do later.
    wish = request.query_params.get("kind", "both" if target else "")
    form = blank({"intent": wish})
    return render(request, "accounts/sign_up.html", form=form, next=target, **_ways())


def _ways() -> dict[str, Any]:
    return {"providers": settings().oidc_providers, "noindex": True}


@pages.post("/sign-up", guard=public)
async def sign_up(request: Request) -> Response:
    """Begin an account; the answer is the same for a known address."""
    data = await read_form(request)
    target = safe_next(str(data.get("next", "")), "")
    draft, form = validate(SignUpDraft, data)
    shown: dict[str, Any] = {"next": target, **_ways()}
    if draft is None:
        return render(request, "accounts/sign_up.html", 422, form=form, **shown)
    draft = draft.model_copy(update={"locale": request.state.locale})
    try:
        await signup.sign_up(draft, network=network(request), next_path=target)
    except Invalid as error:
        return render(request, "accounts/sign_up.html", 422, form=refused(form, error), **shown)
    except TooManyRequests as error:
        return slow_down(request, "accounts/sign_up.html", form, error, target)
    return to(request, "/verify-email/sent")


def slow_down(
    request: Request, template: str, form: Form, error: TooManyRequests, target: str = ""
) -> Response:
    """The form again, with the seconds to wait."""
    form = refused(form, error)
    response = render(request, template, 429, form=form, next=target, **_ways())
    response.headers["retry-after"] = str(error.retry_after)
    return response


def where(request: Request) -> dict[str, str]:
    """Where a session begins, and the one it replaces."""
    return {
        "ip": address(request),
        "agent": agent_of(request),
        "previous": request.cookies.get(cookie_name(), ""),
    }


@pages.get("/log-in", guard=public)
async def log_in_form(request: Request) -> Response:
    """Ask for address and password, or offer the configured providers."""
    target = safe_next(request.query_params.get("next"), "")
    if viewer(request).signed_in:
        return RedirectResponse(target or f"/{request.state.locale}/account", 303)
    return render(request, "accounts/log_in.html", form=blank(), next=target, **_ways())


@pages.post("/log-in", guard=public)
async def log_in(request: Request) -> Response:
    """Open a session under a new secret and go where the person was heading."""
    data = await read_form(request)
    target = safe_next(str(data.get("next", "")), "")
    draft, form = validate(LogInDraft, data)
    if draft is None:
        return render(request, "accounts/log_in.html", 422, form=form, next=target, **_ways())
    try:
        token = await sessions.log_in(draft, **where(request))
    except TooManyRequests as error:
        return slow_down(request, "accounts/log_in.html", form, error, target)
    except FactorNeeded as needed:
        return second_step(request, needed, target)
    except (WrongCredentials, EmailUnverified, Suspended) as error:
        return render(
            request, "accounts/log_in.html", error.status, form=refused(form, error),
            next=target, unverified=isinstance(error, EmailUnverified), **_ways(),
        )  # fmt: skip
    return await _entered(request, token, target)


def second_step(request: Request, needed: FactorNeeded, target: str) -> Response:
    """Send who has done the first step to the second; the ticket travels in a cookie."""
    response = to(request, "/log-in/second" + (f"?{urlencode({'next': target})}" if target else ""))
    links.keep(response, SECOND, needed.ticket, sessions.TICKET_SECONDS)
    return response


async def _second(request: Request, form: Form, target: str, status: int = 200) -> Response:
    """Ask for the second factor of who has done the first step. Raises LinkExpired."""
    ticket = links.held(request, SECOND)
    passkey = await devices.to_prove(await sessions.holder(ticket), ticket, Proves.LOG_IN)
    return links.private(render(
        request, "accounts/second_factor.html", status, form=form, next=target, passkey=passkey,
        noindex=True,
    ))  # fmt: skip


def _too_late(request: Request) -> Response:
    response = to(request, "/log-in", _("That took too long. Please log in again."), "info")
    links.forget(response, SECOND)
    return response


@pages.get("/log-in/second", guard=public)
async def second_form(request: Request) -> Response:
    """Ask for a code of the app, a recovery code or a passkey."""
    try:
        return await _second(request, blank(), safe_next(request.query_params.get("next"), ""))
    except LinkExpired:
        return _too_late(request)


@pages.post("/log-in/second", guard=public)
async def log_in_second(request: Request) -> Response:
    """The second step: open the session, or ask again."""
    data = await read_form(request)
    target = safe_next(str(data.get("next", "")), "")
    draft, form = validate(FactorDraft, data)
    try:
        if draft is None:
            return await _second(request, form, target, 422)
        proof = Proof(draft.code, draft.passkey)
        token = await sessions.finish(links.held(request, SECOND), proof, **where(request))
    except LinkExpired:
        return _too_late(request)
    except TooManyRequests as error:
        return await _second(request, refused(form, error), target, error.status)
    except Invalid as error:
        return await _second(request, refused(form, error), target, 422)
    response = await _entered(request, token, target)
    links.forget(response, SECOND)
    return response


async def _entered(request: Request, token: str, target: str) -> Response:
    response = RedirectResponse(target or f"/{request.state.locale}/contracts", 303)
    set_session_cookie(response, token)
    person = await queries.person_by_session(token)
    if person is not None:
        await visitors.adopted(request, response, person.id)
    return response


@pages.post("/log-out", guard=public)
async def log_out(request: Request) -> Response:
    """End this browser's session."""
    token = viewer(request).session_token
    if token:
        await sessions.close_session(token)
    response = to(request, "/")
    clear_session_cookie(response)
    response.headers["clear-site-data"] = '"cache"'
    return response
