"""Owns the tables of held money as rows.

Never decides anything: rules stand in the modules that write them.

References between rows are plain columns here and foreign keys in the database: nobody walks them
lazily.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from payments.fees import FeeTerms, Share
from payments.money import Money

_LINES = (
    "price_minor",
    "price_vat_minor",
    "client_fee_minor",
    "client_fee_vat_minor",
    "assistant_fee_minor",
    "assistant_fee_vat_minor",
)


class FundingStatus(StrEnum):
    REQUESTED = "requested"
    CHECKOUT = "checkout"
    PROCESSING = "processing"
    FAILED = "failed"
    FUNDED = "funded"
    CANCELLED = "cancelled"


class Purpose(StrEnum):
    HOLD = "hold"
    TIP = "tip"


class MovementKind(StrEnum):
    TRANSFER = "transfer"
    REFUND = "refund"
    REVERSAL = "reversal"


class MovementStatus(StrEnum):
    QUEUED = "queued"
    WAITING_PAYEE = "waiting_payee"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    PARKED = "parked"
    CREDIT = "credit"
    WITHDRAWN = "withdrawn"
    SET_ASIDE = "set_aside"
    PAID_BY_HAND = "paid_by_hand"


class GoesTo(StrEnum):
    PAYER = "payer"
    LOSS = "loss"


class Outcome(StrEnum):
    OPEN = "open"
    REVERSED = "reversed"
    WITHDRAWN = "withdrawn"
    DEBT = "debt"


class PayeeStatus(StrEnum):
    NONE = "none"
    ONBOARDING = "onboarding"
    RESTRICTED = "restricted"
    ACTIVE = "active"


class DisputeStatus(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class EventStatus(StrEnum):
    RECEIVED = "received"
    WAITING = "waiting"
    APPLIED = "applied"
    IGNORED = "ignored"
    PARKED = "parked"


class Holding(Model):
    """What is left of one holding, line by line; equals its accounts in the ledger."""

    id: str = fields.TextField(primary_key=True)
    contract: str = fields.TextField()
    payer: str = fields.TextField()
    payee: str = fields.TextField()
    currency: str = fields.CharField(max_length=3)
    price_minor: int = fields.BigIntField(default=0)
    price_vat_minor: int = fields.BigIntField(default=0)
    client_fee_minor: int = fields.BigIntField(default=0)
    client_fee_vat_minor: int = fields.BigIntField(default=0)
    assistant_fee_minor: int = fields.BigIntField(default=0)
    assistant_fee_vat_minor: int = fields.BigIntField(default=0)
    released_price_minor: int = fields.BigIntField(default=0)
    released_price_vat_minor: int = fields.BigIntField(default=0)
    released_client_fee_minor: int = fields.BigIntField(default=0)
    released_client_fee_vat_minor: int = fields.BigIntField(default=0)
    released_assistant_fee_minor: int = fields.BigIntField(default=0)
    released_assistant_fee_vat_minor: int = fields.BigIntField(default=0)
    terms: Any = fields.JSONField(null=True)
    frozen_at: datetime | None = fields.DatetimeField(null=True)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "payment_holding"

    @property
    def fee_terms(self) -> FeeTerms | None:
        """The terms its money was last asked for under; None for what was held before."""
        return FeeTerms.from_json(self.terms) if self.terms else None

    @property
    def pool(self) -> Share:
        """What is left, line by line."""
        return Share(self.currency, *(getattr(self, name) for name in _LINES))

    async def store_pool(self, pool: Share) -> None:
        """Writes what is left."""
        for name, minor in zip(_LINES, pool.amounts(), strict=True):
            setattr(self, name, minor)
        await self.save(update_fields=list(_LINES))

    @property
    def released(self) -> Share:
        """What was released and not taken back since, line by line."""
        return Share(self.currency, *(getattr(self, f"released_{name}") for name in _LINES))

    async def store_released(self, released: Share) -> None:
        """Writes what was released."""
        names = [f"released_{name}" for name in _LINES]
        for name, minor in zip(names, released.amounts(), strict=True):
            setattr(self, name, minor)
        await self.save(update_fields=names)


class Funding(Model):
    """One payment by the payer for one holding, from the request to the charge."""

    id: UUID = fields.UUIDField(primary_key=True)
    holding_id: str = fields.TextField()
    status: FundingStatus = fields.CharEnumField(FundingStatus)
    currency: str = fields.CharField(max_length=3)
    price_minor: int = fields.BigIntField()
    price_vat_minor: int = fields.BigIntField()
    client_fee_minor: int = fields.BigIntField()
    client_fee_vat_minor: int = fields.BigIntField()
    assistant_fee_minor: int = fields.BigIntField()
    assistant_fee_vat_minor: int = fields.BigIntField()
    description: str = fields.TextField()
    locale: str = fields.TextField()
    purpose: Purpose = fields.CharEnumField(Purpose, default=Purpose.HOLD)
    attempt: int = fields.IntField(default=1)
    session: str | None = fields.TextField(null=True)
    session_url: str | None = fields.TextField(null=True)
    intent: str | None = fields.TextField(null=True)
    charge: str | None = fields.TextField(null=True)
    method: str | None = fields.TextField(null=True)
    captured_minor: int = fields.BigIntField(default=0)
    transferred_minor: int = fields.BigIntField(default=0)
    refunded_minor: int = fields.BigIntField(default=0)
    lent_minor: int = fields.BigIntField(default=0)
    stripe_fee_minor: int = fields.BigIntField(default=0)
    failure: str | None = fields.TextField(null=True)
    created_at: datetime = fields.DatetimeField()
    funded_at: datetime | None = fields.DatetimeField(null=True)
    processing_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "payment_funding"

    @property
    def share(self) -> Share:
        """The lines this payment brings."""
        return Share(self.currency, *(getattr(self, name) for name in _LINES))

    @property
    def price(self) -> Money:
        """Ex VAT."""
        return Money(self.price_minor, self.currency)

    @property
    def total(self) -> Money:
        """What the payer is charged."""
        return Money(self.share.total, self.currency)


class Lot(Model):
    """The part of a charge that stands behind one holding, in what the payer paid."""

    id: UUID = fields.UUIDField(primary_key=True)
    holding_id: str = fields.TextField()
    funding_id: UUID = fields.UUIDField()
    left_minor: int = fields.BigIntField()
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "payment_lot"


class Movement(Model):
    """One write of money at Stripe that we owe.

    Queued in a command, made by the worker under its own key.
    """

    id: UUID = fields.UUIDField(primary_key=True)
    kind: MovementKind = fields.CharEnumField(MovementKind)
    status: MovementStatus = fields.CharEnumField(MovementStatus)
    funding_id: UUID | None = fields.UUIDField(null=True)
    contract: str = fields.TextField()
    holding: str = fields.TextField()
    payer: str = fields.TextField()
    payee: str = fields.TextField()
    amount_minor: int = fields.BigIntField()
    currency: str = fields.CharField(max_length=3)
    charge: str = fields.TextField()
    cause: str = fields.TextField()
    reversed_minor: int = fields.BigIntField(default=0)
    reverses_id: UUID | None = fields.UUIDField(null=True)
    generation: int = fields.IntField(default=0)
    attempts: int = fields.IntField(default=0)
    next_attempt_at: datetime = fields.DatetimeField()
    not_before: datetime | None = fields.DatetimeField(null=True)
    first_sent_at: datetime | None = fields.DatetimeField(null=True)
    claimed_at: datetime | None = fields.DatetimeField(null=True)
    claimed_by: str | None = fields.TextField(null=True)
    set_aside_at: datetime | None = fields.DatetimeField(null=True)
    stripe_id: str | None = fields.TextField(null=True)
    settled_at: datetime | None = fields.DatetimeField(null=True)
    failure: str | None = fields.TextField(null=True)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "payment_movement"

    @property
    def amount(self) -> Money:
        """What moves."""
        return Money(self.amount_minor, self.currency)


class Clawback(Model):
    """A decision of a named person that released money comes back."""

    id: str = fields.TextField(primary_key=True)
    holding_id: str = fields.TextField()
    goes_to: GoesTo = fields.CharEnumField(GoesTo)
    decided_by: str = fields.TextField()
    reason: str = fields.TextField()
    currency: str = fields.CharField(max_length=3)
    price_minor: int = fields.BigIntField()
    dispute: str | None = fields.TextField(null=True)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "payment_clawback"


class ClawbackPart(Model):
    """The part of a clawback that one reversal brings back, or that came back without one.

    `release` is the key of the transaction that had released it.
    """

    id: UUID = fields.UUIDField(primary_key=True)
    clawback_id: str = fields.TextField()
    movement_id: UUID | None = fields.UUIDField(null=True)
    release: str | None = fields.TextField(null=True)
    outcome: Outcome = fields.CharEnumField(Outcome)
    currency: str = fields.CharField(max_length=3)
    price_minor: int = fields.BigIntField()
    price_vat_minor: int = fields.BigIntField()
    client_fee_minor: int = fields.BigIntField()
    client_fee_vat_minor: int = fields.BigIntField()
    assistant_fee_minor: int = fields.BigIntField()
    assistant_fee_vat_minor: int = fields.BigIntField()
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "payment_clawback_part"

    @property
    def share(self) -> Share:
        """The lines that come back."""
        return Share(self.currency, *(getattr(self, name) for name in _LINES))


class Payer(Model):
    """A payer's customer at Stripe, and the saved card that pays the weeks to come."""

    id: str = fields.TextField(primary_key=True)
    customer: str = fields.TextField()
    default_method: str | None = fields.TextField(null=True)
    expiry_told: str | None = fields.TextField(null=True)
    setups: int = fields.IntField(default=0)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "payment_payer"


