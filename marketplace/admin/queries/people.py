"""Owns the operator's reads of people: found by address or name, and how one stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Person
from marketplace.parties import queries as parties

if TYPE_CHECKING:
    from marketplace.parties.models import Membership

LIMIT = 50


@dataclass(frozen=True)
class Standing:
    """A person as operators see them: no contract, no amount, nothing they wrote."""

    person: Person
    factor: bool
    sessions: int
    tokens: int
    parties: list[Membership]


async def find(words: str) -> list[Person]:
    """The accounts whose address or name holds these words, newest first, at most LIMIT."""
    return await accounts.search(words, LIMIT)


async def one(person_id: UUID) -> Standing:
    """How one stands. Raises NotFound."""
    person = await accounts.person(person_id)
    return Standing(
        person=person,
        factor=await accounts.has_second_factor(person_id),
        sessions=len(await accounts.sessions(person_id)),
        tokens=len(await accounts.api_tokens(person_id)),
        parties=await parties.for_person(person_id),
    )
