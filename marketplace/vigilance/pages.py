"""Owns the page of a contract's papers: what is asked, by whose law, how it stands, what to do."""

from __future__ import annotations

from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts.rules.access import side_of
from marketplace.core import clock
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.i18n import _, gettext
from marketplace.jurisdictions.queries import amount_text
from marketplace.vigilance import queries, service
from marketplace.vigilance.rules import RUNNING
from marketplace.vigilance.schemas import CheckDraft, PaperDraft, WaiverDraft
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("vigilance")
CONTRACT = "/contracts/{contract_id:uuid}/documents"


async def _page(request: Request, forms: dict[str, Form], status: int = 422) -> Response:
    """The page with what was typed in one of its forms, by the code or id it belongs to."""
    who, locale = viewer(request), request.state.locale
    contract, found = await queries.of_contract(who, request.path_params["contract_id"])
    return render(
        request,
        "vigilance/papers.html",
        status=status if forms else 200,
        contract=contract,
        side=side_of(who, contract).value,
        papers=found,
        forms=forms,
        blank=blank(),
        running=contract.status in RUNNING,
        today=clock.today(contract.time_zone),
        amounts={
            each.rule.key: amount_text(
                each.rule.document.asked.from_minor, each.rule.place.currency, locale
            )
            for each in found
            if each.rule.document.asked.from_minor
        },
    )


@pages.get(CONTRACT, guard=signed_in)
async def papers(request: Request) -> Response:
    """The papers of a contract."""
    return await _page(request, {})


@pages.post(CONTRACT + "/{code}", guard=signed_in)
async def hand_in(request: Request) -> Response:
    """Keep a paper of the assistant."""
    contract_id, code = request.path_params["contract_id"], request.path_params["code"]
    data = await read_form(request)
    sent = data.get("file")
    content = await sent.read() if isinstance(sent, UploadFile) else b""
    draft, form = validate(PaperDraft, data)
    if draft is None:
        return await _page(request, {code: form})
    try:
        await service.hand_in(viewer(request), contract_id, code, draft, content)
    except (Invalid, TooManyRequests) as error:
        return await _page(request, {code: refused(form, error)}, error.status)
    return _back(request, contract_id, _("Handed in. Your client can read and check it now."))


@pages.get(CONTRACT + "/{document_id:uuid}/file", guard=signed_in)
async def file(request: Request) -> Response:
    """Download a paper as it was handed in."""
    contract_id, document_id = (
        request.path_params["contract_id"],
        request.path_params["document_id"],
    )
    name, media, content = await queries.file(viewer(request), contract_id, document_id)
    disposition = f'attachment; filename="{name}"'
    headers = {"content-disposition": disposition, "cache-control": "private, no-store"}
    return Response(content, media_type=media, headers=headers)


@pages.post(CONTRACT + "/{document_id:uuid}/checks", guard=signed_in)
async def check(request: Request) -> Response:
    """Note what the client found of a paper."""
    contract_id, document_id = (
        request.path_params["contract_id"],
        request.path_params["document_id"],
    )
    draft, form = validate(CheckDraft, await read_form(request))
    if draft is None:
        return await _page(request, {str(document_id): form})
    try:
        await service.check(viewer(request), contract_id, document_id, draft)
    except Invalid as error:
        return await _page(request, {str(document_id): refused(form, error)})
    return _back(request, contract_id, _("Noted, with today’s date and your name."))


@pages.post(CONTRACT + "/{code}/waiver", guard=signed_in)
async def waive(request: Request) -> Response:
    """Go on without a paper."""
    contract_id, code = request.path_params["contract_id"], request.path_params["code"]
    draft, form = validate(WaiverDraft, await read_form(request))
    if draft is None:
        form.errors = {"agree": gettext(_("Tick the box if you want to go on without it."))}
        return await _page(request, {f"{code}:waiver": form})
    await service.waive(viewer(request), contract_id, code, draft)
    return _back(request, contract_id, _("Noted, with today’s date and your name."))


def _back(request: Request, contract_id: UUID, message: str) -> Response:
    return to(request, f"/contracts/{contract_id}/documents", message)
