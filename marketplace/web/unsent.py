"""Owns a form sent by who is not logged in (any more): kept an hour, given back after the log-in.

What is kept can be read with the secret in the browser's cookie only. Secrets and files are not
kept: the form asks for them again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.errors import TooLarge, TooManyRequests
from marketplace.core.i18n import _, gettext
from marketplace.core.ids import hash_token, secret_token
from marketplace.web import links, ratelimit
from marketplace.web.forms import read_form
from marketplace.web.network import network
from marketplace.web.sessions import session_owner
from marketplace.web.templates import set_flash

KIND: Final = "unsent"
KEPT: Final = timedelta(hours=1)
CHARACTERS_MAX: Final = 100_000
SECRETS: Final = {"password", "current", "code", "passkey", "token", "authenticator"}
LOG_IN: Final = _("Please log in first.")
HELD: Final = _("Log in to go on: what you typed is kept for an hour.")

KEEP = "INSERT INTO unsent_form (secret_hash, person_id, content, expires_at) VALUES ($1,$2,$3,$4)"
READ = "SELECT person_id, content FROM unsent_form WHERE secret_hash = $1 AND expires_at > $2"


@dataclass(frozen=True)
class Unsent:
    """What was to be sent where; `page` held the form, "" when unknown."""

    path: str
    page: str
    fields: list[tuple[str, str]]
    files: bool = False


def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"unsent:" + secret.encode()).digest()))


async def redirect(request: Request, locale: str, page: str) -> Response:
    """Lead who sent a form without being logged in to the log-in and back to what they typed."""
    secret = await _keep(request, page)
    target = f"/{locale}/unsent" if secret else page or f"/{locale}/"
    response = RedirectResponse(f"/{locale}/log-in?next={quote(target)}", 303)
    set_flash(response, gettext(HELD if secret else LOG_IN, locale), "info")
    if secret:
        links.keep(response, KIND, secret, int(KEPT.total_seconds()))
    return response


async def _keep(request: Request, page: str) -> str:
    """Keep the form and give its secret, "" where there is nothing that can be kept."""
    try:
        await ratelimit.hit(f"unsent:ip:{network(request)}", per_minute=6, burst=20)
        pairs = (await read_form(request)).multi_items()
    except (HTTPException, TooLarge, TooManyRequests):
        return ""
    finally:
        await request.close()  # the files of the form
    fields = [(k, v) for k, v in pairs if isinstance(v, str) and k not in SECRETS]
    if sum(len(name) + len(value) for name, value in fields) > CHARACTERS_MAX:
        return ""
    files = any(isinstance(value, UploadFile) and value.filename for _name, value in pairs)
    whole = json.dumps(asdict(Unsent(request.url.path, page, fields, files)))
    secret = secret_token()
    content = _box(secret).encrypt(whole.encode())
    owner = await session_owner(request)
    values = [hash_token(secret), owner, content, clock.now() + KEPT]
    await connection().execute_query(KEEP, values)
    return secret


async def held(request: Request, person_id: UUID) -> Unsent | None:
    """What this browser was to send, unless it was somebody else's session that had ended."""
    secret = links.held(request, KIND)
    rows = await connection().execute_query_dict(READ, [hash_token(secret), clock.now()])
    if not rows or rows[0]["person_id"] not in {None, person_id}:
        return None
    try:
        whole = json.loads(_box(secret).decrypt(bytes(rows[0]["content"])))
    except InvalidToken:
        return None
    return Unsent(**{**whole, "fields": [(name, value) for name, value in whole["fields"]]})
