"""Owns the JSON operations about contracts that an assistant brings to a client."""

from __future__ import annotations

from uuid import UUID

from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries
from marketplace.contracts.api.agreements import READ, WRITE, view
from marketplace.contracts.rules.imported import Outcome
from marketplace.contracts.schemas import (
    BringStart,
    BringUpload,
    BroughtList,
    BroughtView,
    ContractView,
    TakeDraft,
)
from marketplace.contracts.service import bringing, papers
from marketplace.web.forms import as_invalid, read_form
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Api

api = Api("contracts")
BROUGHT = "/contracts/brought/{brought_id:uuid}"


@api.post(
    "/contracts/brought", guard=signed_in, scope=WRITE, status=201,
    errors=(404, 409, 429, 503), form=BringUpload,
)  # fmt: skip
async def bring_to_client(request: Request) -> BroughtView:
    """As the assistant, bring a contract signed with a client elsewhere: a form with its PDF."""
    draft, name = await _sent(request)
    start = BringStart.model_validate(draft.model_dump(exclude={"file"}))
    row = await bringing.bring(viewer(request), start, draft.file, name)
    return await _view(request, row.id)


async def _sent(request: Request) -> tuple[BringUpload, str]:
    """The fields with the file, and what it is called. Raises Invalid."""
    name = ""
    try:
        values: dict[str, object] = dict(await read_form(request))
        file = values.pop("file", None)
        if isinstance(file, UploadFile) and file.filename:
            values["file"], name = await file.read(), file.filename
        return BringUpload.model_validate(values), name
    except ValidationError as error:
        raise as_invalid(error) from None
    finally:
        await request.close()


async def _view(request: Request, brought_id: UUID) -> BroughtView:
    return BroughtView.of(*await queries.brought(viewer(request), brought_id))


@api.get("/contracts/brought", guard=signed_in, scope=READ)
async def brought_waiting(request: Request) -> BroughtList:
    """Contracts signed elsewhere that wait for an answer, brought by you or to you."""
    rows = await queries.brought_waiting(viewer(request))
    return BroughtList(items=tuple(BroughtView.of(row, side) for row, side in rows))


@api.get(BROUGHT, guard=signed_in, scope=READ, errors=(404,))
async def brought(request: Request, brought_id: UUID) -> BroughtView:
    """One contract that was brought, and what became of it."""
    return await _view(request, brought_id)


@api.get(
    BROUGHT + "/file", guard=signed_in, scope=READ, errors=(404, 409),
    media_type="application/pdf",
)  # fmt: skip
async def brought_file(request: Request, brought_id: UUID) -> Response:
    """The file of a contract that was brought, byte for byte."""
    row, _side = await queries.brought(viewer(request), brought_id)
    content = await papers.content_of(row.file)
    headers = {"content-disposition": f'attachment; filename="{row.file.file_sha256[:8]}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@api.post(
    BROUGHT + "/take", guard=signed_in, scope=WRITE, status=201, idempotent=True,
    errors=(404, 409, 422),
)  # fmt: skip
async def take_brought(request: Request, brought_id: UUID, body: TakeDraft) -> ContractView:
    """As the client, make a draft of what was brought, with its file."""
    who = viewer(request)
    contract = await bringing.take(who, brought_id, body.business_id)
    return await view(who, await queries.get(who, contract.id))


@api.post(BROUGHT + "/decline", guard=signed_in, scope=WRITE, idempotent=True, errors=(404, 409))
async def decline_brought(request: Request, brought_id: UUID) -> BroughtView:
    """As the client, decline what was brought; the assistant is told."""
    await bringing.answer(viewer(request), brought_id, Outcome.DECLINED)
    return await _view(request, brought_id)


@api.post(BROUGHT + "/withdraw", guard=signed_in, scope=WRITE, idempotent=True, errors=(404, 409))
async def withdraw_brought(request: Request, brought_id: UUID) -> BroughtView:
    """As the assistant, take back what you brought."""
    await bringing.answer(viewer(request), brought_id, Outcome.WITHDRAWN)
    return await _view(request, brought_id)