class Payee(Model):
    """A payee's account at Stripe and whether it can receive transfers.

    `verified`: it can, and Stripe neither asks for anything more nor checks anything any more.
    `refused`: Stripe will not, whatever is sent.
    """

    id: str = fields.TextField(primary_key=True)
    account: str | None = fields.TextField(null=True)
    status: PayeeStatus = fields.CharEnumField(PayeeStatus)
    requirements: list[str] = fields.JSONField(default=list)
    verified: bool = fields.BooleanField(default=False)
    refused: bool = fields.BooleanField(default=False)
    email: str = fields.TextField()
    name: str = fields.TextField()
    country: str = fields.CharField(max_length=2)
    locale: str = fields.TextField()
    created_at: datetime = fields.DatetimeField()
    checked_at: datetime | None = fields.DatetimeField(null=True)
    bank_failed_at: datetime | None = fields.DatetimeField(null=True)
    bank_failure: str | None = fields.TextField(null=True)
    bank_payout: str | None = fields.TextField(null=True)

    class Meta:
        table = "payment_payee"


class BankDispute(Model):
    """A charge that the payer's bank took back, for now or for good.

    Without a funding it was paid beyond what was asked for, and is the payer's credit.
    """

    id: str = fields.TextField(primary_key=True)
    charge: str = fields.TextField()
    holding_id: str = fields.TextField()
    funding_id: UUID | None = fields.UUIDField(null=True)
    status: DisputeStatus = fields.CharEnumField(DisputeStatus)
    amount_minor: int = fields.BigIntField()
    currency: str = fields.CharField(max_length=3)
    reason: str = fields.TextField()
    due_by: datetime | None = fields.DatetimeField(null=True)
    answered_at: datetime | None = fields.DatetimeField(null=True)
    opened_at: datetime = fields.DatetimeField()
    closed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "payment_dispute"


class StripeEvent(Model):
    """One piece of news from Stripe, as it came in."""

    id: UUID = fields.UUIDField(primary_key=True)
    event: str = fields.TextField()
    type: str = fields.TextField()
    object: str | None = fields.TextField(null=True)
    account: str | None = fields.TextField(null=True)
    status: EventStatus = fields.CharEnumField(EventStatus)
    attempts: int = fields.IntField(default=0)
    next_attempt_at: datetime = fields.DatetimeField()
    failure: str | None = fields.TextField(null=True)
    received_at: datetime = fields.DatetimeField()
    applied_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "stripe_event"
