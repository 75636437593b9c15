"""Owns what every shape of a contract is made of: frozen models, small checked texts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from marketplace.core.fields import Clean

Currency = Literal["EUR", "GBP", "CHF", "USD", "CAD"]
Language = Literal["fr", "en"]
Sha256 = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, pattern=r"^[0-9a-fA-F]{64}$", min_length=64
    ),
]
Reason = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=1000)]


class In(BaseModel):
    """Input: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Out(BaseModel):
    """Output: read from rows and values."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
