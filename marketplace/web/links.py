"""Owns the secrets of links once they are opened: taken out of the address, kept in a cookie.

A link carries its secret as `?token=`. The first request is answered by a cookie and the address
without it, so that no page, history entry, Referer or later line of a log holds it. Opening a
link uses nothing up: programs open the links of mails, too. Where one browser may hold several
links of a kind at once, each has its own cookie, and its address ends in the cookie's number.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.core.errors import NotFound
from marketplace.core.i18n import _
from marketplace.core.ids import hash_token
from marketplace.core.settings import settings

HOUR: Final = 3600
DAY: Final = 24 * HOUR
SHAPE = re.compile(r"[\w.=-]{1,300}", re.ASCII)  # all that our own secrets are written with


class LinkForgotten(NotFound):
    """The page of a link, asked for by a browser that was given none, or long ago."""

    message = _("Open your link once more: this browser no longer knows where it leads.")


Opened = Callable[[Request, str], Awaitable[Response]]


def _cookie(kind: str) -> str:
    """The cookie's name; `__Host-` pins it to this host under TLS (RFC 6265bis)."""
    return f"__Host-relais_{kind}" if settings().secure_cookies else f"relais_{kind}"


def keep(response: Response, kind: str, secret: str, seconds: int = HOUR) -> None:
    """Give the browser the secret that a page of this kind will ask for."""
    response.set_cookie(
        _cookie(kind), secret, max_age=seconds, httponly=True, secure=settings().secure_cookies,
        samesite="lax", path="/",
    )  # fmt: skip


def held(request: Request, kind: str) -> str:
    """The secret that this browser was given for pages of this kind, "" without any."""
    return request.cookies.get(_cookie(kind), "")


def forget(response: Response, kind: str) -> None:
    """The secret has served."""
    response.delete_cookie(
        _cookie(kind), path="/", secure=settings().secure_cookies, httponly=True, samesite="lax"
    )


def private(response: Response) -> Response:
    """Neither kept, nor found, nor told to whatever is visited next."""
    response.headers["cache-control"] = "no-store"
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["x-robots-tag"] = "noindex, nofollow"
    return response


def opened(kind: str, secret: str, seconds: int, path: str) -> Response:
    """Lead on to the page at `path`, whose secret only a cookie knows."""
    response = RedirectResponse(path, 303)
    if SHAPE.fullmatch(secret):
        keep(response, kind, secret, seconds)
    else:
        forget(response, kind)
    return private(response)


def number_of(secret: str) -> str:
    """What tells one link from another in an address; it opens nothing, nor leads to the secret."""
    return hash_token(secret)[:12]


def numbered(kind: str, secret: str) -> str:
    """The kind of the cookie of one link among several; see `opens`."""
    return f"{kind}_{number_of(secret)}"


def opens(
    kind: str, seconds: int = HOUR, *, several: bool = False
) -> Callable[[Opened], Callable[[Request], Awaitable[Response]]]:
    """Make `handler(request, secret)` the page a link leads to; it sees no address with a token.

    With `several` the page is at the link's address and, below it, at `{number}`.
    """

    def wrap(handler: Opened) -> Callable[[Request], Awaitable[Response]]:
        @functools.wraps(handler)
        async def page(request: Request) -> Response:
            path, number = request.url.path, request.path_params.get("number", "")
            secret = request.query_params.get("token")
            if secret is not None and several:
                path, number = f"{path}/{number_of(secret)}", number_of(secret)
            cookie = f"{kind}_{number}" if several else kind
            if secret is not None:
                return opened(cookie, secret, seconds, path)
            if not (secret := held(request, cookie)):
                raise LinkForgotten
            return private(await handler(request, secret))

        return page

    return wrap
