"""Owns an operator's decision to pay earned money out to our own bank; never touches held money."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from marketplace.admin.models import OperatorAct
from marketplace.admin.queries.treasury import earned_in
from marketplace.admin.rules.decisions import MoreThanEarned
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.treasury import PayOutDraft
from marketplace.admin.service.log import record
from marketplace.core import jobs
from marketplace.core.db import command, connection
from payments import treasury
from payments.money import Money

_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtext('platform_payout'))"


@command
async def pay_out(person_id: UUID, draft: PayOutDraft) -> UUID:
    """Sends earned money to our bank, by job; gives the act. Raises MoreThanEarned."""
    await connection().execute_query(_ONE_AT_A_TIME)
    earned = await earned_in(draft.currency)
    amount = Money(draft.amount_minor, draft.currency)
    if amount > earned:
        raise MoreThanEarned
    act = await record(
        person_id, Act.PAY_OUT, f"payout:{draft.currency}",
        before={"earned_minor": earned.minor, "currency": draft.currency},
        after={"earned_minor": (earned - amount).minor, "amount_minor": amount.minor,
               "currency": draft.currency},
        draft=draft,
    )  # fmt: skip
    await jobs.defer("admin.pay_out", act=act.id)
    return act.id


@jobs.task("admin.pay_out", queue="money", tries=jobs.TRIES_WITH_KEY)
async def send(act: str) -> None:
    """Make the payout at Stripe, once, under a key made from the decision.

    Raises InsufficientFunds while less of it is available at Stripe: the job is tried again.
    """
    decided = await OperatorAct.get(id=UUID(act)).select_related("person")
    amount = Money(decided.after["amount_minor"], decided.after["currency"])
    who = f"{decided.person.name} ({decided.person_id})"
    await treasury.pay_out(amount, key=act, decided_by=who)
