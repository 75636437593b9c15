"""Owns on which of our pages a form stood that was sent; never leads to anybody else's."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

READS = {"GET", "HEAD"}


def form_of(request: Request) -> str:
    """The page of ours that a form stood on, path and query; "" when unknown or none was sent."""
    try:
        came = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # "http://[": a stranger's
        return ""
    ours = request.method not in READS and came.netloc == request.headers.get("host")
    if not ours or came.path.startswith("//"):  # which is another host
        return ""
    return f"{came.path}?{came.query}" if came.query else came.path
