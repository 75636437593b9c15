"""Owns what is said when a contract signed elsewhere is brought in; never touches its file."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, StringConstraints

from marketplace.contracts.rules.states import Kind
from marketplace.contracts.rules.terms import Day
from marketplace.contracts.schemas.base import In
from marketplace.core.fields import Clean


def _slug(value: object) -> object:
    """The last part of a profile's address; a slug stays as it is."""
    if not isinstance(value, str):
        return value
    return value.strip().partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


class ImportStart(In):
    """A contract that two parties signed elsewhere: with whom, for which business, how it is paid.

    `assistant` is the slug or the address of a profile. The file travels beside it.
    """

    assistant: Annotated[str, BeforeValidator(_slug), StringConstraints(min_length=1)]
    kind: Kind
    signed_on: Day
    business_id: UUID | None = None


class PaperQuery(In):
    """What is said of an imported file: the day both had signed it, and what it is called."""

    signed_on: Day
    name: Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=200)] = ""
