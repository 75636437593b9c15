"""Owns the shapes in which the rest of the package sees Stripe's objects.

Never carries a type of the SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from payments.money import Money


@dataclass(frozen=True, slots=True)
class SessionView:
    """A Checkout Session. `status`: open, complete or expired; `url` only while open."""

    id: str
    status: str
    url: str | None
    intent: str | None
    funding: str | None


@dataclass(frozen=True, slots=True)
class ChargeView:
    """A successful charge.

    `gross` is what it brought before the `fee`, in the currency it settled in; both are None while
    Stripe has not settled it yet. `method` is Stripe's type (card, sepa_debit).
    """

    id: str
    amount: Money
    fee: Money | None
    gross: Money | None
    method: str | None = None

    @property
    def converted(self) -> bool:
        """Whether Stripe changed it into another currency."""
        return self.gross is not None and self.gross.currency != self.amount.currency


@dataclass(frozen=True, slots=True)
class MethodView:
    """A means of payment that may be charged later: `kind` is card or sepa_debit.

    `brand` and `last4` are for the payer's eyes; a mandate has no expiry. The same card saved twice
    has one `fingerprint`.
    """

    id: str
    kind: str
    brand: str
    last4: str
    exp_month: int | None = None
    exp_year: int | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class IntentView:
    """A PaymentIntent with the charge that settled it.

    `failure` is Stripe's error or decline code.
    """

    id: str
    status: str
    received: Money
    metadata: Mapping[str, str]
    failure: str | None
    charge: ChargeView | None


@dataclass(frozen=True, slots=True)
class WrittenView:
    """A transfer, refund or reversal.

    `status` is Stripe's for refunds and "succeeded" for the others; `moved` what a refund did last
    to our balance, in the currency its charge had settled in (negative when it left).
    """

    id: str
    kind: str
    status: str
    amount: Money
    metadata: Mapping[str, str]
    moved: Money | None = None


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute.

    `withdrawn` and `returned` are what its balance transactions moved, fees apart (positive).
    """

    id: str
    charge: str
    status: str
    amount: Money
    reason: str
    due_by: datetime | None
    withdrawn: Money
    withdrawn_fee: Money
    returned: Money
    returned_fee: Money


@dataclass(frozen=True, slots=True)
class AccountView:
    """A payee's account.

    `transfers`: active, pending, restricted, rejected, unsupported or none. `requirements`: what
    the payee still has to give. `cleared`: that is nothing, and Stripe checks nothing any more.
    """

    id: str
    transfers: str
    requirements: tuple[str, ...] = ()
    cleared: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlatformMove:
    """A payout or top-up of our own balance; `decision` names the operator's click behind it."""

    id: str
    kind: str
    status: str
    amount: Money
    executed: bool
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class PayoutView:
    """A payout of a payee's own balance to their bank; `failure` is Stripe's code."""

    id: str
    status: str
    amount: Money
    failure: str | None
    created: datetime


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One balance transaction of our Stripe balance; `net` is what it moved."""

    id: str
    type: str
    source: str | None
    net: Money
    created: datetime


@dataclass(frozen=True, slots=True)
class NewsView:
    """A thin event: `object` is what it is about, `account` whose it is when not ours."""

    id: str
    type: str
    object: str | None
    account: str | None
    created: datetime
