"""Owns the kept files of papers: where they are and who may read one; never writes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.states import Actor
from marketplace.core import files
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings
from marketplace.vigilance.models import ComplianceDocument
from marketplace.vigilance.queries import papers
from marketplace.vigilance.rules import ENDINGS

if TYPE_CHECKING:
    from pathlib import Path

    from marketplace.web.sessions import Viewer

PURPOSE = "papers"  # certificates name people: they are kept closed


def path(sha256: str) -> Path:
    """Where the file of this hash is kept, out of reach of any address."""
    return settings().data_dir / "papers" / sha256[:2] / sha256


async def file(viewer: Viewer, contract_id: UUID, document_id: UUID) -> tuple[str, str, bytes]:
    """Name, media type and bytes of a paper of a contract, for its two sides. Raises NotFound.

    A client reads a paper once this contract calls for it, or when it was handed in here.
    """
    contract, found = await papers.of_contract(viewer, contract_id)
    for each in found:
        for row in each.history:
            mine = side_of(viewer, contract) is Actor.ASSISTANT or row.contract_id == contract.id
            if row.id == document_id and (mine or each.called):
                return file_name(row, contract.number), row.media_type, await read(row)
    raise NotFound


def file_name(row: ComplianceDocument, number: str) -> str:
    """What a downloaded file is called."""
    ending = ENDINGS[row.media_type]
    return f"{number}-{row.code}-{row.issued_on}-{row.file_sha256[:8]}.{ending}"


async def read(row: ComplianceDocument) -> bytes:
    """The kept bytes. Raises NotFound when they are gone or damaged."""
    return await asyncio.to_thread(_read, row.file_sha256)


def _read(sha256: str) -> bytes:
    content = sound(sha256)
    if content is None:
        raise NotFound
    return content


def sound(sha256: str) -> bytes | None:
    """The kept bytes of this hash; None when they are gone or damaged. It reads a file."""
    return files.read(sha256, path, PURPOSE)
