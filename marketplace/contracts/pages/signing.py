"""Owns the page on which a person signs; never touches a signature itself."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.accounts import queries as accounts
from marketplace.accounts.rules import Proves
from marketplace.accounts.service import devices
from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.pages.agreements import trace_of
from marketplace.contracts.rules import words
from marketplace.contracts.rules.access import party_of, side_of
from marketplace.contracts.rules.french import WISH
from marketplace.contracts.rules.signing import CodeSpent
from marketplace.contracts.rules.signing import consent as consent_to
from marketplace.contracts.rules.states import (
    Action,
    IllegalStep,
    SignedOutOfOrder,
    Status,
    may_sign,
    target,
)
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.schemas import SignDraft, SignRequest
from marketplace.contracts.service import changes, evidence, french, signing, taxes
from marketplace.contracts.service import pages as pictures
from marketplace.contracts.service.wording import wording
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _, gettext
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties.rules import NotSignatory
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("contracts")


@pages.get("/contracts/{contract_id:uuid}/sign", guard=signed_in)
async def sign_form(request: Request) -> Response:
    """What is signed, by whom, with which words; opening it is evidence."""
    who = viewer(request)
    contract = await queries.get(who, request.path_params["contract_id"])
    side = side_of(who, contract)
    change = await queries.open_change(contract.id)
    if change is None:
        target(contract.status, Action.SIGN, side)
        if not may_sign(contract.status, side, contract.signing_order):
            raise SignedOutOfOrder
    elif not await changes.may_sign(who, contract, change, side):
        raise IllegalStep
    version = change.version if change else await queries.version(contract.id, contract.version)
    if version.french_sha256 and not await queries.french_delivered(version, who.person_id):
        return render(request, "contracts/french.html", contract=contract, version=version)
    await evidence.note_reading(
        contract.id, side, who.person_id, version.file_sha256, "viewed", trace_of(request)
    )
    return await _page(request, contract, blank({"typed_name": ""}))


async def _page(request: Request, contract: Contract, form: Form, status: int = 200) -> Response:
    who = viewer(request)
    version = await queries.on_table(contract)
    if version is None:
        raise NotFound
    await french.refuse_early(who, version)
    agreed = Agreement.model_validate(version.agreement)
    locale = request.state.locale
    consent = consent_to(contract.number, version.number, contract.paper, locale)
    side = side_of(who, contract)
    change = await queries.change_shown(contract)
    since = change.since if change else None
    parts = await queries.planned(agreed, contract.assistant_id, since)
    try:
        signatory = await queries.signatory(who.person, party_of(side, contract), contract.language)
    except NotSignatory:  # may read what a colleague signs
        signatory = None
    return render(
        request,
        "contracts/sign.html",
        status=status,
        contract=contract,
        side=side,
        signatory=signatory,
        factor=await accounts.has_second_factor(who.person_id),
        passkey=await devices.to_prove(
            who.person_id, who.session_token, Proves.SIGN, version.file_sha256
        ),
        page_count=await pictures.count(version),
        version=version,
        agreed=agreed,
        parts=parts,
        total=queries.summed(parts, agreed),
        clauses=await wording(version),
        consent=consent,
        wish=gettext(WISH) if version.french_sha256 else "",
        change=change,
        words=words,
        taxes=await taxes.of_contract(contract),
        sentences=lambda codes: jurisdictions.sentences(codes, request.state.locale),
        tax_name=jurisdictions.tax_name,
        code_sent=await queries.code_is_live(contract.id, who.person_id, version.file_sha256),
        form=form,
    )


@pages.get(
    "/contracts/{contract_id:uuid}/versions/{number:int}/pages/{page:int}.png", guard=signed_in
)
async def page_picture(request: Request) -> Response:
    """A page of the file itself; that it was shown is evidence."""
    who, params = viewer(request), request.path_params
    contract = await queries.get(who, params["contract_id"])
    version = await queries.version(contract.id, params["number"])
    await french.refuse_early(who, version)
    drawn = await pictures.picture(version, params["page"], who.person_id)
    return Response(drawn, media_type="image/png")


@pages.post("/contracts/{contract_id:uuid}/sign/code", guard=signed_in)
async def code(request: Request) -> Response:
    """Send the one-time code."""
    contract_id: UUID = request.path_params["contract_id"]
    who = viewer(request)
    draft, form = validate(SignRequest, await read_form(request))
    if draft is None:
        return await _page(request, await queries.get(who, contract_id), form, 422)
    await signing.request_code(who, contract_id, draft.file_sha256, trace=trace_of(request))
    said = _("We sent a code to %(email)s.")
    return to(request, f"/contracts/{contract_id}/sign#code", said, email=who.person.email)


@pages.post("/contracts/{contract_id:uuid}/sign", guard=signed_in)
async def sign(request: Request) -> Response:
    """Give consent."""
    contract_id: UUID = request.path_params["contract_id"]
    who = viewer(request)
    draft, form = validate(SignDraft, await read_form(request))
    if draft is None:
        return await _page(request, await queries.get(who, contract_id), form, 422)
    try:
        contract = await signing.sign(
            who, contract_id, draft, locale=request.state.locale, trace=trace_of(request)
        )
    except Invalid as error:
        contract = await queries.get(who, contract_id)
        return await _page(request, contract, refused(form, error), 422)
    except CodeSpent as error:
        form.refuse({"code": error.message})
        return await _page(request, await queries.get(who, contract_id), form, error.status)
    done = contract.status in {Status.SIGNED, Status.ACTIVE} and not await queries.open_change(
        contract_id
    )
    said = (
        _("Signed by both sides. Your copy is ready.")
        if done
        else _("You signed. Now the other side.")
    )
    return to(request, f"/contracts/{contract_id}", said)
