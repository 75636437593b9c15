"""Owns the API's description for people and programs; never an operation itself."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from marketplace.developers.queries import document
from marketplace.developers.queries.reference import areas
from marketplace.web.guards import public, unasked
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("developers")


@pages.get("/api/v1/openapi.json", guard=unasked, localised=False)
async def openapi_json(request: Request) -> Response:
    """The OpenAPI 3.1 document."""
    del request
    body = orjson.dumps(document.document())
    headers = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}
    return Response(body, media_type="application/json", headers=headers)


@pages.get("/developers", guard=public)
async def reference(request: Request) -> Response:
    """The API reference, made from the same document that programs read; `area` narrows it."""
    every = areas()
    chosen = request.query_params.get("area", "")
    shown = {chosen: every[chosen]} if chosen in every else every
    return render(
        request, "developers/reference.html", areas=every, shown=shown,
        chosen=chosen if chosen in every else "",
    )  # fmt: skip
