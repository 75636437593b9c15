"""Owns the secret of a browser without an account: a cookie set once something is kept under it.

Never what is kept: features store only the secret's hash. At sign-up or log-in the features that
kept something take it over (`adopted`), and the cookie goes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.settings import settings

Adopt = Callable[[str, UUID], Awaitable[None]]

_adopters: list[Adopt] = []


def connect(*adopters: Adopt) -> None:
    """Tell who takes over what a browser kept, given its secret and the person's id."""
    _adopters[:] = adopters


def cookie_name() -> str:
    """The cookie's name; `__Host-` pins it to this host under TLS (RFC 6265bis)."""
    return "__Host-relais_visitor" if settings().secure_cookies else "relais_visitor"


def remember(response: Response, secret: str, days: int) -> None:
    """Give the browser its secret: necessary for what the person just asked to keep."""
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=days * 86_400,
        httponly=True,
        secure=settings().secure_cookies,
        samesite="lax",
        path="/",
    )


async def adopted(request: Request, response: Response, person_id: UUID) -> None:
    """Make what this browser kept the person's own; the browser forgets its secret."""
    secret = request.cookies.get(cookie_name(), "")
    if not secret:
        return
    for adopt in _adopters:
        await adopt(secret, person_id)
    response.delete_cookie(
        cookie_name(), path="/", secure=settings().secure_cookies, httponly=True, samesite="lax"
    )
