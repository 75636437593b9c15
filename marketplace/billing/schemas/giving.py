"""Owns the shape of giving money back."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from marketplace.core.fields import Payment


class GiveBackDraft(BaseModel):
    """A part of what was released, before tax, for the client; the fees of it go back too.

    `request_id` is yours: the same id is carried out once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: UUID
    price_minor: Payment
