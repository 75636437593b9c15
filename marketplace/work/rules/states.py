"""Owns the life of a unit of work as one table, and that of a line of hours; never writes a row.

A unit is the smallest part of a contract that is funded, delivered, approved and paid: a
milestone, a period of a flat fee, a further pack within one, or a week of hours.
"""

from __future__ import annotations

from enum import StrEnum

from marketplace.work.rules.errors import CriterionNeeded, IllegalStep

DELIVERY_LINKS_MAX = 10


class UnitKind(StrEnum):
    """What a unit stands for."""

    MILESTONE = "milestone"
    PERIOD = "period"
    WEEK = "week"
    TOP_UP = "top_up"


class Status(StrEnum):
    """Where a unit stands. Only FUNDED and what follows it means that money is held.

    OPEN is the one exception: both signed that payments are only recorded, so work may start
    without held money (contracts.rules.states.Rail).
    """

    PLANNED = "planned"
    FUNDING = "funding"
    FUNDED = "funded"
    OPEN = "open"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    CONTESTED = "contested"
    ROLLED = "rolled"
    APPROVED = "approved"
    CANCELLED = "cancelled"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PLANNED: frozenset({Status.FUNDING, Status.FUNDED, Status.CANCELLED}),
    Status.FUNDING: frozenset({Status.PLANNED, Status.FUNDED, Status.CANCELLED}),
    # Back to PLANNED: money held for too long goes back and is paid anew.
    Status.FUNDED: frozenset({Status.SUBMITTED, Status.ROLLED, Status.PLANNED, Status.CANCELLED}),
    Status.OPEN: frozenset({Status.SUBMITTED, Status.CANCELLED}),
    Status.SUBMITTED: frozenset(
        {
            Status.CHANGES_REQUESTED,
            Status.CONTESTED,
            Status.ROLLED,
            Status.APPROVED,
            Status.CANCELLED,
        }
    ),
    Status.CHANGES_REQUESTED: frozenset(
        {Status.SUBMITTED, Status.PLANNED, Status.APPROVED, Status.CANCELLED}
    ),
    # A week whose other lines are paid while single ones are still argued about.
    Status.CONTESTED: frozenset({Status.APPROVED, Status.CANCELLED}),
    # A pack whose uses are paid while units of it are left.
    Status.ROLLED: frozenset({Status.APPROVED, Status.CANCELLED}),
    Status.APPROVED: frozenset(),
    Status.CANCELLED: frozenset(),
}
SETTLED = frozenset({Status.APPROVED, Status.CANCELLED})
HELD = frozenset(
    {
        Status.FUNDED,
        Status.SUBMITTED,
        Status.CHANGES_REQUESTED,
        Status.CONTESTED,
        Status.ROLLED,
    }
)
UNPAID = frozenset({Status.PLANNED, Status.FUNDING})
RENEWABLE = frozenset({Status.FUNDED, Status.CHANGES_REQUESTED})
WORKABLE = frozenset({Status.FUNDED, Status.OPEN})  # work goes on and may be handed in
BEGUN = WORKABLE | {Status.CHANGES_REQUESTED}  # what an early end cuts short
# What stays when the contract ends: handed in, so it is reviewed and paid in its own time.
KEPT = frozenset({Status.SUBMITTED, Status.CONTESTED})
NO_DOCUMENT = "document_missing"  # why nothing was charged


class EntryState(StrEnum):
    """Where hours of one day stand. What is not contested in the review counts."""

    COUNTED = "counted"
    CONTESTED = "contested"
    ACCEPTED = "accepted"
    REDUCED = "reduced"
    WITHDRAWN = "withdrawn"


ENTRY_TRANSITIONS: dict[EntryState, frozenset[EntryState]] = {
    EntryState.COUNTED: frozenset({EntryState.CONTESTED}),
    EntryState.CONTESTED: frozenset(
        {EntryState.ACCEPTED, EntryState.REDUCED, EntryState.WITHDRAWN}
    ),
    EntryState.ACCEPTED: frozenset(),
    EntryState.REDUCED: frozenset(),
    EntryState.WITHDRAWN: frozenset(),
}


def check(status: Status, target: Status) -> None:
    """Raise IllegalStep unless the table has the step."""
    if target not in TRANSITIONS[status]:
        raise IllegalStep


def cited(criteria: list[str], numbers: list[int]) -> list[int]:
    """The valid criterion numbers (from 0). Raises CriterionNeeded when none is left."""
    chosen = sorted({number for number in numbers if 0 <= number < len(criteria)})
    if criteria and not chosen:
        raise CriterionNeeded({"criteria": CriterionNeeded.message})
    return chosen
