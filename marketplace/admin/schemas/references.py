"""Owns the shapes of references as operators read them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from marketplace.admin.schemas.queues import HideDraft, ReasonDraft
from marketplace.references.schemas import ReferenceReportView, ReferenceView

if TYPE_CHECKING:
    from marketplace.references.models import ClientReference


class ReferencesQuery(BaseModel):
    """Of which profile, by its slug; "": of all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assistant: Annotated[str, Field(max_length=120)] = ""


class TakeDownDraft(HideDraft):
    """Why a reference is taken down.

    `read`: the newest report of it that you have read, if it was reported; reported again since,
    it is refused.
    """

    read: UUID | None = None


class KeepReferenceDraft(ReasonDraft):
    """Why a reported reference stays; `read` as above."""

    read: UUID


class JudgedReference(BaseModel):
    """A reference that was given: for whom, by whom as the assistant said, from which domain.

    `hidden`: by the assistant. `taken_down_for`: the ground of an operator, "" while none did.
    """

    assistant: str
    profile: str
    name: str
    company: str
    domain: str
    hidden: bool
    taken_down_at: datetime | None
    taken_down_for: str
    reference: ReferenceView

    @classmethod
    def of(cls, row: ClientReference, locale: str) -> JudgedReference:
        """A given one, with party and profile at hand."""
        return cls(
            assistant=row.party.display_name,
            profile=row.profile.slug,
            name=row.name,
            company=row.company,
            domain=row.domain,
            hidden=row.hidden_at is not None,
            taken_down_at=row.taken_down_at,
            taken_down_for=str(row.taken_down_for),
            reference=ReferenceView.of(row, locale),
        )


class ReferencesView(BaseModel):
    """Reports to decide, those taken down last, and those answered last."""

    waiting: list[ReferenceReportView]
    taken_down: list[JudgedReference]
    newest: list[JudgedReference]
