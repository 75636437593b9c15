"""Owns the public pages that check a file and publish the heads; never more than initials."""

from __future__ import annotations

import hashlib
from datetime import date

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from marketplace.contracts import queries
from marketplace.contracts.rules.heads import RULE
from marketplace.contracts.schemas import Verdict, VerifyRequest
from marketplace.contracts.service import verification
from marketplace.core.errors import NotFound
from marketplace.core.i18n import gettext
from marketplace.web.errors import locale_of
from marketplace.web.forms import Form, blank, read_form, validate
from marketplace.web.guards import public
from marketplace.web.network import network
from marketplace.web.ratelimit import hit
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("contracts")
TRIES_PER_MINUTE = 20
HEADS_A_PAGE = 31


@pages.get("/verify", guard=public, localised=False)
async def verify_any(request: Request) -> Response:
    """The short address printed on paper."""
    return RedirectResponse(f"/{locale_of(request)}/verify", 302)


@pages.get("/verify", guard=public)
async def verify_form(request: Request) -> Response:
    """Ask for a file or a fingerprint."""
    return _page(request, blank())


@pages.post("/verify", guard=public)
async def verify(request: Request) -> Response:
    """Say whether the file is one of ours, unchanged, and what its seal says."""
    client = network(request)
    await hit(f"verify:{client}", per_minute=TRIES_PER_MINUTE)
    data = await read_form(request)
    upload = data.get("file")
    if isinstance(upload, UploadFile) and upload.filename:
        content = await upload.read()
        verdict = await verification.checked(content, client)
        return _page(request, blank(), verdict, hashlib.sha256(content).hexdigest())
    draft, form = validate(VerifyRequest, data)
    if draft is None:
        text = gettext("Choose a PDF file, or give its fingerprint of 64 characters.")
        form.errors = {"sha256": text}
        return _page(request, form, status=422)
    return _page(request, form, await queries.verdict(draft.sha256), draft.sha256)


def _page(
    request: Request,
    form: Form,
    verdict: Verdict | None = None,
    sha256: str = "",
    status: int = 200,
) -> Response:
    return render(
        request, "contracts/verify.html", status=status, form=form, verdict=verdict, sha256=sha256
    )


@pages.get("/proofs", guard=public)
async def proofs(request: Request) -> Response:
    """The head of every day, newest first."""
    try:
        cursor = date.fromisoformat(request.query_params.get("before", ""))
    except ValueError:
        cursor = None
    rows, older = await queries.heads(cursor, HEADS_A_PAGE)
    return render(
        request, "contracts/proofs.html", rows=rows, older=older, cursor=cursor, rule=RULE
    )


@pages.get("/proofs/{day}.txt", guard=public, localised=False)
async def proof_lines(request: Request) -> Response:
    """What a day's head is made of: the head before, then every hash, a line each."""
    try:
        day = date.fromisoformat(request.path_params["day"])
    except ValueError:
        raise NotFound from None
    head = await queries.head(day)
    lines = [head.prev, *await queries.hashes_of(day)]
    return PlainTextResponse("".join(f"{line}\n" for line in lines))
