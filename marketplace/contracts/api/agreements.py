"""Owns the JSON operations of agreements, from draft to evidence; never decides anything itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import evidence as chain
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.independence import Found
from marketplace.contracts.rules.states import TURN, Actor, actions_for
from marketplace.contracts.schemas import (
    ContractPage,
    ContractQuery,
    ContractView,
    DraftChanges,
    EvidenceChain,
    EvidenceView,
    IndependenceSign,
    OfferStart,
    PartyView,
    Refusal,
    SealView,
    SendOffer,
    SignDraft,
    SignRequest,
    VersionSealView,
)
from marketplace.contracts.service import documents, drafting, evidence, french, offers, signing
from marketplace.contracts.service import pages as pictures
from marketplace.core.i18n import gettext
from marketplace.web.guards import signed_in, viewer
from marketplace.web.network import address
from marketplace.web.routing import Api

api = Api("contracts")
READ, WRITE = "contracts:read", "contracts:write"
CONTRACT = "/contracts/{contract_id:uuid}"
CLEARED_BY_NULL = frozenset({"ends_on", "personal_data"})


def trace_of(request: Request) -> chain.Trace:
    """Where this request came from, for the evidence."""
    agent = request.headers.get("user-agent")
    return chain.seen(address(request) or None, agent, viewer(request).session_token)


async def _view(request: Request, contract_id: UUID) -> ContractView:
    who = viewer(request)
    return await view(who, await queries.get(who, contract_id))


async def view(who: Any, contract: Contract) -> ContractView:
    """A contract with both parties at hand, as one of its sides sees it."""
    side = side_of(who, contract)
    version = await queries.current_version(contract)
    signed = await queries.signatures(contract)
    plain = {
        name: getattr(contract, name)
        for name in ContractView.model_fields
        if hasattr(contract, name)
    }
    return ContractView.model_validate(
        plain
        | {
            "side": side,
            "turn": TURN.get(contract.status),
            "actions": tuple(sorted(actions_for(contract.status, side))),
            "business": PartyView.model_validate(contract.business),
            "assistant": PartyView.model_validate(contract.assistant),
            "terms": contract.terms or None,
            "file_sha256": version.file_sha256 if version else None,
            "independence": tuple(sign_view(each) for each in queries.independence(contract)),
            "signed_by": tuple(each.side for each in signed),
        }
    )


def sign_view(found: Found) -> IndependenceSign:
    """A sign of disguised employment in the reader's language."""
    sign = found.sign
    return IndependenceSign(
        id=sign.id,
        title=gettext(sign.title),
        excerpt=found.excerpt,
        clause=sign.clause,
        source=sign.source,
        fix=gettext(sign.fix),
    )


@api.get("/contracts", guard=signed_in, scope=READ)
async def index(request: Request, query: ContractQuery) -> ContractPage:
    """The contracts on both of your sides, newest first."""
    who = viewer(request)
    side = Actor(query.side) if query.side else None
    rows, after = await queries.for_viewer(
        who, side=side, status=query.status, cursor=query.cursor, limit=query.limit
    )
    return ContractPage(items=tuple([await view(who, row) for row in rows]), next=after)


@api.post(
    "/contracts", guard=signed_in, scope=WRITE, status=201, idempotent=True, errors=(404, 409)
)
async def create(request: Request, body: OfferStart) -> ContractView:
    """Begin a draft for an assistant, named by profile slug."""
    contract = await drafting.begin(viewer(request), body)
    return await _view(request, contract.id)


@api.get(CONTRACT, guard=signed_in, scope=READ, errors=(404,))
async def show(request: Request, contract_id: UUID) -> ContractView:
    """One contract of yours."""
    return await _view(request, contract_id)


@api.patch(CONTRACT, guard=signed_in, scope=WRITE, errors=(404, 409))
async def change(request: Request, contract_id: UUID, body: DraftChanges) -> ContractView:
    """Change fields of a draft; what is left out stays."""
    await drafting.edit(viewer(request), contract_id, _given(body), body.lock_version)
    return await _view(request, contract_id)


def _given(body: DraftChanges) -> dict[str, Any]:
    """The fields the caller named; an explicit null clears the end date and personal data only."""
    named = body.model_fields_set - {"lock_version"}
    values = {name: getattr(body, name) for name in named}
    return {name: v for name, v in values.items() if v is not None or name in CLEARED_BY_NULL}


@api.post(f"{CONTRACT}/send", guard=signed_in, scope=WRITE, idempotent=True, errors=(404, 409))
async def send(request: Request, contract_id: UUID, body: SendOffer) -> ContractView:
    """Freeze the draft as version 1 and put it before the assistant."""
    await offers.send(
        viewer(request), contract_id, lock_version=body.lock_version, trace=trace_of(request)
    )
    return await _view(request, contract_id)


@api.post(f"{CONTRACT}/counter", guard=signed_in, scope=WRITE, idempotent=True, errors=(404, 409))
async def counter(request: Request, contract_id: UUID, body: DraftChanges) -> ContractView:
    """Propose other terms; kind and currency stay, earlier consents no longer count."""
    await offers.counter(
        viewer(request),
        contract_id,
        _given(body),
        lock_version=body.lock_version,
        trace=trace_of(request),
    )
    return await _view(request, contract_id)


