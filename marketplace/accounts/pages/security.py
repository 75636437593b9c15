"""Owns the pages of sessions, API tokens and connected providers; never a rule."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.accounts import queries
from marketplace.accounts.pages import proofs
from marketplace.accounts.rules import (
    SCOPE_LABELS,
    LastWayIn,
    TooManyTokens,
    device_name,
    scopes_for,
)
from marketplace.accounts.schemas import TokenDraft
from marketplace.accounts.service import identities, sessions, tokens
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _, gettext
from marketplace.core.ids import hash_token
from marketplace.core.settings import settings
from marketplace.web import links
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.sessions import clear_session_cookie
from marketplace.web.templates import render

pages = Pages("accounts")
NEW = "token"  # the secret of a token just made
NEW_SECONDS = 60


@pages.get("/account/sessions", guard=signed_in)
async def session_list(request: Request) -> Response:
    """Show where the person is logged in."""
    who = viewer(request)
    rows = await queries.sessions(who.person_id)
    current = await queries.session_by_token(who.session_token)
    shown = [
        (row, device_name(row.agent), current is not None and row.id == current.id) for row in rows
    ]
    return render(request, "accounts/sessions.html", sessions=shown, tab="sessions", noindex=True)


@pages.post("/account/sessions/{id:uuid}/revoke", guard=signed_in)
async def revoke_session(request: Request) -> Response:
    """Log one browser out."""
    await sessions.revoke_session(viewer(request).person_id, request.path_params["id"])
    return to(request, "/account/sessions", _("That browser is logged out."))


@pages.post("/account/sessions/revoke-all", guard=signed_in)
async def revoke_sessions(request: Request) -> Response:
    """Log every browser out, this one included, and end the API tokens."""
    await sessions.revoke_all(viewer(request).person_id)
    done = _("You are logged out everywhere, and your API tokens have ended.")
    response = to(request, "/log-in", done, "info")
    clear_session_cookie(response)
    return response


async def _tokens_page(
    request: Request, form: Form, status: int = 200, *, secret: str = ""
) -> Response:
    rows = await queries.api_tokens(viewer(request).person_id)
    if hash_token(secret) not in {row.token_hash for row in rows}:
        secret = ""  # of somebody who sat at this browser before
    offered = scopes_for(is_operator=viewer(request).is_operator)
    labels = [(scope.value, gettext(SCOPE_LABELS[scope]), scope.value) for scope in offered]
    response = render(
        request, "accounts/tokens.html", status, form=form, tokens=rows, scopes=labels,
        secret=secret, proof=await proofs.asked(request), tab="tokens", noindex=True,
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response


@pages.get("/account/tokens", guard=signed_in)
async def token_list(request: Request) -> Response:
    """Show the API tokens and a form for another; a new one's secret, this once."""
    secret = links.held(request, NEW)
    response = await _tokens_page(request, blank({"days": "90"}), secret=secret)
    if secret:
        links.forget(response, NEW)
    return response


@pages.post("/account/tokens", guard=signed_in)
async def create_token(request: Request) -> Response:
    """Make a token; its secret waits for the next page in a cookie, so that no reload makes two."""
    who = viewer(request)
    draft, form = validate(TokenDraft, await read_form(request))
    if draft is None:
        return await _tokens_page(request, form, 422)
    try:
        _row, secret = await tokens.ask_token(who.person, draft, who.session_token)
    except TooManyTokens as error:
        return await _tokens_page(request, refused(form, error), error.status)
    except (Invalid, TooManyRequests) as error:
        return await _tokens_page(request, *proofs.failed(form, error))
    response = to(request, "/account/tokens")
    links.keep(response, NEW, secret, NEW_SECONDS)
    return response


@pages.post("/account/tokens/{id:uuid}/revoke", guard=signed_in)
async def revoke_token(request: Request) -> Response:
    """Make one token useless."""
    await tokens.revoke_token(viewer(request).person_id, request.path_params["id"])
    return to(request, "/account/tokens", _("The token is revoked."))


@pages.get("/account/connected", guard=signed_in)
async def connected(request: Request) -> Response:
    """Show the providers, connected or not."""
    return await connected_page(request)


async def connected_page(
    request: Request, status: int = 200, problem: str = "", form: Form | None = None
) -> Response:
    """The providers, with what was wrong."""
    rows = await queries.identities(viewer(request).person_id)
    labels = {provider.name: provider.label for provider in settings().oidc_providers}
    held = {row.provider for row in rows}
    offered = [each for each in settings().oidc_providers if each.name not in held]
    return render(
        request, "accounts/connected.html", status, identities=rows, labels=labels,
        offered=offered, problem=problem, form=form or blank(),
        proof=await proofs.asked(request), tab="connected", noindex=True,
    )  # fmt: skip


@pages.post("/account/connected/{id:uuid}/remove", guard=signed_in)
async def disconnect(request: Request) -> Response:
    """Remove a provider, unless it is the only way in."""
    try:
        await identities.disconnect(viewer(request).person_id, request.path_params["id"])
    except LastWayIn as error:
        return await connected_page(request, error.status, gettext(error.message))
    return to(request, "/account/connected", _("The connection is removed."))
