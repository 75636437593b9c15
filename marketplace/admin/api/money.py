"""Owns the JSON operations on an operator's decisions about money: disputes, our own payout."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.api.router import act, read
from marketplace.admin.queries import treasury
from marketplace.admin.schemas.disputes import (
    AnswerDraft,
    OperatorDisputeCase,
    OperatorDisputeView,
    RecoverDraft,
)
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.schemas.shapes import MinorAmount
from marketplace.admin.schemas.treasury import PayOutDraft, TreasuryView
from marketplace.disputes import queries
from marketplace.disputes.schemas import AccountView
from marketplace.disputes.service import pack
from marketplace.web.guards import viewer
from payments import explorer

DISPUTE = "/operator/disputes/{dispute}"


@read("/operator/disputes")
async def disputes(_request: Request) -> list[OperatorDisputeView]:
    """Charges that banks took back: open ones first, then the newest, at most 500."""
    return [OperatorDisputeView.of(row) for row in await explorer.disputes(limit=500)]


@read(DISPUTE)
async def dispute(_request: Request, dispute: str) -> OperatorDisputeCase:
    """One bank dispute, and what the two sides told about it."""
    return await _case(dispute)


async def _case(dispute_id: str) -> OperatorDisputeCase:
    told = [AccountView.model_validate(each) for each in await queries.accounts(dispute_id)]
    shown = OperatorDisputeView.of(await pack.dispute(dispute_id))
    return OperatorDisputeCase(**shown.model_dump(), accounts=told)


@read(f"{DISPUTE}/pack.zip", media_type="application/zip")
async def dispute_pack(_request: Request, dispute: str) -> Response:
    """Everything known about the disputed payment as one ZIP, with the SHA-256 of each file."""
    return zipped(dispute, await pack.archive(dispute))


def zipped(dispute_id: str, content: bytes) -> Response:
    """The pack as a download."""
    name = {"content-disposition": f'attachment; filename="evidence-{dispute_id}.zip"'}
    return Response(content, media_type="application/zip", headers=name)


@act(f"{DISPUTE}/answer")
async def answer_dispute(request: Request, dispute: str, body: AnswerDraft) -> OperatorDisputeCase:
    """Submit the evidence to the bank, once, for good; the reason is logged."""
    await service.disputes.answer(viewer(request).person_id, dispute, body)
    return await _case(dispute)


@act(f"{DISPUTE}/concede")
async def concede_dispute(request: Request, dispute: str, body: ReasonDraft) -> OperatorDisputeCase:
    """Accept that the bank keeps the money, for good; the reason is logged."""
    await service.disputes.concede(viewer(request).person_id, dispute, body)
    return await _case(dispute)


@act(f"{DISPUTE}/recover")
async def recover_dispute(
    request: Request, dispute: str, body: RecoverDraft
) -> OperatorDisputeCase:
    """Decide that the assistant bears a lost dispute: reversal or debt; the reason is logged."""
    await service.disputes.recover(viewer(request).person_id, dispute, body)
    return await _case(dispute)


@read("/operator/treasury")
async def treasury_view(_request: Request) -> TreasuryView:
    """What of our balance at Stripe is earned, by currency."""
    return TreasuryView(earned=[MinorAmount.of(each) for each in await treasury.earned()])


@act("/operator/treasury/payouts")
async def pay_out(request: Request, body: PayOutDraft) -> TreasuryView:
    """Pay earned money out to our own bank, by job; the reason is logged."""
    await service.treasury.pay_out(viewer(request).person_id, body)
    return await treasury_view(request)
