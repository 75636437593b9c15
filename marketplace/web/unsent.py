"""Owns a form sent by who is not logged in (any more): kept an hour, given back after the log-in.

What is kept can be read with the secret in the browser's cookie only. Secrets and files are not
kept: the form asks for them again. Anybody may send a form, so what is kept is bounded, for a
network and in all; beyond that the answer is the form itself, to be sent again once logged in.
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
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.errors import TooLarge, TooManyRequests, Unauthenticated
from marketplace.core.i18n import _, gettext
from marketplace.core.ids import hash_token, secret_token
from marketplace.web import links, ratelimit
from marketplace.web.forms import read_form
from marketplace.web.network import network
from marketplace.web.sessions import session_owner
from marketplace.web.templates import render, set_flash

KIND: Final = "unsent"
KEPT: Final = timedelta(hours=1)
BYTES_MAX: Final = 100_000
FORMS_MAX: Final = 2000
"""Of an hour, from everybody together: encrypted a third more than their bytes, 270 MB at most."""
FROM_A_NETWORK: Final = 20  # at once, and as many more in an hour
TEXT: Final = 20  # a value from this length on is something that a person wrote
SECRETS: Final = {"password", "current", "code", "passkey", "token", "authenticator"}
HELD: Final = _("Log in to go on: what you typed is kept for an hour.")

# What ran out makes room. The count sees the table as it was before, so it leaves that out itself.
KEEP = """
WITH gone AS (
    DELETE FROM unsent_form WHERE secret_hash IN (
        SELECT secret_hash FROM unsent_form WHERE expires_at <= $4 FOR UPDATE SKIP LOCKED
    )
)
INSERT INTO unsent_form (secret_hash, person_id, content, expires_at)
SELECT $1, $2::uuid, $3::bytea, $4::timestamptz + $5::interval
 WHERE (SELECT count(*) FROM unsent_form WHERE expires_at > $4) < $6
RETURNING 1 AS kept"""
READ = "SELECT person_id, content FROM unsent_form WHERE secret_hash = $1 AND expires_at > $2"


@dataclass(frozen=True)
class Unsent:
    """What was to be sent where; `page` held the form, "" when unknown."""

    path: str
    page: str
    fields: list[tuple[str, str]]
    files: bool = False

    @property
    def texts(self) -> list[str]:
        """What a person wrote, to be shown to them; the rest is chosen or short."""
        return [value for _name, value in self.fields if len(value) >= TEXT and " " in value]

    def packed(self) -> bytes:
        """The form to be kept, as bytes."""
        return json.dumps(asdict(self), ensure_ascii=False).encode(errors="replace")


def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"unsent:" + secret.encode()).digest()))


async def log_in_first(request: Request, locale: str, page: str) -> Response:
    """Lead who sent a form without being logged in to the log-in and back to what they typed.

    What cannot be kept is shown at once, to be sent again from there: nothing typed is lost. Raises
    TooLarge and HTTPException for a form that cannot be read.
    """
    form = await _typed(request, page)
    secret = await _keep(request, form)
    if not secret:
        request.state.locale = locale
        return show(request, form, kept=False)
    response = RedirectResponse(f"/{locale}/log-in?next={quote(f'/{locale}/unsent')}", 303)
    set_flash(response, gettext(HELD, locale), "info")
    links.keep(response, KIND, secret, int(KEPT.total_seconds()))
    return response


def show(request: Request, form: Unsent, *, kept: bool) -> Response:
    """The page that shows what was typed, with a button that sends it."""
    status = 200 if kept else Unauthenticated.status
    page = render(
        request, "accounts/unsent.html", status=status, unsent=form, kept=kept, noindex=True
    )
    return links.private(page)


async def given_back(request: Request, page: str) -> Unsent | None:
    """What was typed in a form whose answer is a refusal; None where it cannot be had any more."""
    try:
        form = await _typed(request, page)
    except (HTTPException, TooLarge, ClientDisconnect, RuntimeError):  # read already, or too late
        return None
    return form if len(form.packed()) <= BYTES_MAX else None


async def _typed(request: Request, page: str) -> Unsent:
    try:
        read = getattr(request.state, "typed", None) or await read_form(request)
    finally:
        await request.close()  # the files of the form
    pairs = read.multi_items()
    fields = [(k, v) for k, v in pairs if isinstance(v, str) and k not in SECRETS]
    files = any(isinstance(value, UploadFile) and value.filename for _name, value in pairs)
    return Unsent(request.url.path, page, fields, files)


async def _keep(request: Request, form: Unsent) -> str:
    """Keep the form and give its secret, "" where there is no room for it."""
    whole = form.packed()
    if len(whole) > BYTES_MAX:
        return ""
    try:
        where = f"unsent:ip:{network(request)}"
        await ratelimit.hit(where, per_minute=FROM_A_NETWORK / 60, burst=FROM_A_NETWORK)
    except TooManyRequests:
        return ""
    secret = secret_token()
    owner = await session_owner(request)
    values = [hash_token(secret), owner, _box(secret).encrypt(whole), clock.now(), KEPT, FORMS_MAX]
    return secret if await connection().execute_query_dict(KEEP, values) else ""


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
