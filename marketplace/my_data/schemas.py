"""Owns what goes in and out about one's own data; never touches a row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from marketplace.accounts.schemas import ProofDraft
from marketplace.core import clock
from marketplace.my_data.rules import EXPORT_DAYS, UNDER_WAY, Reason

if TYPE_CHECKING:
    from marketplace.my_data.models import DataExport
    from marketplace.my_data.rules import Farewell


class DeletionDraft(ProofDraft):
    """A farewell."""


class View(BaseModel):
    """Base of outputs."""

    model_config = ConfigDict(from_attributes=True)


class ObstacleView(View):
    """Something to settle first: of which party, in which contract, on which page."""

    reason: Reason
    name: str
    what: str
    path: str


class PartyLeftView(View):
    """What becomes of a party of yours."""

    id: UUID
    name: str
    kind: str
    shared: bool
    stays: bool
    contracts: int


class FarewellView(View):
    """What deleting the account would do now."""

    obstacles: list[ObstacleView]
    parties: list[PartyLeftView]
    stays: bool

    @classmethod
    def of(cls, farewell: Farewell) -> Self:
        """The same for programs."""
        return cls.model_validate(farewell)


class ExportView(View):
    """An archive: ready once it has a size in bytes; gone after `until`.

    `failed`: it should long have been made, and another may be asked for.
    """

    id: UUID
    created_at: datetime
    ready_at: datetime | None
    bytes: int | None
    failed: bool
    until: datetime

    @classmethod
    def of(cls, row: DataExport) -> Self:
        """The row for programs and pages."""
        until = row.created_at + timedelta(days=EXPORT_DAYS)
        failed = row.ready_at is None and row.created_at <= clock.now() - UNDER_WAY
        return cls(
            id=row.id, created_at=row.created_at, ready_at=row.ready_at, bytes=row.file_bytes,
            failed=failed, until=until,
        )  # fmt: skip
