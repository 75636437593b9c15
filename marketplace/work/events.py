"""Owns the news of work, in the past tense; never carries more than ids and small facts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.core.events import Event


@dataclass(frozen=True)
class UnitFunded(Event):
    """The unit's money is held: work on it may start."""

    unit_id: UUID


@dataclass(frozen=True)
class WorkSubmitted(Event):
    """The assistant handed in a unit; the business is to look at it."""

    unit_id: UUID


@dataclass(frozen=True)
class ChangesRequested(Event):
    """The business named what is not met yet."""

    unit_id: UUID


@dataclass(frozen=True)
class ChangesNotMade(Event):
    """Changes asked for after the end of the contract were not handed in in time."""

    unit_id: UUID


@dataclass(frozen=True)
class WorkApproved(Event):
    """The unit is approved and its money on the way; `how` is `approved` or `silence`."""

    unit_id: UUID
    how: str


@dataclass(frozen=True)
class WorkSettled(Event):
    """What is payable of the unit is final without its approval: a contest or its contract ended.

    Also when a bank has decided about the money of a part that had ended before.
    """

    unit_id: UUID


@dataclass(frozen=True)
class ReviewReminded(Event):
    """The review window closes in `days` days."""

    unit_id: UUID
    days: int


@dataclass(frozen=True)
class WeekNotFunded(Event):
    """The saved card could not be charged for the coming week; the client has to pay by hand.

    `reason` is the bank's: `authentication_required`, `no_saved_card` or a decline code.
    """

    unit_id: UUID
    reason: str = ""


@dataclass(frozen=True)
class CardCharged(Event):
    """A saved card has paid by itself, without its owner at hand: `funding_id` is the payment."""

    unit_id: UUID
    funding_id: UUID


@dataclass(frozen=True)
class WeekRaised(Event):
    """A higher cap is signed for a week that is paid: the difference is to be held."""

    unit_id: UUID


@dataclass(frozen=True)
class RaiseNotFunded(Event):
    """The saved card could not be charged for a higher cap; the client has to pay by hand."""

    unit_id: UUID
    reason: str


@dataclass(frozen=True)
class WeekCovered(Event):
    """The difference of a higher cap is held: hours that were uncovered are covered."""

    unit_id: UUID


@dataclass(frozen=True)
class WorkPaused(Event):
    """An hourly contract had no hours for its idle days and rests."""

    contract_id: UUID


@dataclass(frozen=True)
class WorkResumed(Event):
    """The client goes on with a resting contract."""

    contract_id: UUID


@dataclass(frozen=True)
class HoursContested(Event):
    """`side` has proposed fewer minutes for one line; the other side answers."""

    entry_id: UUID
    side: str


@dataclass(frozen=True)
class ContestSettled(Event):
    """A contested line is settled: accepted, reduced or withdrawn."""

    entry_id: UUID


@dataclass(frozen=True)
class PackExpiring(Event):
    """The business is to hear that units of a pack expire soon."""

    notice_id: UUID


@dataclass(frozen=True)
class PackLapsed(Event):
    """Units of a lot can no longer be used; `how` is `returned` or `expired`."""

    unit_id: UUID
    how: str
    quantity: int


@dataclass(frozen=True)
class PartNews(Event):
    """A part payment before the approval was `asked` for, `paid` or `refused`."""

    part_id: UUID
    what: str


@dataclass(frozen=True)
class EndingProposed(Event):
    """One side wants to end the contract early."""

    contract_id: UUID


@dataclass(frozen=True)
class ContractEnded(Event):
    """The contract ended early; what was held for unfinished work goes back."""

    contract_id: UUID


@dataclass(frozen=True)
class HoldAged(Event):
    """The unit's money is held for long; `must_end`: it has to be released, returned or renewed."""

    unit_id: UUID
    must_end: bool


@dataclass(frozen=True)
class HoldRenewed(Event):
    """Money that was held for too long goes back; the business is asked to pay anew."""

    unit_id: UUID
