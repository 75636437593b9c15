"""Owns the news of contracts, in the past tense; never carries more than ids and small facts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.core.events import Event


@dataclass(frozen=True)
class OfferSent(Event):
    """The business put an offer (a first or a revised version) before the assistant."""

    contract_id: UUID
    version: int


@dataclass(frozen=True)
class OfferCountered(Event):
    """One side changed the terms; the side not named by `by` (business, assistant) answers."""

    contract_id: UUID
    version: int
    by: str


@dataclass(frozen=True)
class OfferDeclined(Event):
    """An offer ended without a contract; `how` is `declined`, `withdrawn` or `expired`."""

    contract_id: UUID
    how: str
    reason: str


@dataclass(frozen=True)
class ContractSigned(Event):
    """Both sides signed this version. Units of work open in the same transaction."""

    contract_id: UUID
    version: int


@dataclass(frozen=True)
class ContractChanged(Event):
    """Both sides signed a change; parts of the work follow in the same transaction, or refuse it.

    `before` and `version` are the numbers of the versions that counted and that count now.
    """

    contract_id: UUID
    before: int
    version: int


@dataclass(frozen=True)
class ContractActivated(Event):
    """The first money is held; work may start."""

    contract_id: UUID


@dataclass(frozen=True)
class ContractCompleted(Event):
    """Everything is delivered and settled."""

    contract_id: UUID


@dataclass(frozen=True)
class ContractCancelled(Event):
    """The contract ended early; `by` is `business`, `assistant` or `system`."""

    contract_id: UUID
    by: str
    reason: str
