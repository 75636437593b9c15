"""Owns the shapes of people as operators see them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from marketplace.admin.schemas.shapes import View

if TYPE_CHECKING:
    from marketplace.admin.queries.people import Standing


class PeopleQuery(BaseModel):
    """A part of an e-mail address or of a name; in a body, so that no address keeps it."""

    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class PersonRow(View):
    """A person in a list."""

    id: UUID
    name: str
    email: str
    created_at: datetime
    email_verified_at: datetime | None
    is_operator: bool
    suspended_at: datetime | None


class PersonStanding(PersonRow):
    """How a person stands; `parties` are the businesses and activities they act for."""

    suspended_for: str
    second_factor: bool
    sessions: int
    tokens: int
    parties: list[str]

    @classmethod
    def shown(cls, row: Standing) -> PersonStanding:
        """From what the queries found."""
        return cls(
            **PersonRow.of(row.person).model_dump(),
            suspended_for=row.person.suspended_for,
            second_factor=row.factor,
            sessions=row.sessions,
            tokens=row.tokens,
            parties=[each.party.display_name for each in row.parties],
        )
