"""Owns who may reach a route at all; row-level access is each feature's queries' business.

A guard is an async function of the request that raises; every route names one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request

from marketplace.core.db import is_away
from marketplace.core.errors import Forbidden, NotFound, NotInPerson, Unauthenticated
from marketplace.core.settings import settings
from marketplace.web.sessions import Viewer, load_viewer, viewer

Guard = Callable[[Request], Awaitable[None]]


async def public(request: Request) -> None:
    """Anyone; the viewer is known when signed in."""
    await load_viewer(request)


async def always(request: Request) -> None:
    """Anyone, also while the database is away: nobody is then known to be signed in."""
    try:
        await load_viewer(request)
    except Exception as error:
        if not is_away(error):
            raise
        request.state.viewer = Viewer(locale=getattr(request.state, "locale", "fr"))


async def unasked(request: Request) -> None:
    """Anyone, and nobody is looked up: a session or token sent along is not even read."""
    del request


async def signed_in(request: Request) -> None:
    """Any person with an account."""
    if not (await load_viewer(request)).signed_in:
        raise Unauthenticated


async def in_person(request: Request) -> None:
    """The person in their browser: no program that holds a token of theirs."""
    await signed_in(request)
    if viewer(request).via != "session":
        raise NotInPerson


async def operator(request: Request) -> None:
    """The marketplace's operator; others are told nothing exists here."""
    await signed_in(request)
    if not viewer(request).is_operator:
        raise NotFound


async def monitor(request: Request) -> None:
    """A program on this machine that no proxy sent, or the operator; others see nothing here."""
    local = request.client is not None and request.client.host in {"127.0.0.1", "::1"}
    sent_on = any(name in request.headers for name in ("x-forwarded-for", "forwarded"))
    if local and not sent_on:
        await load_viewer(request)
    else:
        await operator(request)


async def development(request: Request) -> None:
    """Pages that exist only outside production."""
    if settings().production:
        raise NotFound
    await load_viewer(request)


def require_scope(who: Viewer, scope: str) -> None:
    """Refuse a token that was not given `scope`; sessions carry every scope."""
    if scope and who.via == "token" and scope not in who.scopes:
        raise Forbidden("This token lacks the scope %(scope)s.", scope=scope)


__all__ = [
    "Guard",
    "Viewer",
    "development",
    "in_person",
    "monitor",
    "operator",
    "public",
    "require_scope",
    "signed_in",
    "viewer",
]
