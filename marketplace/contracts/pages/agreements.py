"""Owns the pages of agreements: list, one contract, counter-offer, answers, files of evidence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries
from marketplace.contracts.models import Contract, ContractVersion
from marketplace.contracts.pages import fields, schedules
from marketplace.contracts.rules import change_words, words
from marketplace.contracts.rules import evidence as chain
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.annex import EVENT_WORDS
from marketplace.contracts.rules.changes import ChangeStatus
from marketplace.contracts.rules.offers import differences
from marketplace.contracts.rules.states import OPEN, TURN, Action, Actor, actions_for, may_sign
from marketplace.contracts.rules.states import target as target_of
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.schemas import ConditionsStep, ContractQuery, Refusal, ScopeStep
from marketplace.contracts.service import documents, evidence, french, offers
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.sealing.rules.chain import RULE
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.network import address
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("contracts")


def trace_of(request: Request) -> chain.Trace:
    """Where this request came from, for the evidence."""
    agent = request.headers.get("user-agent")
    return chain.seen(address(request) or None, agent, viewer(request).session_token)


@pages.get("/contracts", guard=signed_in)
async def index(request: Request) -> Response:
    """The viewer's contracts on both sides, newest first, with who has to act."""
    who = viewer(request)
    known = {name: value for name, value in request.query_params.items() if value}
    try:
        query = ContractQuery.model_validate(known)
    except ValidationError:
        query = ContractQuery()
    side = Actor(query.side) if query.side else None
    rows, after = await queries.for_viewer(
        who, side=side, status=query.status, cursor=query.cursor, limit=query.limit
    )
    return render(
        request,
        "contracts/index.html",
        rows=[(contract, side_of(who, contract)) for contract in rows],
        after=after,
        brought=await queries.brought_waiting(who),
        side=query.side or "",
        turn=TURN,
        words=words,
    )


@pages.get("/contracts/{contract_id:uuid}", guard=signed_in)
async def show(request: Request) -> Response:
    """One agreement: what to do next, its terms, versions, evidence."""
    who = viewer(request)
    contract = await queries.get(who, request.path_params["contract_id"])
    return await _show(request, contract)


async def _show(request: Request, contract: Contract, status: int = 200, **more: Any) -> Response:
    who = viewer(request)
    side = side_of(who, contract)
    context: dict[str, Any] = {
        "agreed": None,
        "parts": (),
        "total": None,
        "versions": [],
        "proposals": {},
        "change": None,
        "independence": queries.independence(contract),
    }
    if contract.version:
        agreed = queries.agreement(contract)
        change = await queries.change_shown(contract)
        parts = await queries.planned(agreed, contract.assistant_id)
        context |= {
            "agreed": agreed,
            "parts": parts,
            "total": queries.summed(parts, agreed),
            "versions": await compared(contract, request.state.locale),
            "proposals": {each.version.number: each for each in await queries.changes(contract.id)},
            "change": change,
        }
        if change:
            context["independence"] = change.independence
    chained = await queries.evidence(contract.id)
    signatures = await queries.signatures(contract)
    return render(
        request,
        "contracts/show.html",
        status=status,
        contract=contract,
        side=side,
        turn=TURN.get(contract.status),
        actions=actions_for(contract.status, side),
        may_sign=may_sign(contract.status, side, contract.signing_order),
        signed_here=any(each.person_id == who.person_id for each in signatures),
        is_open=contract.status in OPEN,
        signatures=signatures,
        evidence=chained,
        broken_at=queries.broken_at(chained),
        seals={each.version.number: each for each in await queries.seals(contract.id)},
        words=words,
        event_words=EVENT_WORDS,
        **context | more,
    )


async def compared(
    contract: Contract, locale: str
) -> list[tuple[ContractVersion, list[tuple[str, str, str]], bool]]:
    """Each version, newest first, with what it changed in words and whether it was never agreed."""
    proposed = await queries.changes(contract.id)
    dropped = {each.version.number for each in proposed if each.status != ChangeStatus.AGREED}
    found: list[tuple[ContractVersion, list[tuple[str, str, str]], bool]] = []
    older: Agreement | None = None
    for version in reversed(await queries.versions(contract.id)):
        agreed = Agreement.model_validate(version.agreement)
        apart = version.number in dropped
        new = differences(older, agreed) if older else ()
        said = [change_words.change(each, contract.currency, locale) for each in new]
        found.append((version, said, apart))
        older = older if apart else agreed
    return found[::-1]


@pages.get("/contracts/{contract_id:uuid}/counter", guard=signed_in)
async def counter_form(request: Request) -> Response:
    """The terms on the table, to be changed."""
    contract = await _counterable(request)
    form = blank(fields.agreed_values(contract, request.state.locale))
    return _counter_page(request, contract, form)


