"""Owns the pages on which an assistant brings a signed contract and its client answers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries
from marketplace.contracts.pages.imports import sent_file
from marketplace.contracts.rules import words
from marketplace.contracts.rules.imported import Outcome, TooManyBrought, TooManyToday
from marketplace.contracts.schemas import BringStart, BroughtView, TakeDraft
from marketplace.contracts.service import bringing, papers
from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _, gettext
from marketplace.parties.queries import PartyKind
from marketplace.profiles import queries as profiles
from marketplace.profiles.rules.states import Status
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("contracts")
BROUGHT = "/contracts/brought/{brought_id:uuid}"


@pages.get("/contracts/import/assistant", guard=signed_in)
async def bring_form(request: Request) -> Response:
    """Ask the assistant for the file and the client's address."""
    return await _form(request, blank())


async def _form(request: Request, form: Form, status: int = 200) -> Response:
    listed = await profiles.of_parties(viewer(request))
    return render(
        request, "contracts/bring.html", status, form=form,
        today=clock.today(papers.FIRST_ZONE).isoformat(),
        profiles=[one for one in listed if one.status == Status.PUBLISHED],
    )  # fmt: skip


@pages.post("/contracts/import/assistant", guard=signed_in)
async def bring_to_client(request: Request) -> Response:
    """Keep the file and tell the client."""
    data = await read_form(request)
    content, name = await sent_file(data)
    draft, form = validate(BringStart, data)
    if not content:
        form.errors["file"] = gettext("Choose the PDF that both of you signed.")
    if draft is None or form.errors:
        return await _form(request, form, 422)
    try:
        row = await bringing.bring(viewer(request), draft, content, name)
    except (Invalid, TooManyBrought, TooManyToday) as error:
        return await _form(request, refused(form, error), error.status)
    return to(request, f"/contracts/brought/{row.id}", _("Your client is told by mail."))


@pages.get(BROUGHT, guard=signed_in)
async def brought(request: Request) -> Response:
    """What was brought: the client answers, the assistant may take it back."""
    return await _page(request, blank())


async def _page(request: Request, form: Form, status: int = 200) -> Response:
    who = viewer(request)
    row, side = await queries.brought(who, request.path_params["brought_id"])
    mine = [m.party for m in who.parties if m.party.kind == PartyKind.BUSINESS]
    return render(
        request, "contracts/brought.html", status, form=form, view=BroughtView.of(row, side),
        businesses=mine, kind=words.KIND_NAMES[row.kind],
    )  # fmt: skip


@pages.get(BROUGHT + "/file.pdf", guard=signed_in)
async def brought_file(request: Request) -> Response:
    """The file, byte for byte: saved, never shown in our pages, since it is a stranger's."""
    row, _side = await queries.brought(viewer(request), request.path_params["brought_id"])
    content = await papers.content_of(row.file)
    headers = {"content-disposition": f'attachment; filename="{row.file.file_sha256[:8]}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@pages.post(BROUGHT + "/take", guard=signed_in)
async def take_brought(request: Request) -> Response:
    """Make a draft of it and go on to the work and its price."""
    draft, form = validate(TakeDraft, await read_form(request))
    if draft is None:
        return await _page(request, form, 422)
    brought_id = request.path_params["brought_id"]
    try:
        contract = await bringing.take(viewer(request), brought_id, draft.business_id)
    except Invalid as error:
        return await _page(request, refused(form, error), 422)
    path = f"/contracts/{contract.id}/edit/scope"
    return to(request, path, _("Your contract is kept. Now say how it is paid."))


@pages.post(BROUGHT + "/decline", guard=signed_in)
async def decline_brought(request: Request) -> Response:
    """The client does not want it."""
    await bringing.answer(viewer(request), request.path_params["brought_id"], Outcome.DECLINED)
    return to(request, "/contracts", _("Declined. The assistant is told."))


@pages.post(BROUGHT + "/withdraw", guard=signed_in)
async def withdraw_brought(request: Request) -> Response:
    """The assistant takes it back."""
    await bringing.answer(viewer(request), request.path_params["brought_id"], Outcome.WITHDRAWN)
    return to(request, "/contracts", _("Withdrawn."))
