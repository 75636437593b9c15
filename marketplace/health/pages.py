"""Owns /health/live, /health/ready and /metrics for machines, /status for people; never cached."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from marketplace.health import queries
from marketplace.web.guards import always, monitor
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from payments import metrics

pages = Pages("health")
UNCACHED = {"cache-control": "no-store"}


@pages.get("/health/live", guard=always, localised=False)
async def live(_request: Request) -> Response:
    """The process answers. Asks nothing of anybody else."""
    return JSONResponse({"status": "ok"}, headers=UNCACHED)


@pages.get("/health/ready", guard=always, localised=False)
async def ready(_request: Request) -> Response:
    """Every part's state; 503 only when the database is away or older than this code."""
    whole, parts = await queries.readiness()
    code = 503 if whole is queries.Status.UNAVAILABLE else 200
    content = {
        "status": whole.value,
        "parts": {name: part.as_json() for name, part in parts.items()},
    }
    return JSONResponse(content, code, headers=UNCACHED)


@pages.get("/status", guard=always)
async def status(request: Request) -> Response:
    """The same for people: what works and what does not, in words."""
    _, parts = await queries.readiness()
    parts.pop(queries.SETUP)
    states = {name: part.status.value for name, part in parts.items()}
    whole = queries.worst(parts)
    response = render(request, "health/status.html", whole=whole.value, states=states, noindex=True)
    response.headers.update(UNCACHED)
    return response


@pages.get("/metrics", guard=monitor, localised=False)
async def figures(_request: Request) -> Response:
    """What a monitor reads: Stripe's calls by operation and outcome, what waits and since when."""
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return PlainTextResponse(await metrics.render(), headers=UNCACHED, media_type=kind)
