"""Owns how refusals reach people and programs: an error page, or problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

import asyncpg
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Route
from tortoise.exceptions import DBConnectionError, OperationalError

from marketplace.core.db import is_away
from marketplace.core.errors import (
    Conflict,
    NotFound,
    RelaisError,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from marketplace.core.i18n import DEFAULT, LOCALES, _, gettext
from marketplace.web.referer import READS, form_of
from marketplace.web.sessions import load_viewer
from payments import errors as payments

if TYPE_CHECKING:
    from marketplace.web.unsent import Unsent

log = logging.getLogger("relais.web")
AWAY = (
    asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, DBConnectionError,
    OperationalError, ConnectionError, TimeoutError,
)  # fmt: skip
ONLY_SENT = 405
AGAIN = frozenset({429, 500, 503})
"""What passes, or is no fault of what was sent: it may be sent again as it was."""
AWAY_SECONDS = 5  # about what a part of ours needs to be started again


def locale_of(request: Request) -> str:
    """The locale of an address, else of `lang`, else the best of Accept-Language."""
    first = f"{request.scope['path']}/".split("/", 2)[1]
    for wish in (first, request.query_params.get("lang"), request.cookies.get("relais_lang")):
        if wish in LOCALES:
            return str(wish)
    for part in request.headers.get("accept-language", "").split(","):
        if part.strip()[:2].lower() in LOCALES:
            return part.strip()[:2].lower()
    return DEFAULT


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/webhooks/", "/health/"))


def text_of(message: str | tuple[str, dict[str, object]], locale: str) -> str:
    """A msgid, or a msgid with its parameters, in the locale."""
    if isinstance(message, tuple):
        return gettext(message[0], locale, **message[1])
    return gettext(message, locale)


def _wait(error: RelaisError) -> dict[str, str]:
    """When to come back, as a header, for the refusals that pass."""
    if isinstance(error, TooManyRequests):
        return {"retry-after": str(error.retry_after)}
    return {"retry-after": str(AWAY_SECONDS)} if error.status == Unavailable.status else {}


async def _log_in_first(request: Request) -> Response:
    """Lead to the log-in and back to the page, or to what was typed on it."""
    from marketplace.web import unsent

    if request.method in READS:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/{locale_of(request)}/log-in?next={quote(here)}", 303)
    if request.headers.get("hx-request") == "true":  # a preview: the page stays as it is
        return Response(status_code=204)
    try:
        return await unsent.log_in_first(request, locale_of(request), form_of(request))
    except TooLarge as error:
        return page(request, error)
    except HTTPException as error:
        return await on_http(request, error)


def problem(request: Request, error: RelaisError) -> Response:
    """The refusal as application/problem+json."""
    locale = locale_of(request)
    body: dict[str, object] = {
        "type": f"/errors/{error.code}",
        "title": gettext(error.message, locale, **error.params),
        "status": error.status,
        "code": error.code,
    }
    headers = _wait(error)
    if error.errors:
        body["errors"] = [
            {"field": field, "detail": text_of(message, locale)}
            for field, message in error.errors.items()
        ]
    if isinstance(error, Unauthenticated):
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(body, error.status, headers=headers, media_type="application/problem+json")


async def on_refusal(request: Request, error: Exception) -> Response:
    """Answer a RelaisError."""
    assert isinstance(error, RelaisError)
    if not _is_api(request) and isinstance(error, Unauthenticated):
        return await _log_in_first(request)
    return await _with_typed(request, error)


async def _with_typed(request: Request, error: RelaisError) -> Response:
    """The refusal; on a page, with what was typed in the form that it answers."""
    from marketplace.web import unsent

    plain = request.method in READS or request.headers.get("hx-request") == "true"
    if plain or _is_api(request) or error.status not in {Conflict.status, *AGAIN}:
        return refusal(request, error)
    return page(request, error, await unsent.given_back(request, form_of(request)), form=True)


def refusal(request: Request, error: RelaisError) -> Response:
    """The refusal as whoever asked can read it."""
    return problem(request, error) if _is_api(request) else page(request, error)


def page(
    request: Request, error: RelaisError, typed: Unsent | None = None, *, form: bool = False
) -> Response:
    """The refusal as a page that says what to do next.

    Of a refused `form`, with what was `typed`, to be sent again where that may help.
    """
    from marketplace.web.templates import render

    request.state.locale = locale_of(request)
    response = render(
        request, "errors/error.html", status=error.status, error=error,
        came_from=form_of(request), typed=typed, lost=form and typed is None,
        again=error.status in AGAIN,
    )  # fmt: skip
    response.headers.update(_wait(error))
    return response


async def _recognise(request: Request) -> None:
    """Find out who asks for an address without a guard; failing to is no reason to say more."""
    request.state.locale = locale_of(request)
    try:
        await load_viewer(request)
    except (RelaisError, *AWAY) as error:
        log.debug("nobody recognised at %s: %r", request.url.path[:200], error)  # anybody's word


_SAID = {
    400: _("What your browser sent did not arrive whole. Please send it again."),
    405: _("This address does not take that method."),
}


class _HttpRefusal(RelaisError):
    def __init__(self, error: HTTPException) -> None:
        super().__init__(_SAID.get(error.status_code))
        self.status = error.status_code  # type: ignore[misc]

    @property
    def code(self) -> str:
        return f"http_{self.status}"


def _is_page(request: Request, address: str) -> bool:
    """Whether the address answers to GET."""
    scope = {**request.scope, "method": "GET", "path": address, "root_path": ""}
    return any(
        isinstance(route, Route) and route.matches(scope)[0] is Match.FULL
        for route in request.app.routes
    )


def _localised(request: Request) -> str | None:
    """The page's address in the visitor's language, when only the language was left out."""
    address = f"/{locale_of(request)}{request.url.path}"
    if not _is_page(request, address):
        return None
    return address + (f"?{request.url.query}" if request.url.query else "")


def _above(request: Request) -> str:
    """The nearest page above an address that only takes a form.

    Browsers show that address above a refused form, and ask for it when the tab is opened again.
    """
    path = request.url.path
    while path := path.rstrip("/").rpartition("/")[0]:
        for address in (path, f"{path}/"):
            if _is_page(request, address):
                return address
    return "/"


async def on_http(request: Request, error: Exception) -> Response:
    """Answer Starlette's own refusals (404, 405, ...) like ours."""
    assert isinstance(error, HTTPException)
    if request.method in READS and not _is_api(request):
        if error.status_code == NotFound.status and (address := _localised(request)):
            return RedirectResponse(address, 302)
        if error.status_code == ONLY_SENT:
            return RedirectResponse(_above(request), 303)
    await _recognise(request)
    known = NotFound() if error.status_code == NotFound.status else _HttpRefusal(error)
    response = refusal(request, known)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


