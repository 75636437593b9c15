"""Owns the JSON operation that tells every line of the money before anything is stored."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.contracts import queries
from marketplace.contracts.api.agreements import READ
from marketplace.contracts.rules.instalments import Instalment
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.schemas import (
    FeePreview,
    FeePreviewRequest,
    QuoteLine,
    Sentence,
    TaxDecisionView,
    TaxesView,
    TaxLine,
)
from marketplace.contracts.service import documents, drafting, taxes
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.queries import VatDecision
from marketplace.parties import queries as parties
from marketplace.profiles import queries as profiles
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Api
from payments.fees import Quote

api = Api("contracts")


@api.get("/contracts/{contract_id:uuid}/taxes", guard=signed_in, scope=READ, errors=(404,))
async def tax_decisions(request: Request, contract_id: UUID) -> TaxesView:
    """How the work and both fees are taxed today, by which rule, and what must be settled."""
    contract = await queries.get(viewer(request), contract_id)
    decided = await taxes.of_contract(contract)
    supplies = {
        "supply": decided.supply,
        "client_fee": decided.client_fee,
        "assistant_fee": decided.assistant_fee,
    }
    return TaxesView(
        on=decided.on,
        data_version=jurisdictions.data_version(),
        decisions=[_decision(name, each, request.state.locale) for name, each in supplies.items()],
    )


def _decision(purpose: str, decided: VatDecision, locale: str) -> TaxDecisionView:
    return TaxDecisionView(
        purpose=purpose,
        rule=decided.rule,
        category=decided.category.value,
        rate_ppm=decided.rate_ppm,
        taxes=[TaxLine(name=each.name, rate_ppm=each.rate_ppm) for each in decided.taxes],
        mention_fr=decided.mention_fr,
        mention_en=decided.mention_en,
        vatex=decided.vatex,
        blocks=[
            Sentence(code=code, text=text)
            for code, text in zip(
                decided.blocks, jurisdictions.sentences(decided.blocks, locale), strict=True
            )
        ],
        warnings=[
            Sentence(code=code, text=text)
            for code, text in zip(
                decided.warnings, jurisdictions.sentences(decided.warnings, locale), strict=True
            )
        ],
    )


@api.post("/fee-preview", guard=signed_in, scope=READ, errors=(404,))
async def fee_preview(request: Request, body: FeePreviewRequest) -> FeePreview:
    """Every line both sides would pay and get, part by part, with the dates; nothing is stored."""
    who = viewer(request)
    profile = await profiles.by_slug(body.assistant)
    business_id = await drafting.business_of(who, body.business_id)
    assistant = await parties.by_id(profile.party_id)
    decided = await taxes.decide(await parties.by_id(business_id), assistant)
    chosen = settings()
    rail = documents.rail_of(assistant)
    shares = (chosen.client_fee_bps, chosen.assistant_fee_bps) if rail is Rail.HELD else (0, 0)
    fees = documents.fee_terms(decided, *shares)
    agreed = Agreement(
        title="preview",
        scope="fee preview only",
        currency=body.currency,
        language="en",
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        notice_days=0,
        trial_days=0,
        review_days=body.review_days,
        time_zone=profile.time_zone,
        terms=body.terms,
        fees=fees,
        clocks=documents.clocks_of(assistant),
        rail=rail,
    )
    return preview(agreed, await queries.planned(agreed, assistant.id))


def preview(agreed: Agreement, parts: tuple[queries.QuotedPart, ...]) -> FeePreview:
    """The quoted parts and their sum as numbers of minor units; no sum where no end is written."""
    if not parts:
        raise Invalid({"first_week": _("The first week lies after the end of the contract.")})
    total = queries.total(parts, agreed.currency)
    first, last = parts[0].part, parts[-1].part
    lines = tuple(_line(each.part, each.quote, agreed.currency) for each in parts)
    whole = _line(first, total, agreed.currency).model_copy(
        update={
            "kind": "total",
            "position": 0,
            "title": "",
            "days": 0,
            "whole_days": 0,
            "pack_units": 0,
            "usable_until": None,
            "ends_on": last.ends_on,
            "review_until": last.review_until,
            "paid_on": last.paid_on,
        }
    )
    open_ended = queries.endless(agreed)
    return FeePreview(
        parts=lines,
        total=None if open_ended else whole,
        open_ended=open_ended,
        rail=agreed.rail,
    )


def _line(part: Instalment, quoted: Quote, currency: str) -> QuoteLine:
    minor = {name: getattr(quoted, name).minor for name in Quote.__dataclass_fields__}
    dates = {
        name: getattr(part, name)
        for name in (
            "kind", "position", "title", "starts_on", "ends_on", "charged_on", "review_until",
            "paid_on", "days", "whole_days", "pack_units", "usable_until",
        )
    }  # fmt: skip
    return QuoteLine(currency=currency, **minor, **dates)