async def _counterable(request: Request) -> Contract:
    contract = await queries.get(viewer(request), request.path_params["contract_id"])
    target_of(contract.status, Action.COUNTER, side_of(viewer(request), contract))
    return contract


def _counter_page(request: Request, contract: Contract, form: Form, status: int = 200) -> Response:
    return render(
        request,
        "contracts/counter.html",
        status=status,
        contract=contract,
        side=side_of(viewer(request), contract),
        form=form,
        **fields.choices(contract),
    )


@pages.post("/contracts/{contract_id:uuid}/counter", guard=signed_in)
async def counter(request: Request) -> Response:
    """Propose other terms: a new version, the other side's turn."""
    contract = await _counterable(request)
    data = await read_form(request)
    changes, form = _read_all(contract, data)
    if "add" in data:
        return _counter_page(request, contract, fields.with_row(form))
    if changes is None:
        return _counter_page(request, contract, form, 422)
    try:
        await offers.counter(
            viewer(request),
            contract.id,
            changes,
            lock_version=fields.lock_version(data),
            trace=trace_of(request),
        )
    except Invalid as error:
        return _counter_page(request, contract, refused(form, error), 422)
    return to(request, f"/contracts/{contract.id}", _("Your proposal is on its way."))


def _read_all(contract: Contract, data: FormData) -> tuple[dict[str, Any] | None, Form]:
    """All fields of a counter-offer, with every message at once."""
    terms, form = fields.read_price(contract.kind, data, contract.currency)
    scope, scope_form = validate(ScopeStep, data)
    conditions, conditions_form = validate(ConditionsStep, data)
    form.errors |= scope_form.errors | conditions_form.errors
    declared = schedules.declared(contract, form, data)
    if terms is None or scope is None or conditions is None or form.errors:
        return None, form
    return {**scope.model_dump(), **conditions.model_dump(), **declared, "terms": terms}, form


@pages.post("/contracts/{contract_id:uuid}/decline", guard=signed_in)
async def decline(request: Request) -> Response:
    """Say no to an offer."""
    return await _end(request, offers.decline, _("You declined the offer."))


@pages.post("/contracts/{contract_id:uuid}/withdraw", guard=signed_in)
async def withdraw(request: Request) -> Response:
    """Take an offer or a draft back."""
    return await _end(request, offers.withdraw, _("You withdrew the offer."))


async def _end(request: Request, verb: Any, message: str) -> Response:
    contract_id: UUID = request.path_params["contract_id"]
    draft, form = validate(Refusal, await read_form(request))
    if draft is None:
        contract = await queries.get(viewer(request), contract_id)
        return await _show(request, contract, 422, form=form)
    await verb(viewer(request), contract_id, draft.reason, trace=trace_of(request))
    return to(request, f"/contracts/{contract_id}", message)


@pages.get("/contracts/{contract_id:uuid}/versions/{number:int}.pdf", guard=signed_in)
async def file(request: Request) -> Response:
    """The frozen PDF of a version; reading it is evidence."""
    who = viewer(request)
    contract = await queries.get(who, request.path_params["contract_id"])
    version = await queries.version(contract.id, request.path_params["number"])
    await french.refuse_early(who, version)
    content = await documents.read(version.file_sha256)
    await evidence.note_reading(
        contract.id, side_of(who, contract), who.person_id, version.file_sha256,
        "downloaded", trace_of(request),
    )  # fmt: skip
    name = f"{contract.number}-v{version.number}.pdf"
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


@pages.get("/contracts/{contract_id:uuid}/versions/{number:int}/french.pdf", guard=signed_in)
async def french_file(request: Request) -> Response:
    """The French version that comes before another language; opening it is evidence."""
    params = request.path_params
    content = await french.hand_over(
        viewer(request), params["contract_id"], params["number"], trace_of(request)
    )
    return Response(content, media_type="application/pdf")


@pages.get("/contracts/{contract_id:uuid}/versions/{number:int}/sealed.pdf", guard=signed_in)
async def sealed_file(request: Request) -> Response:
    """The final file of a version that both signed."""
    contract = await queries.get(viewer(request), request.path_params["contract_id"])
    seal = await queries.seal_of(contract.id, request.path_params["number"])
    content = await documents.read(seal.file_sha256)
    name = f"{contract.number}-v{request.path_params['number']}-sealed.pdf"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


@pages.get("/contracts/{contract_id:uuid}/evidence.json", guard=signed_in)
async def evidence_file(request: Request) -> Response:
    """The whole chain as it was hashed, to be kept and checked elsewhere."""
    contract = await queries.get(viewer(request), request.path_params["contract_id"])
    rows = await queries.evidence(contract.id)
    body = {
        "contract": contract.number,
        "rule": RULE,
        "events": [chain.as_event(queries.link(row), row.hash) for row in rows],
    }
    name = f"{contract.number}-evidence.json"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(orjson.dumps(body), media_type="application/json", headers=headers)
