"""Owns the pages where people take their data away and leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from marketplace.accounts.service import asking
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _, gettext
from marketplace.my_data import queries, service
from marketplace.my_data.rules import SENTENCES, ExportWaiting, NotYet
from marketplace.my_data.schemas import DeletionDraft, ExportView
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.sessions import clear_session_cookie
from marketplace.web.templates import render

if TYPE_CHECKING:
    from marketplace.my_data.rules import Farewell

pages = Pages("my_data")
UNDERSTOOD = _("Please tick this: an erased account does not come back.")


@pages.get("/my-data", guard=signed_in)
async def index(request: Request) -> Response:
    """What is kept, archives of it, and the way out."""
    rows = await queries.exports(viewer(request).person_id)
    return render(
        request, "my_data/index.html", tab="my_data", noindex=True,
        exports=[ExportView.of(row) for row in rows],
    )  # fmt: skip


@pages.post("/my-data/exports", guard=signed_in)
async def ask(request: Request) -> Response:
    """Have an archive made."""
    said = _("Your archive is being made. Reload this page in a moment.")
    try:
        await service.ask(viewer(request).person_id, request.state.locale)
    except (ExportWaiting, TooManyRequests) as error:
        return to(request, "/my-data", error.message, "danger", **error.params)
    return to(request, "/my-data", said, "info")


@pages.get("/my-data/exports/{export_id:uuid}.zip", guard=signed_in)
async def archive(request: Request) -> Response:
    """An archive, to be kept by its owner."""
    export_id = request.path_params["export_id"]
    kept = await queries.file(viewer(request).person_id, export_id)
    headers = {
        "content-disposition": f'attachment; filename="{kept.name}"',
        "content-length": str(kept.size),
        "cache-control": "no-store",
    }
    return StreamingResponse(kept.content, media_type="application/zip", headers=headers)


async def _deletion(request: Request, form: Form, status: int = 200) -> Response:
    who = viewer(request)
    found: Farewell = await service.farewell(who.person_id)
    obstacles = [
        (gettext(SENTENCES[each.reason]) % {"name": each.name, "what": each.what}, each.path)
        for each in found.obstacles
    ]
    return render(
        request, "my_data/deletion.html", status, noindex=True, form=form, farewell=found,
        obstacles=obstacles, proof=await asking.asked(who),
    )  # fmt: skip


@pages.get("/my-data/deletion", guard=signed_in)
async def deletion(request: Request) -> Response:
    """What goes, what stays and what is to be settled first, before anything is erased."""
    return await _deletion(request, blank())


@pages.post("/my-data/deletion", guard=signed_in)
async def delete(request: Request) -> Response:
    """Erase the account."""
    data = await read_form(request)
    understood = bool(data.get("understood"))
    draft, form = validate(DeletionDraft, data)
    if draft is None or not understood:
        if not understood:
            form.errors["understood"] = gettext(UNDERSTOOD)
        return await _deletion(request, form, 422)
    try:
        who = viewer(request)
        await service.leave(who.person, draft, who.session_token)
    except NotYet as error:
        return await _deletion(request, refused(form, error), error.status)
    except TooManyRequests as error:
        response = await _deletion(request, refused(form, error), error.status)
        response.headers["retry-after"] = str(error.retry_after)
        return response
    except Invalid as error:
        return await _deletion(request, refused(form, error), 422)
    response = to(request, "/", _("Your account is deleted."), "info")
    clear_session_cookie(response)
    return response