class ServerFault(RelaisError):
    """Our own fault; the details are in the log only."""

    status = 500
    message = "Something broke on our side. Please try again."


async def on_fault(request: Request, error: Exception) -> Response:
    """Answer what nobody foresaw, and log it."""
    log.error("%s %s", request.method, request.url.path, exc_info=error)
    try:
        return await _with_typed(request, ServerFault())
    except Exception:  # the error page itself may be what is broken
        log.exception("error page")
        return Response(ServerFault.message, 500, media_type="text/plain")


class MoneyRefused(RelaisError):
    """The payments refused: the funds, the parties or the stage do not allow this."""

    status = 409


class MoneyAway(RelaisError):
    """Stripe does not answer; movements wait and nothing is lost."""

    status = 503


def of_payments(error: payments.PaymentsError) -> RelaisError | None:
    """A refusal of the payments in our terms: outages pass (503), else 409; None for a bug."""
    bugs = (payments.InsideTransaction, payments.OutsideTransaction, payments.NotConfigured)
    if isinstance(error, bugs):
        return None
    kind = MoneyAway if isinstance(error, payments.StripeUnavailable) else MoneyRefused
    return kind(type(error).message)


async def on_payments(request: Request, error: Exception) -> Response:
    """Answer a refusal of the payments; bugs are ours."""
    assert isinstance(error, payments.PaymentsError)
    known = of_payments(error)
    if known is None:
        return await on_fault(request, error)
    return await _with_typed(request, known)


async def on_database(request: Request, error: Exception) -> Response:
    """Answer an outage of the database as such; every other of its errors is our own fault."""
    if not is_away(error):
        raise error
    log.warning("%s %s: the database is away: %r", request.method, request.url.path, error)
    return await _with_typed(request, Unavailable())


async def on_gone(request: Request, error: Exception) -> Response:
    """The browser went away in the middle of sending; nobody reads the answer."""
    del request, error
    return Response(status_code=400)


HANDLERS = {
    ClientDisconnect: on_gone,
    RelaisError: on_refusal,
    HTTPException: on_http,
    payments.PaymentsError: on_payments,
    **dict.fromkeys(AWAY, on_database),
    Exception: on_fault,
}

__all__ = ["HANDLERS", "locale_of", "of_payments", "problem", "text_of"]
