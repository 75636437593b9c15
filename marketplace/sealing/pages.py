"""Owns the public page of the seal and its files; never a private key."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.sealing.service import keys
from marketplace.sealing.service.facts import facts
from marketplace.web.guards import public
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("sealing")


@pages.get("/seal", guard=public)
async def seal(request: Request) -> Response:
    """Whose seal it is and how to check it without us."""
    return render(request, "sealing/seal.html", seal=facts())


@pages.get("/seal/ca.pem", guard=public, localised=False)
async def authority(_request: Request) -> Response:
    """The certificates of our authorities."""
    headers = {"content-disposition": 'attachment; filename="relais-ca.pem"'}
    return Response(keys.authorities(), media_type="application/x-pem-file", headers=headers)


@pages.get("/seal/ca.crl", guard=public, localised=False)
async def revocations(_request: Request) -> Response:
    """The list of revoked certificates (RFC 5280), where certificates say it is."""
    return Response(keys.revoked(), media_type="application/pkix-crl")
