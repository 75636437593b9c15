"""Owns the pages on which a contract signed elsewhere is brought in and read again."""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries
from marketplace.contracts.pages.agreements import trace_of
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.annex import brought_name
from marketplace.contracts.schemas import ImportStart
from marketplace.contracts.service import evidence, imports, papers
from marketplace.core import clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _, gettext
from marketplace.parties.queries import PartyKind
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("contracts")


@pages.get("/contracts/import", guard=signed_in)
async def import_form(request: Request) -> Response:
    """Ask for the file and with whom it was signed."""
    return _page(request, blank({"assistant": request.query_params.get("assistant", "")}))


def _page(request: Request, form: Form, status: int = 200) -> Response:
    businesses = [m.party for m in viewer(request).parties if m.party.kind == PartyKind.BUSINESS]
    return render(
        request,
        "contracts/import.html",
        status=status,
        form=form,
        businesses=businesses,
        today=clock.today(papers.FIRST_ZONE).isoformat(),
    )


@pages.post("/contracts/import", guard=signed_in)
async def bring(request: Request) -> Response:
    """Keep the file with a draft and go on to the work and its price."""
    data = await read_form(request)
    content, name = await sent_file(data)
    draft, form = validate(ImportStart, data)
    if not content:
        form.errors["file"] = gettext("Choose the PDF that both of you signed.")
    if draft is None or form.errors:
        return _page(request, form, 422)
    try:
        contract = await imports.begin(
            viewer(request), draft, content, name, trace=trace_of(request)
        )
    except NotFound:
        text = gettext("No published profile has this address. Ask your assistant for it.")
        form.errors["assistant"] = text
        return _page(request, form, 422)
    except Invalid as error:
        return _page(request, refused(form, error), 422)
    done = _("Your contract is kept. Now say how it is paid.")
    return to(request, f"/contracts/{contract.id}/edit/scope", done)


async def sent_file(data: FormData) -> tuple[bytes, str]:
    """The bytes and the name of the file in a form, empty without one."""
    sent = data.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return b"", ""
    return await sent.read(), sent.filename


@pages.get("/contracts/{contract_id:uuid}/imported.pdf", guard=signed_in)
async def imported_file(request: Request) -> Response:
    """The contract that was brought in, byte for byte; reading it is evidence."""
    who = viewer(request)
    contract = await queries.get(who, request.path_params["contract_id"])
    content = await papers.read(contract)
    if content is None or contract.paper is None:
        raise NotFound
    await evidence.note_reading(
        contract.id, side_of(who, contract), who.person_id, contract.paper.file_sha256,
        "downloaded", trace_of(request),
    )  # fmt: skip
    # Saved, never shown in our pages: it is a stranger's file.
    headers = {"content-disposition": f'attachment; filename="{brought_name(contract.number)}"'}
    return Response(content, media_type="application/pdf", headers=headers)
