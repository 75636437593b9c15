"""Owns what is agreed of each part of a project or flat fee, and which parts a change touches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from marketplace.contracts.rules.instalments import Instalment, instalments
from marketplace.contracts.rules.terms import Agreement, HourlyTerms, ProjectTerms


@dataclass(frozen=True)
class PartTerms:
    """What is agreed of one part. Milestones begin when the work does: only periods have a start.

    `price_minor` is before tax. A pack's part has its units, as the meter counts them, and the last
    day on which they can be used.
    """

    title: str
    price_minor: int
    starts_on: date | None
    ends_on: date
    criteria: tuple[str, ...]
    pack_units: int = 0
    usable_until: date | None = None

    def moved_only(self, other: PartTerms) -> bool:
        """Whether nothing but the due date differs."""
        return self.price_minor == other.price_minor and (self.title, self.criteria) == (
            other.title,
            other.criteria,
        )

    def lasts_only(self, other: PartTerms) -> bool:
        """Whether nothing but the last day of a pack's units differs."""
        return replace(self, usable_until=other.usable_until) == other


def part_terms(agreement: Agreement, part: Instalment) -> PartTerms:
    """What is agreed of this part of a project or flat fee."""
    terms = agreement.terms
    project = isinstance(terms, ProjectTerms)
    return PartTerms(
        part.title,
        part.price_minor,
        None if project else part.starts_on,
        part.ends_on,
        terms.numbered[part.position].criteria if isinstance(terms, ProjectTerms) else (),
        part.pack_units,
        part.usable_until,
    )


def parts_of(agreement: Agreement) -> dict[int, Instalment]:
    """The parts of a project or flat fee by number; none by the hour, where weeks just follow."""
    if isinstance(agreement.terms, HourlyTerms):
        return {}
    return {part.position: part for part in instalments(agreement)}


def changed_parts(before: Agreement, after: Agreement) -> frozenset[int]:
    """The numbers of the parts that are other, new or gone."""
    old = {n: part_terms(before, part) for n, part in parts_of(before).items()}
    new = {n: part_terms(after, part) for n, part in parts_of(after).items()}
    return frozenset(n for n in old.keys() | new.keys() if old.get(n) != new.get(n))
