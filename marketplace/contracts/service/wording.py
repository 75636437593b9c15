"""Owns what a frozen version says, in the words that were frozen, whatever clauses say today."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pypdf

from marketplace.contracts.models import ContractVersion
from marketplace.contracts.service import documents
from marketplace.core.i18n import _, gettext


async def wording(version: ContractVersion) -> list[dict[str, Any]]:
    """The clauses of a version: id, title, paragraphs. Raises FileDamaged.

    Of a version from before its words were kept these are the pages of its file, as printed.
    """
    if version.clauses is not None:
        return list(version.clauses)
    content = await documents.read(version.file_sha256)
    return await asyncio.to_thread(_printed, content, version.agreement["language"])


def _printed(content: bytes, language: str) -> list[dict[str, Any]]:
    found = []
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(content)).pages, 1):
        lines = (line.strip() for line in page.extract_text().splitlines())
        title = gettext(_("Page %(n)s"), language, n=number)
        found.append({"id": f"page.{number}", "title": title, "paragraphs": [*filter(None, lines)]})
    return found