@api.post(f"{CONTRACT}/decline", guard=signed_in, scope=WRITE, idempotent=True, errors=(404, 409))
async def decline(request: Request, contract_id: UUID, body: Refusal) -> ContractView:
    """Say no to an offer."""
    await offers.decline(viewer(request), contract_id, body.reason, trace=trace_of(request))
    return await _view(request, contract_id)


@api.post(f"{CONTRACT}/withdraw", guard=signed_in, scope=WRITE, idempotent=True, errors=(404, 409))
async def withdraw(request: Request, contract_id: UUID, body: Refusal) -> ContractView:
    """Take an offer or a draft back."""
    await offers.withdraw(viewer(request), contract_id, body.reason, trace=trace_of(request))
    return await _view(request, contract_id)


@api.post(
    f"{CONTRACT}/sign-request",
    guard=signed_in,
    scope=WRITE,
    status=202,
    idempotent=True,
    errors=(404, 409, 429),
)
async def sign_request(request: Request, contract_id: UUID, body: SignRequest) -> None:
    """Send a one-time code for exactly this file to your own address; it lasts ten minutes."""
    await signing.request_code(
        viewer(request), contract_id, body.file_sha256, trace=trace_of(request)
    )


@api.post(f"{CONTRACT}/sign", guard=signed_in, scope=WRITE, idempotent=True, errors=(404, 409))
async def sign(request: Request, contract_id: UUID, body: SignDraft) -> ContractView:
    """Give your side's consent to exactly this file, with the code that was sent."""
    await signing.sign(
        viewer(request), contract_id, body, locale=request.state.locale, trace=trace_of(request)
    )
    return await _view(request, contract_id)


@api.get(
    f"{CONTRACT}/versions/{{number:int}}/file",
    guard=signed_in,
    scope=READ,
    errors=(404, 409),
    media_type="application/pdf",
)
async def file(request: Request, contract_id: UUID, number: int) -> Response:
    """The frozen PDF of a version."""
    who = viewer(request)
    contract = await queries.get(who, contract_id)
    version = await queries.version(contract.id, number)
    await french.refuse_early(who, version)
    content = await documents.read(version.file_sha256)
    side = side_of(who, contract)
    await evidence.note_reading(
        contract.id, side, who.person_id, version.file_sha256, "downloaded", trace_of(request)
    )
    return Response(content, media_type="application/pdf")


@api.get(
    f"{CONTRACT}/versions/{{number:int}}/french",
    guard=signed_in,
    scope=READ,
    errors=(404, 409),
    media_type="application/pdf",
)
async def french_file(request: Request, contract_id: UUID, number: int) -> Response:
    """The French version that comes before this one (Quebec); that you received it is evidence."""
    content = await french.hand_over(viewer(request), contract_id, number, trace_of(request))
    return Response(content, media_type="application/pdf")


@api.get(
    f"{CONTRACT}/versions/{{number:int}}/pages/{{page:int}}",
    guard=signed_in,
    scope=READ,
    errors=(404, 409),
    media_type="image/png",
)
async def page_picture(request: Request, contract_id: UUID, number: int, page: int) -> Response:
    """A page of a version's file as a picture; that it was shown to you is evidence."""
    who = viewer(request)
    contract = await queries.get(who, contract_id)
    version = await queries.version(contract.id, number)
    await french.refuse_early(who, version)
    drawn = await pictures.picture(version, page, who.person_id)
    return Response(drawn, media_type="image/png")


@api.get(f"{CONTRACT}/seals", guard=signed_in, scope=READ, errors=(404,))
async def seals(request: Request, contract_id: UUID) -> list[VersionSealView]:
    """The sealed files of a contract, newest first: a version is sealed once both signed it."""
    contract = await queries.get(viewer(request), contract_id)
    return [
        VersionSealView(**SealView.model_validate(row).model_dump(), version=row.version.number)
        for row in await queries.seals(contract.id)
    ]


@api.get(
    f"{CONTRACT}/versions/{{number:int}}/sealed",
    guard=signed_in,
    scope=READ,
    errors=(404, 409),
    media_type="application/pdf",
)
async def sealed_file(request: Request, contract_id: UUID, number: int) -> Response:
    """The sealed PDF of a version that both signed: contract, evidence and seal in one."""
    contract = await queries.get(viewer(request), contract_id)
    seal = await queries.seal_of(contract.id, number)
    return Response(await documents.read(seal.file_sha256), media_type="application/pdf")


@api.get(f"{CONTRACT}/evidence", guard=signed_in, scope=READ, errors=(404,))
async def evidence_chain(request: Request, contract_id: UUID) -> EvidenceChain:
    """The contract's hash-chained log, as it was hashed."""
    contract = await queries.get(viewer(request), contract_id)
    rows = await queries.evidence(contract.id)
    return EvidenceChain(
        contract=contract.id,
        events=tuple(
            EvidenceView(
                **{
                    name: getattr(queries.link(row), name)
                    for name in EvidenceView.model_fields
                    if name != "hash"
                },
                hash=row.hash,
            )
            for row in rows
        ),
        broken_at=queries.broken_at(rows),
    )
