"""Owns the news of money between people, in the past tense; never carries more than ids."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.billing.rules.recorded import State
from marketplace.core.events import Event


@dataclass(frozen=True)
class PaymentRecorded(Event):
    """The business wrote a payment down; the assistant is to confirm or dispute it."""

    payment_id: UUID


@dataclass(frozen=True)
class PaymentAnswered(Event):
    """The assistant confirmed or disputed a payment: the `state` it has since."""

    payment_id: UUID
    state: State


@dataclass(frozen=True)
class DebitStarted(Event):
    """The business pays a unit by direct debit: money only in some days."""

    unit_id: UUID


@dataclass(frozen=True)
class DebitFailed(Event):
    """The bank refused a direct debit after days: nothing is held, and nobody was there to see."""

    unit_id: UUID


@dataclass(frozen=True)
class TipGiven(Event):
    """A tip was paid and is the assistant's."""

    tip_id: UUID
