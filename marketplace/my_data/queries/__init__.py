"""Owns the reads of one's own data: archives asked for, and what goes into one; never writes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Archive:
    """An archive as it is handed out: a piece in memory at a time."""

    name: str
    size: int
    content: Iterator[bytes]


async def file(person_id: UUID, export_id: UUID) -> Archive:
    """A person's archive. Raises NotFound until it is made and once gone."""
    row = next((each for each in await exports(person_id) if each.id == export_id), None)
    if row is None or row.file_sha256 is None or row.file_bytes is None:
        raise NotFound
    content = await asyncio.to_thread(_content, row.file_sha256, str(row.id))
    if content is None:
        raise NotFound
    name = f"{settings().site_name.lower()}-{row.created_at:%Y-%m-%d}.zip"
    return Archive(name, row.file_bytes, content)


def _content(sha256: str, name: str) -> Iterator[bytes] | None:
    found = files.pieces(place(sha256), PURPOSE, name)
    if found is None:  # made before archives were closed in pieces
        whole = files.read(sha256, place, PURPOSE)
        return None if whole is None else iter([whole])
    return found
