"""Owns the operator's reads of numbers that a register refused, closed or could not tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries as parties

if TYPE_CHECKING:
    from marketplace.jurisdictions.models import RegisterAnswer
    from marketplace.parties.models import Party

LIMIT: Final = 200


@dataclass(frozen=True)
class Trouble:
    """A register's answer as it was kept, and who carries the number today."""

    answer: RegisterAnswer
    parties: tuple[Party, ...]


async def troubles() -> list[Trouble]:
    """The newest first, at most LIMIT; numbers that nobody carries any more are left out."""
    answers = await jurisdictions.troubled(LIMIT)
    carriers = await parties.with_numbers([each.number for each in answers])
    found = []
    for each in answers:
        mine = [
            party
            for party in carriers
            if each.number in {party.vat_number, party.registration_number}
        ]
        if mine:
            found.append(Trouble(each, tuple(mine)))
    return found
