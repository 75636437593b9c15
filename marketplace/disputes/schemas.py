"""Owns the shapes of a contract's disputes, in and out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from marketplace.core.fields import Clean
from marketplace.core.i18n import gettext
from marketplace.disputes import rules

if TYPE_CHECKING:
    from marketplace.disputes.queries import Case


class AccountDraft(BaseModel):
    """What happened, in a side's own words; the bank reads it."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[
        str, Clean, StringConstraints(strip_whitespace=True, min_length=10, max_length=4000)
    ]


class AccountView(BaseModel):
    """What a side told."""

    model_config = ConfigDict(from_attributes=True)

    side: str
    text: str
    created_at: datetime


class RecoveryView(BaseModel):
    """A decision of a named person here that the assistant bears a lost dispute. Minor units.

    `price_minor` is before tax and fees; `net_minor` is what it takes back of what the assistant
    was paid, of which `as_debt_minor` is set off against what is released next.
    """

    decided_at: datetime
    decided_by: str
    reason: str
    price_minor: int
    net_minor: int
    as_debt_minor: int


class DisputeCaseView(BaseModel):
    """A bank's dispute over a payment of this contract. Amounts are minor units.

    `status`: open, won (the money is back) or lost. `recoveries` are shown to the assistant alone.
    `tell_until` is the last moment to add an
    account, `answered_at` when the evidence reached the bank.
    """

    id: str
    status: str
    amount_minor: int
    currency: str
    reason: str
    reason_text: str
    opened_at: datetime
    tell_until: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    may_tell: bool
    accounts: list[AccountView]
    recoveries: list[RecoveryView]

    @classmethod
    def of(cls, case: Case, locale: str) -> DisputeCaseView:
        """The dispute as the API shows it."""
        row = case.dispute
        return cls(
            id=row.id,
            status=row.status,
            amount_minor=row.amount.minor,
            currency=row.amount.currency,
            reason=row.reason,
            reason_text=gettext(rules.reason(row.reason), locale),
            opened_at=row.opened_at,
            tell_until=rules.tell_until(row.due_by),
            answered_at=row.answered_at,
            closed_at=row.closed_at,
            may_tell=case.may_tell,
            accounts=[AccountView.model_validate(each) for each in case.accounts],
            recoveries=[
                RecoveryView(
                    decided_at=each.at,
                    decided_by=rules.decided_by(each.decided_by),
                    reason=each.reason,
                    price_minor=each.price.minor,
                    net_minor=each.net.minor,
                    as_debt_minor=each.as_debt.minor,
                )
                for each in case.recoveries
            ],
        )


class DisputeCases(BaseModel):
    """The disputes of one contract, open ones first."""

    contract: UUID
    items: list[DisputeCaseView]
