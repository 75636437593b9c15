"""Owns /health/live and /health/ready, for supervisors and load balancers; never cached."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from marketplace.health import queries
from marketplace.web.guards import public
from marketplace.web.routing import Pages

pages = Pages("health")
UNCACHED = {"cache-control": "no-store"}


@pages.get("/health/live", guard=public, localised=False)
async def live(_request: Request) -> Response:
    """The process answers. Asks nothing of anybody else."""
    return JSONResponse({"status": "ok"}, headers=UNCACHED)


@pages.get("/health/ready", guard=public, localised=False)
async def ready(_request: Request) -> Response:
    """Every part's state; 503 only when the database is away or older than this code."""
    whole, parts = await queries.readiness()
    code = 503 if whole is queries.Status.UNAVAILABLE else 200
    content = {
        "status": whole.value,
        "parts": {name: part.as_json() for name, part in parts.items()},
    }
    return JSONResponse(content, code, headers=UNCACHED)
