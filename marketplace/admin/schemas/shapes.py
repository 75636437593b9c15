"""Owns what the operator's shapes share: amounts, lists, reading a row. Debit is positive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Generic, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T", bound=BaseModel)
K = TypeVar("K", int, UUID, str)


class View(BaseModel):
    """What the API shows of a row of the same fields."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, row: object) -> Self:
        """The row as the API shows it."""
        return cls.model_validate(row)


class MinorAmount(View):
    """Minor units of a currency, debit positive."""

    minor: int
    currency: str


class Listed(BaseModel, Generic[T, K]):
    """A part of a list; ask again with `next`, while it is not null, for what follows."""

    model_config = ConfigDict(from_attributes=True)

    items: list[T]
    next: K | None

    @classmethod
    def of(cls, rows: Sequence[Any], limit: int) -> Self:
        """The rows; a full part is followed by another."""
        following = rows[-1].id if len(rows) == limit else None
        return cls.model_validate({"items": rows, "next": following})


class ListQuery(BaseModel):
    """A part of a list of at most `limit`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 100
