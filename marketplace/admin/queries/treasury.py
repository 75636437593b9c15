"""Owns reading what is ours at Stripe, by currency. Never writes."""

from __future__ import annotations

from marketplace.admin.models import OperatorAct
from marketplace.admin.rules.runs import Act
from payments import explorer, treasury
from payments.money import Money


async def earned() -> list[Money]:
    """What of our balance can still be paid out, in each currency the books know."""
    found = await explorer.families()
    currencies = sorted({each.currency for each in found if each.family == "stripe"})
    return [await earned_in(currency) for currency in currencies]


async def earned_in(currency: str) -> Money:
    """What is earned less what was decided to be paid out and is not booked yet.

    Without the second, two clicks in a row would each pay out all of it: the other's held money.
    """
    acts = await OperatorAct.filter(subject=f"payout:{currency}", act=Act.PAY_OUT.value)
    waiting = await treasury.under_way([str(each.id) for each in acts])
    leaving = [
        Money(each.after["amount_minor"], currency) for each in acts if str(each.id) in waiting
    ]
    return await treasury.earned(currency) - Money.sum(leaving, currency)
