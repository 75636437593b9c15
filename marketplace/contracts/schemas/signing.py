"""Owns the shapes of a signature and of the evidence it leaves; never stores anything."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints, field_validator

from marketplace.contracts.schemas.base import In, Out, Sha256
from marketplace.core.fields import Clean
from marketplace.core.i18n import _


class SignRequest(In):
    """Ask for the one-time code to sign exactly this file."""

    file_sha256: Sha256


class SignDraft(In):
    """A signature: the file, the ticked sentence, the typed name, the code.

    `capacity` is in which capacity an owner signs (else what the party's papers say); a member
    signs in that of the delegation. `english_wish` is the wish to be bound in English, asked where
    the French version comes first. Who has set up a second factor gives it: `authenticator`, a code
    of the app or a recovery code, or `passkey`, what a passkey answered (JSON).
    """

    file_sha256: Sha256
    consent: Literal[True]
    typed_name: Annotated[
        str, Clean, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)
    ]
    english_wish: bool = False
    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=20)]
    capacity: (
        Annotated[
            str, Clean, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)
        ]
        | None
    ) = None
    authenticator: (
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None
    ) = None
    passkey: Annotated[str, StringConstraints(max_length=20_000)] | None = None

    @field_validator("consent", mode="before")
    @classmethod
    def _ticked(cls, value: object) -> bool:
        if value not in (True, "yes", "on", "true"):
            raise ValueError(_("Tick the sentence to sign."))
        return True


class EvidenceView(Out):
    """One link of the evidence chain. Its hash can be recomputed from the other fields."""

    seq: int
    at: str
    actor: str
    person: str | None
    event: str
    file_sha256: str | None
    ip: str | None
    user_agent: str | None
    session: str | None
    details: dict[str, str]
    prev: str
    hash: str


class EvidenceChain(Out):
    """The whole chain of one contract; `broken_at` is null while it is sound."""

    contract: UUID
    events: tuple[EvidenceView, ...]
    broken_at: int | None
