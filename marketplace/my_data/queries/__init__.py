"""Owns the reads of one's own data: archives asked for, and what goes into one; never writes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock, files
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings
from marketplace.my_data.models import DataExport
from marketplace.my_data.rules import EXPORT_DAYS

if TYPE_CHECKING:
    from pathlib import Path

PURPOSE = "exports"  # closed on disk: an archive says everything about somebody


def folder() -> Path:
    """Where archives are kept, out of reach of any address."""
    return settings().data_dir / "exports"


def place(sha256: str) -> Path:
    """Where an archive of this hash is kept."""
    return folder() / sha256


async def exports(person_id: UUID) -> list[DataExport]:
    """The person's archives that are still kept or being made, the newest first."""
    since = clock.now() - timedelta(days=EXPORT_DAYS)
    return await DataExport.filter(person_id=person_id, created_at__gt=since).order_by("-id")


async def file(person_id: UUID, export_id: UUID) -> tuple[str, bytes]:
    """Name and bytes of a person's archive. Raises NotFound until it is made and once gone."""
    row = next((each for each in await exports(person_id) if each.id == export_id), None)
    if row is None or row.file_sha256 is None:
        raise NotFound
    content = await asyncio.to_thread(files.read, row.file_sha256, place, PURPOSE)
    if content is None:
        raise NotFound
    return f"{settings().site_name.lower()}-{row.created_at:%Y-%m-%d}.zip", content
