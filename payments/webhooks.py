"""Owns the HTTP door for Stripe's news: verify, store, answer.

Never acts on it: the inbox does, later. What Stripe signed and this door cannot read is told by the
hook of `refused_with`: a destination that sends whole objects would be refused for ever.

The endpoint takes thin events (`v2.core.event`), signed over the raw body with one of the
configured secrets, at most five minutes old. https://docs.stripe.com/webhooks#verify-manually
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from payments import inbox
from payments.config import config, now
from payments.errors import BadSignature

log = logging.getLogger("payments.webhooks")

TOLERANCE_SECONDS: Final = 300
_BODY_BYTES_MAX: Final = 256 * 1024

Refused = Callable[[str], Awaitable[None]]
_on_refused: Refused | None = None


def refused_with(hook: Refused | None) -> None:
    """`await hook(kind)` for what Stripe signed and we refuse: its type, or "" without one."""
    global _on_refused  # noqa: PLW0603 - set once at start
    _on_refused = hook


def verify(body: bytes, header: str | None, secrets: Iterable[str]) -> None:
    """Raises BadSignature unless one of the secrets signed exactly this body, recently."""
    stamps, signatures = list[str](), list[str]()
    for part in (header or "").split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            stamps.append(value)
        elif name == "v1":
            signatures.append(value)
    if len(stamps) != 1 or not re.fullmatch("[0-9]{1,12}", stamps[0]) or not signatures:
        raise BadSignature("no usable Stripe-Signature header")
    # The application's clock may run ahead in development while the sender's does not, or the other
    # way round.
    age = min(abs(int(stamps[0]) - clock) for clock in (time.time(), now().timestamp()))
    if age > TOLERANCE_SECONDS:
        raise BadSignature("the signature is too old")
    signed = stamps[0].encode() + b"." + body
    for secret in secrets:
        expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()
        if any(hmac.compare_digest(expected, given.encode()) for given in signatures):
            return
    raise BadSignature("no secret made this signature")


async def receive(request: Request) -> Response:
    """POST /webhooks/stripe.

    200 once stored (also when it already was), 400 for anything not signed or not thin.
    """
    body = await request.body()
    if len(body) > _BODY_BYTES_MAX:
        return _refused("the body is too large")
    try:
        verify(body, request.headers.get("stripe-signature"), config().webhook_secrets)
    except BadSignature as reason:
        return _refused(str(reason))
    try:
        news = _read(body)
    except ValueError as reason:
        if _on_refused is not None:
            await _on_refused(_kind_of(body))
        return _refused(str(reason))
    stored = await inbox.store(event=news.event, kind=news.kind, obj=news.obj, account=news.account)
    return JSONResponse({"stored": stored})


def _refused(reason: str) -> Response:
    log.warning("webhook refused: %s", reason)
    return JSONResponse({"error": reason}, status_code=400)


@dataclass(frozen=True, slots=True)
class _News:
    event: str
    kind: str
    obj: str | None
    account: str | None


def _read(body: bytes) -> _News:
    event = json.loads(body)
    if not isinstance(event, dict) or event.get("object") != "v2.core.event":
        raise ValueError("not a thin event")
    related = event.get("related_object")
    obj = related.get("id") if isinstance(related, dict) else None
    name, kind, account = event.get("id", 0), event.get("type", 0), event.get("context")
    if not all(isinstance(text, str) for text in (name, kind, obj or "", account or "")):
        raise ValueError("not a thin event")
    return _News(str(name), str(kind), obj, account)


def _kind_of(body: bytes) -> str:
    """What a body that is no thin event calls itself."""
    try:
        event = json.loads(body)
    except ValueError:
        return ""
    kind = event.get("type") if isinstance(event, dict) else None
    return kind[:100] if isinstance(kind, str) else ""


routes = [Route("/webhooks/stripe", receive, methods=["POST"])]
