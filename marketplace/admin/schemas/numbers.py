"""Owns the shape of numbers that a register does not confirm."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from marketplace.admin.queries.numbers import Trouble


class NumberView(BaseModel):
    """A register's answer word for word; `parties` carry the number today."""

    model_config = ConfigDict(frozen=True)

    registry: str
    number: str
    state: str
    name: str
    reference: str
    asked_at: datetime
    said: dict[str, Any]
    parties: list[UUID]

    @classmethod
    def of(cls, row: Trouble) -> NumberView:
        """From its row."""
        answer = row.answer
        return cls(
            registry=answer.register.value,
            number=answer.number,
            state=answer.state.value,
            name=answer.name,
            reference=answer.reference,
            asked_at=answer.asked_at,
            said=answer.said,
            parties=[each.id for each in row.parties],
        )
