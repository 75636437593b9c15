"""Owns the pages of a frozen file as pictures, and the note of which ones a person was shown."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Final
from uuid import UUID

import pypdf
import typst

from marketplace.contracts.models import ContractVersion, PageShown
from marketplace.contracts.service import documents
from marketplace.core import clock, files
from marketplace.core.db import command
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings

DOTS_PER_INCH: Final = 110
PAGES_MAX: Final = 1000
# The picture is drawn from the very bytes that are signed, never from the data behind them.
DRAWN: Final = """
#set page(width: auto, height: auto, margin: 0pt)
#image("{name}", page: {page}, width: 210mm)
"""


async def count(version: ContractVersion) -> int:
    """How many pages the version's file has. Raises FileDamaged."""
    content = await documents.read(version.file_sha256)
    return await asyncio.to_thread(lambda: len(pypdf.PdfReader(io.BytesIO(content)).pages))


async def picture(version: ContractVersion, page: int, person_id: UUID) -> bytes:
    """A page as PNG, noted as shown to this person. Raises NotFound, FileDamaged."""
    if not 0 < page <= PAGES_MAX:
        raise NotFound
    cached = _cached(version.file_sha256, page)
    drawn = await asyncio.to_thread(_read, cached)
    if drawn is None:
        if page > await count(version):
            raise NotFound
        drawn = await asyncio.to_thread(_draw, version.file_sha256, page, cached)
    await _note(version.id, person_id, page)
    return drawn


def _cached(sha256: str, page: int) -> Path:
    return settings().data_dir / "cache" / "pages" / f"{sha256}-{page}.png"


def _read(cached: Path) -> bytes | None:
    try:
        return cached.read_bytes()
    except FileNotFoundError:  # never drawn, or not for a month
        return None


def _draw(sha256: str, page: int, target: Path) -> bytes:
    file = documents.path(sha256)
    source = DRAWN.format(name=file.name, page=page).encode()
    drawn = typst.compile(  # type: ignore[call-overload]  # its stubs want root to be bytes, too
        source, root=str(file.parent), format="png", ppi=DOTS_PER_INCH
    )
    assert isinstance(drawn, bytes)
    files.write(target, drawn)
    return drawn


@command
async def _note(version_id: UUID, person_id: UUID, page: int) -> None:
    if not await PageShown.exists(version_id=version_id, person_id=person_id, page=page):
        await PageShown.bulk_create(
            [PageShown(version_id=version_id, person_id=person_id, page=page, at=clock.now())],
            ignore_conflicts=True,
        )
