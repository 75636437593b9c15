"""Owns the terms of a project: its milestones in order."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from marketplace.contracts.rules.schedules import lines_of
from marketplace.contracts.rules.terms.values import Criterion, Day, Frozen, Line, PriceMinor
from marketplace.core.i18n import _


class Milestone(Frozen):
    """One step of a project: what is delivered, for how much, when, judged by which criteria.

    `part` is the number of its unit of work where changes have moved it from its place in the list.
    """

    title: Line
    price_minor: PriceMinor
    due_on: Day
    criteria: Annotated[
        tuple[Criterion, ...], Field(min_length=1, max_length=12), BeforeValidator(lines_of)
    ]
    part: Annotated[int | None, Field(ge=1, le=1000)] = None


class ProjectTerms(Frozen):
    """Milestones in the order they are worked on; dates never go back.

    `last_part` is the highest number ever given to one, so that a dropped one's is not used again.
    """

    kind: Literal["project"] = "project"
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1, max_length=20)]
    last_part: Annotated[int, Field(ge=0, le=1000)] = 0

    @property
    def numbered(self) -> dict[int, Milestone]:
        """The milestones by the number of their unit of work, in order."""
        return {each.part or n: each for n, each in enumerate(self.milestones, start=1)}

    @field_validator("milestones")
    @classmethod
    def _in_order(cls, value: tuple[Milestone, ...]) -> tuple[Milestone, ...]:
        dates = [milestone.due_on for milestone in value]
        if dates != sorted(dates):
            raise ValueError(_("Put the milestones in the order of their dates."))
        return value

    @property
    def total_minor(self) -> int:
        """Sum of all milestones."""
        return sum(milestone.price_minor for milestone in self.milestones)
