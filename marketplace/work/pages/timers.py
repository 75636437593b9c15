"""Owns the buttons of the timer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import _
from marketplace.web.forms import blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.work import queries, rules
from marketplace.work.pages.units import unit_page
from marketplace.work.rules import OutsideWeek
from marketplace.work.schemas import TimerDraft
from marketplace.work.service import timers

pages = Pages("work")
LEFT_OUT = _(
    "Stopped. %(time)s entered; %(left)s could not be: the week of those days takes no more hours."
)


@pages.post("/units/{unit_id:uuid}/timer", guard=signed_in)
async def start_timer(request: Request) -> Response:
    """Start the timer on a task."""
    unit_id = request.path_params["unit_id"]
    draft, form = validate(TimerDraft, await read_form(request))
    if draft is None:
        return await unit_page(request, unit_id, timer=form)
    try:
        await timers.start(viewer(request), unit_id, draft.task)
    except OutsideWeek as error:
        return await unit_page(request, unit_id, timer=refused(form, error))
    except Conflict as error:
        return await unit_page(request, unit_id, error, timer=form)
    return to(request, f"/units/{unit_id}", _("The timer runs. You may close this page."))


@pages.post("/units/{unit_id:uuid}/timer/stop", guard=signed_in)
async def stop_timer(request: Request) -> Response:
    """Stop the timer: what it measured is entered."""
    unit_id = request.path_params["unit_id"]
    try:
        stopped = await timers.stop(viewer(request), unit_id)
    except OutsideWeek as error:
        return await unit_page(request, unit_id, entry=refused(blank(), error))
    except Conflict as error:
        return await unit_page(request, unit_id, error)
    last = stopped.entries[-1].unit_id if stopped.entries else unit_id
    if stopped.left_out:
        entered = rules.typed(sum(line.minutes for line in stopped.entries))
        left = rules.typed(stopped.left_out)
        return to(request, f"/units/{last}", LEFT_OUT, "info", time=entered, left=left)
    return to(request, f"/units/{last}", _("Stopped. The time has been entered."))


@pages.post("/units/{unit_id:uuid}/timer/discard", guard=signed_in)
async def discard_timer(request: Request) -> Response:
    """Forget what the timer measured."""
    who, unit_id = viewer(request), request.path_params["unit_id"]
    await timers.discard(who, unit_id)
    try:
        await queries.unit(who, unit_id)
        here = f"/units/{unit_id}"
    except NotFound:  # no longer in the team whose week it was
        here = "/contracts"
    return to(request, here, _("The timer was reset. Nothing was entered."))
