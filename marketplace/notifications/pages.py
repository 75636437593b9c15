"""Owns the mail reader of development, /dev/mail; does not exist in production."""

from __future__ import annotations

import asyncio
import re

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from marketplace.notifications import queries
from marketplace.web.guards import development
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("notifications")
ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


def linked(text: str) -> Markup:
    """Plain text as paragraphs, its addresses made into links."""
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block]
    inner = [Markup("<br>").join(_line(line) for line in block.splitlines()) for block in blocks]
    return Markup("").join(Markup("<p>{}</p>").format(block) for block in inner)


def _line(text: str) -> Markup:
    parts, end = [], 0
    for match in ADDRESS.finditer(text):
        parts += [escape(text[end : match.start()])]
        parts += [Markup('<a class="link" href="{0}">{0}</a>').format(match[0])]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


@pages.get("/dev/mail", guard=development, localised=False)
async def mail_list(request: Request) -> Response:
    """List the mails, newest first; `?to=` keeps those of one recipient."""
    to = request.query_params.get("to", "")
    mails = await asyncio.to_thread(queries.kept_mail, to)
    return render(request, "dev/mail_list.html", mails=mails, to=to, noindex=True)


@pages.get("/dev/mail/{name}", guard=development, localised=False)
async def mail(request: Request) -> Response:
    """Show one mail as text with working links."""
    found = await asyncio.to_thread(queries.one_mail, request.path_params["name"])
    return render(request, "dev/mail.html", mail=found, text=linked(found.text), noindex=True)


@pages.get("/dev/mail/{name}/html", guard=development, localised=False)
async def mail_html(request: Request) -> Response:
    """Show the HTML part alone, under a policy that lets it do nothing but look."""
    found = await asyncio.to_thread(queries.one_mail, request.path_params["name"])
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
    return HTMLResponse(found.html, headers={"content-security-policy": policy})
