"""Owns an operator's decisions about a bank's dispute: each with its reason in the log first.

What goes to Stripe leaves by a job, so that a Stripe that is away is tried again and a killed
worker sends nothing twice. Nothing is ever taken from an assistant but by `recover`.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.accounts import queries as people
from marketplace.admin.models import OperatorAct
from marketplace.admin.rules.decisions import TOO_MUCH, DisputeClosed, NothingToRecover
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.disputes import AnswerDraft, RecoverDraft
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.service.log import record
from marketplace.core import events, jobs
from marketplace.core.db import command
from marketplace.core.errors import Invalid
from marketplace.core.i18n import current_locale, format_money
from marketplace.disputes import service as cases
from marketplace.disputes.service import letters, pack
from payments import disputes, errors, escrow, explorer
from payments.money import Money


def _state(row: explorer.DisputeView) -> dict[str, Any]:
    return {
        "status": row.status,
        "loss_minor": row.loss.minor,
        "released_minor": row.released.minor,
        "currency": row.amount.currency,
    }


async def _open(dispute_id: str) -> explorer.DisputeView:
    await cases.alone(dispute_id)
    row = await pack.dispute(dispute_id)
    decided = await OperatorAct.exists(
        subject=f"dispute:{dispute_id}",
        act__in=[Act.ANSWER_DISPUTE.value, Act.CONCEDE_DISPUTE.value],
    )
    if row.status != "open" or row.answered_at is not None or decided:
        raise DisputeClosed
    return row


@command
async def answer(person_id: UUID, dispute_id: str, draft: AnswerDraft) -> None:
    """Submits the evidence to the bank, by job. Raises NotFound, DisputeClosed, ToldSince."""
    row = await _open(dispute_id)
    await cases.close(dispute_id, draft.accounts)
    act = await record(
        person_id, Act.ANSWER_DISPUTE, f"dispute:{dispute_id}",
        before=_state(row), after={**_state(row), "answer": draft.text}, draft=draft,
    )  # fmt: skip
    await jobs.defer("admin.send_answer", dispute=dispute_id, act=act.id)


@command
async def concede(person_id: UUID, dispute_id: str, draft: ReasonDraft) -> None:
    """Accepts that the bank keeps the money, by job. Raises NotFound, DisputeClosed."""
    row = await _open(dispute_id)
    await cases.close(dispute_id)
    act = await record(
        person_id, Act.CONCEDE_DISPUTE, f"dispute:{dispute_id}",
        before=_state(row), after={**_state(row), "answer": "conceded"}, draft=draft,
    )  # fmt: skip
    await jobs.defer("admin.send_answer", dispute=dispute_id, act=act.id)


@jobs.task("admin.send_answer", queue="money", tries=jobs.TRIES_WITH_KEY)
async def send(dispute: str, act: str) -> None:
    """Tell Stripe what was decided, under a key made from the decision."""
    decided = await OperatorAct.get(id=UUID(act))
    try:
        if decided.act == Act.CONCEDE_DISPUTE.value:
            await disputes.concede(dispute, decision=act, on_fact=events.on_fact)
        else:
            evidence = {"uncategorized_text": decided.after["answer"]}
            await disputes.answer(dispute, evidence, decision=act, on_fact=events.on_fact)
    except errors.StripeRefused as refused:
        if refused.code != "dispute_already_closed":
            raise  # the job is tried again, then shown as failed
    # Closed meanwhile, by the bank or in Stripe's own pages: its news tells the rest.


@command
async def recover(person_id: UUID, dispute_id: str, draft: RecoverDraft) -> None:
    """The assistant bears a lost dispute, by this person's decision: reversal, or debt and set-off.

    The assistant is told by whom, why and how much.

    Raises NotFound, NothingToRecover, Invalid beside the amount.
    """
    await cases.alone(dispute_id)
    row = await pack.dispute(dispute_id)
    most = row.recoverable.minor
    minor = most if draft.price_minor is None else draft.price_minor
    if most <= 0 or await _decided(dispute_id):
        raise NothingToRecover
    if minor > most:
        said = format_money(row.recoverable, current_locale.get())
        raise Invalid({"price_minor": (TOO_MUCH, {"most": said})})
    person = await people.person(person_id)
    settled = await escrow.recover(
        key=f"dispute:{dispute_id}",
        dispute=dispute_id,
        decided_by=f"{person.name or person.email} ({person.id})",
        reason=draft.reason,
        price=Money(minor, row.amount.currency),
    )
    for fact in settled:
        await events.on_fact(fact)
    await letters.recovered(row)
    after = await pack.dispute(dispute_id)
    await record(
        person_id, Act.RECOVER_DISPUTE, f"dispute:{dispute_id}",
        before=_state(row), after={**_state(after), "recovered_minor": minor}, draft=draft,
    )  # fmt: skip


async def _decided(dispute_id: str) -> bool:
    subject = f"dispute:{dispute_id}"
    return await OperatorAct.exists(subject=subject, act=Act.RECOVER_DISPUTE.value)
