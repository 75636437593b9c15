"""Owns the way to one's own profiles; never edits."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.profiles import queries, service
from marketplace.profiles.pages.router import pages
from marketplace.web.guards import signed_in, viewer
from marketplace.web.templates import render


@pages.get("/profile", guard=signed_in)
async def mine(request: Request) -> Response:
    """Lead to the only profile, or list them; without an assistant, lead to creating one.

    `?party=` names the assistant. A profile begins with its assistant; one that lacks it (an
    import) gets it here, which changes nothing the second time.
    """
    who, base = viewer(request), f"/{request.state.locale}"
    assistants = [each.party for each in who.parties if each.party.kind == "assistant"]
    if not assistants:
        return RedirectResponse(f"{base}/parties/new?kind=assistant", 303)
    wanted = request.query_params.get("party", "")
    chosen = [party for party in assistants if str(party.id) == wanted] or assistants
    if len(chosen) == 1:
        profile = await queries.of_party(chosen[0].id) or await service.start(who, chosen[0].id)
        return RedirectResponse(f"{base}/profiles/{profile.id}", 303)
    return render(
        request, "profiles/mine.html", profiles=await queries.of_parties(who), noindex=True
    )
