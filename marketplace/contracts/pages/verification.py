"""Owns the public page that checks a file or fingerprint; never shows more than initials."""

from __future__ import annotations

import hashlib

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.contracts import queries
from marketplace.contracts.schemas import VerifyRequest
from marketplace.core.i18n import gettext
from marketplace.web.errors import locale_of
from marketplace.web.forms import Form, blank, read_form, validate
from marketplace.web.guards import public
from marketplace.web.ratelimit import hit
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("contracts")
TRIES_PER_MINUTE = 20
CHUNK_BYTES = 1 << 16


@pages.get("/verify", guard=public, localised=False)
async def verify_any(request: Request) -> Response:
    """The short address printed on paper."""
    return RedirectResponse(f"/{locale_of(request)}/verify", 302)


@pages.get("/verify", guard=public)
async def verify_form(request: Request) -> Response:
    """Ask for a file or a fingerprint."""
    return render(request, "contracts/verify.html", form=blank(), verdict=None, sha256="")


@pages.post("/verify", guard=public)
async def verify(request: Request) -> Response:
    """Say whether the file is one of ours, unchanged."""
    client = request.client.host if request.client else "unknown"
    await hit(f"verify:{client}", per_minute=TRIES_PER_MINUTE)
    data = await read_form(request)
    upload = data.get("file")
    if isinstance(upload, UploadFile) and upload.filename:
        sha256, form = await _hash_of(upload), blank()
    else:
        draft, form = validate(VerifyRequest, data)
        if draft is None:
            return _ask_again(request, form)
        sha256 = draft.sha256
    verdict = await queries.verdict(sha256)
    return render(request, "contracts/verify.html", form=form, verdict=verdict, sha256=sha256)


def _ask_again(request: Request, form: Form) -> Response:
    form.errors = {
        "sha256": gettext("Choose a PDF file, or give its fingerprint of 64 characters.")
    }
    return render(request, "contracts/verify.html", status=422, form=form, verdict=None, sha256="")


async def _hash_of(upload: UploadFile) -> str:
    whole = hashlib.sha256()
    try:
        while chunk := await upload.read(CHUNK_BYTES):
            whole.update(chunk)
    finally:
        await upload.close()
    return whole.hexdigest()
