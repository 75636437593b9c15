"""Owns the visits to OpenID providers as pages: out, back, and what they open; never a rule."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.accounts.models import SignInAttempt
from marketplace.accounts.pages.entry import agent_of, second_step
from marketplace.accounts.pages.proofs import failed
from marketplace.accounts.pages.security import connected_page
from marketplace.accounts.rules import (
    SIGN_IN_LIFE,
    AlreadyConnected,
    FactorNeeded,
    LinkFirst,
    SignInFailed,
    Suspended,
    safe_next,
)
from marketplace.accounts.schemas import ProofDraft
from marketplace.accounts.service import factors, identities, openid, sessions
from marketplace.core.errors import Invalid, TooManyRequests, Unavailable
from marketplace.core.i18n import _, gettext
from marketplace.core.settings import settings
from marketplace.web import ratelimit, visitors
from marketplace.web.forms import read_form, validate
from marketplace.web.guards import public, signed_in, viewer
from marketplace.web.network import address, network
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.sessions import cookie_name, set_session_cookie
from marketplace.web.templates import render, set_flash

pages = Pages("accounts")


def visit_cookie() -> str:
    """The cookie that binds a visit to the browser that began it."""
    return "__Host-relais_visit" if settings().secure_cookies else "relais_visit"


def _remember(response: Response, secret: str) -> None:
    response.set_cookie(
        visit_cookie(), secret, max_age=int(SIGN_IN_LIFE.total_seconds()), httponly=True,
        secure=settings().secure_cookies, samesite="lax", path="/",
    )  # fmt: skip


@pages.get("/sign-in/{provider}", guard=public)
async def begin(request: Request) -> Response:
    """Send the browser to the provider. A link, not a form: form-action binds redirects too."""
    await ratelimit.hit(f"sign-in:ip:{network(request)}", per_minute=30, burst=60)
    target = safe_next(request.query_params.get("next"), "")
    visit = await openid.begin(
        request.path_params["provider"], next_path=target, locale=request.state.locale,
        again="again" in request.query_params,
    )  # fmt: skip
    response = RedirectResponse(visit.url, 303)
    _remember(response, visit.browser_secret)
    return response


@pages.post("/account/connected/{provider}", guard=signed_in)
async def begin_connecting(request: Request) -> Response:
    """Show the way to the provider: a POST, so that no other site can start it for somebody."""
    provider = openid.provider_named(request.path_params["provider"])
    who = viewer(request)
    draft, form = validate(ProofDraft, await read_form(request))
    if draft is None:
        return await connected_page(request, 422, form=form)
    try:  # another way into the account is as much as another password
        await factors.prove(who.person, draft.password, factors.given(draft, who.session_token))
    except (Invalid, TooManyRequests) as error:
        form, status = failed(form, error)
        return await connected_page(request, status, form=form)
    locale = request.state.locale
    visit = await openid.begin(
        provider.name,
        next_path=f"/{locale}/account/connected",
        locale=locale,
        person_id=who.person_id,
    )
    response = render(
        request, "accounts/leaving.html", label=provider.label, address=visit.url, noindex=True
    )
    response.headers["refresh"] = f"0; url={visit.url}"
    _remember(response, visit.browser_secret)
    return response


@pages.get("/sign-in/{provider}/callback", guard=public, localised=False)
async def callback(request: Request) -> Response:
    """Receive the provider's answer and open, or connect, the account it proves."""
    asked = request.query_params
    attempt = await openid.take_attempt(
        request.path_params["provider"],
        state=asked.get("state", ""),
        browser_secret=request.cookies.get(visit_cookie(), ""),
    )
    request.state.locale = attempt.locale
    try:
        response = await _finish(request, attempt)
    except (LinkFirst, AlreadyConnected, SignInFailed, Suspended, Unavailable) as error:
        connecting = attempt.person_id is not None and viewer(request).signed_in
        where = "/account/connected" if connecting else "/log-in"
        response = to(request, where, error.message, "danger", **error.params)
    response.delete_cookie(
        visit_cookie(), path="/", httponly=True, secure=settings().secure_cookies, samesite="lax"
    )
    return response


async def _finish(request: Request, attempt: SignInAttempt) -> Response:
    asked = request.query_params
    if asked.get("error") or not asked.get("code"):
        where = "/log-in" if attempt.person_id is None else "/account/connected"
        return to(request, where, _("The sign-in was cancelled."), "info")
    if attempt.person_id is not None:
        return await _connect(request, attempt, asked["code"])
    return await _sign_in(request, attempt, asked["code"])


async def _connect(request: Request, attempt: SignInAttempt, code: str) -> Response:
    who = viewer(request)
    if not who.signed_in or attempt.person_id != who.person_id:
        raise SignInFailed
    claims = await openid.claims(attempt, code)
    await identities.connect(who.person_id, claims)
    response = RedirectResponse(attempt.next_path, 303)
    text = gettext(
        _("%(provider)s is connected to your account."), attempt.locale,
        provider=claims.provider.label,
    )  # fmt: skip
    set_flash(response, text)
    return response


async def _sign_in(request: Request, attempt: SignInAttempt, code: str) -> Response:
    claims = await openid.claims(attempt, code)
    person, is_new = await identities.sign_in(claims, locale=attempt.locale)
    fallback = "/parties/new" if is_new else "/contracts"
    target = attempt.next_path or f"/{attempt.locale}{fallback}"
    try:
        token = await sessions.enter(
            person.id,
            ip=address(request),
            agent=agent_of(request),
            previous=request.cookies.get(cookie_name(), ""),
        )
    except FactorNeeded as needed:
        return second_step(request, needed, target)
    response = RedirectResponse(target, 303)
    set_session_cookie(response, token)
    await visitors.adopted(request, response, person.id)
    return response
