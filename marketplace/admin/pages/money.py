"""Owns the pages of an operator's decisions about money: bank disputes, our own payout."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.pages.router import Form, blank, pages, show, with_draft, with_reason
from marketplace.admin.queries import records, treasury
from marketplace.admin.schemas.disputes import AnswerDraft, RecoverDraft
from marketplace.admin.schemas.treasury import PayOutDraft
from marketplace.core.i18n import _
from marketplace.disputes import queries as cases
from marketplace.disputes.rules import reason, tell_until
from marketplace.disputes.service import pack
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to
from payments import explorer
from payments.money import HELD_CURRENCIES

DISPUTE = "/operator/disputes/{dispute}"


@pages.get("/operator/disputes", guard=operator)
async def disputes(request: Request) -> Response:
    """Charges that banks took back, with the contracts whose money it is."""
    rows = await explorer.disputes(limit=500)
    contracts = {row.contract: await records.contract(row.contract) for row in rows}
    return show(request, "disputes", rows=rows, contracts=contracts, reason=reason, tab="disputes")


async def _dispute(
    request: Request, status: int = 200, *, answering: Form | None = None,
    conceding: Form | None = None, recovering: Form | None = None,
) -> Response:  # fmt: skip
    row = await pack.dispute(request.path_params["dispute"])
    contract = await records.contract(row.contract)
    acts = await records.acts_on(f"dispute:{row.id}")
    summary = await pack.summary(row, contract) if contract else pack.Summary("")
    form = answering or blank({"text": summary.text})
    return show(
        request, "dispute", status=status, row=row, contract=contract, acts=acts,
        reason=reason(row.reason), accounts=await cases.accounts(row.id),
        tell_until=tell_until(row.due_by), decided={act.act for act in acts}, answering=form,
        conceding=conceding or blank(), recovering=recovering or blank(), tab="disputes",
        cut=summary.cut,
    )  # fmt: skip


@pages.get(DISPUTE, guard=operator)
async def dispute(request: Request) -> Response:
    """One dispute: the evidence, the deadline, what can be decided."""
    return await _dispute(request)


@pages.get(f"{DISPUTE}/pack.zip", guard=operator)
async def dispute_pack(request: Request) -> Response:
    """The pack of evidence."""
    name = request.path_params["dispute"]
    headers = {"content-disposition": f'attachment; filename="evidence-{name}.zip"'}
    return Response(await pack.archive(name), media_type="application/zip", headers=headers)


def _done(request: Request, message: str) -> Response:
    return to(request, f"/operator/disputes/{request.path_params['dispute']}", message)


@pages.post(f"{DISPUTE}/answer", guard=operator)
async def answer_dispute(request: Request) -> Response:
    """Submit the evidence."""
    name, who = request.path_params["dispute"], viewer(request).person_id
    return await with_draft(
        request,
        AnswerDraft,
        lambda draft: service.disputes.answer(who, name, draft),
        lambda form, status: _dispute(request, status, answering=form),
        lambda: _done(request, _("The evidence is on its way to the bank.")),
    )


@pages.post(f"{DISPUTE}/concede", guard=operator)
async def concede_dispute(request: Request) -> Response:
    """Accept the loss."""
    name, who = request.path_params["dispute"], viewer(request).person_id
    return await with_reason(
        request,
        lambda draft: service.disputes.concede(who, name, draft),
        lambda form, status: _dispute(request, status, conceding=form),
        lambda: _done(request, _("The loss is accepted. The bank closes the dispute.")),
    )


@pages.post(f"{DISPUTE}/recover", guard=operator)
async def recover_dispute(request: Request) -> Response:
    """Decide that the assistant bears it."""
    name, who = request.path_params["dispute"], viewer(request).person_id
    return await with_draft(
        request,
        RecoverDraft,
        lambda draft: service.disputes.recover(who, name, draft),
        lambda form, status: _dispute(request, status, recovering=form),
        lambda: _done(request, _("Decided. The amount is taken back, or becomes a debt.")),
    )


async def _treasury(request: Request, form: Form, status: int = 200) -> Response:
    rows = await treasury.earned()
    acts = [act for row in rows for act in await records.acts_on(f"payout:{row.currency}")]
    return show(
        request, "treasury", status=status, rows=rows, form=form, acts=acts, tab="treasury",
        currencies=[(name, name) for name in HELD_CURRENCIES],
    )  # fmt: skip


@pages.get("/operator/treasury", guard=operator)
async def our_money(request: Request) -> Response:
    """What is earned, and the form to pay it out to our bank."""
    return await _treasury(request, blank())


@pages.post("/operator/treasury/payouts", guard=operator)
async def pay_out(request: Request) -> Response:
    """Pay earned money out to our bank."""
    who = viewer(request).person_id
    return await with_draft(
        request,
        PayOutDraft,
        lambda draft: service.treasury.pay_out(who, draft),
        lambda form, status: _treasury(request, form, status),
        lambda: to(request, "/operator/treasury", _("The payout leaves within a minute.")),
    )
