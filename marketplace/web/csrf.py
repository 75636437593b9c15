"""Owns what every request must obey: same-origin writes, bounded bodies, strict headers."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketplace.core.errors import Forbidden, TooLarge
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from marketplace.web import errors
from marketplace.web.sessions import cookie_name


class CrossSite(Forbidden):
    """Another site made this browser send something, or a program sent a cookie without Origin."""

    message = _("Another site sent this, so nothing was done. Open the page here and try again.")


SAFE = {"GET", "HEAD", "OPTIONS"}
BODY_BYTES_MAX = 12 * 1024 * 1024
TYPED_BYTES_MAX = 1024 * 1024
"""Of a form without files, ten times the largest: a megabyte of "&" takes a second to read."""
TYPED = "application/x-www-form-urlencoded"
TYPED_TOO_LARGE = _("This is too large: a form without files may have 1 MB at most.")
STRIPE_PAGES = ("https://checkout.stripe.com", "https://connect.stripe.com")


def content_security_policy() -> str:
    """The one policy of all pages (CSP Level 3): our own files only, no inline script or style.

    Browsers apply form-action to redirects too, so a form that ends on the payment page needs
    that page's origin.
    """
    forms = " ".join(["'self'", *STRIPE_PAGES])
    if settings().stripe_api_base:
        parts = urlsplit(settings().stripe_api_base)
        forms += f" {parts.scheme}://{parts.netloc}"
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": forms,
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def fixed_headers() -> dict[str, str]:
    """The headers that hold for every answer."""
    fixed = {
        "content-security-policy": content_security_policy(),
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
        "x-frame-options": "DENY",
        "cache-control": "private, no-cache",
    }
    if settings().secure_cookies:  # other hosts of the operator's domain are none of ours
        fixed["strict-transport-security"] = "max-age=31536000"
    return fixed


async def on_fault(request: Request, error: Exception) -> Response:
    """As errors.on_fault, for what breaks outside all middleware: with the headers they add."""
    response = await errors.on_fault(request, error)
    for name, value in fixed_headers().items():
        response.headers.setdefault(name, value)
    return response


class SecurityHeaders:
    """Add the headers that hold for every answer; a route may set its own Cache-Control."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.fixed = [(name.encode(), value.encode()) for name, value in fixed_headers().items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                named = {name.lower() for name, _value in own}
                message["headers"] = [*own, *(pair for pair in self.fixed if pair[0] not in named)]
            await send(message)

        await self.app(scope, receive, add)


class SameOrigin:
    """Refuse writes that another site made a browser send (Fetch Metadata, then Origin).

    Requests with a bearer token carry no ambient authority and pass. A write with a session
    cookie but neither header comes from no browser we support and is refused.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] == "http" and scope["method"] not in SAFE and not allowed(scope):
            answer = errors.refusal(Request(scope, receive), CrossSite())
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def allowed(scope: Scope) -> bool:
    """Whether a write may pass."""
    headers = Headers(scope=scope)
    if headers.get("authorization", "").lower().startswith("bearer "):
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is not None:
        try:
            whose = urlsplit(origin).netloc
        except ValueError:  # "http://[": nobody's
            return False
        return whose in {headers.get("host", ""), urlsplit(settings().base_url).netloc}
    return f"{cookie_name()}=" not in headers.get("cookie", "")


class BodyLimit:
    """Refuse to read on in bodies over their bound, before they fill memory or take up the process.

    Whoever reads is told by TooLarge, so that its answer is like that of any other refusal.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        typed = headers.get("content-type", "").strip().lower().startswith(TYPED)
        most = TYPED_BYTES_MAX if typed else BODY_BYTES_MAX
        too_large = TooLarge(TYPED_TOO_LARGE if typed else None)
        declared = headers.get("content-length", "0")
        refused = not declared.isdigit() or int(declared) > most
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            if refused:
                raise too_large
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise too_large
            return message

        await self.app(scope, counted, send)
