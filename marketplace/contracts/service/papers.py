"""Owns the files of imported contracts: examined, refused or kept; never the contract's terms."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import imported as rules
from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.contracts.service import documents
from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.errors import Invalid
from marketplace.sealing import service as sealing
from marketplace.sealing.rules.intake import WORDS
from marketplace.web import ratelimit

NAMELESS = "contract.pdf"
FIRST_ZONE = "Pacific/Kiritimati"
"""Where each day begins first: what is signed there today is not signed in the future."""
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 230))"


async def kept(person_id: UUID, content: bytes, name: str, signed_on: date) -> ImportedPaper:
    """Examine the file in a process of its own and keep it under its hash.

    Raises PaperRefused, Invalid for a day to come, TooManyRequests, InspectionBusy.
    """
    if signed_on > clock.today(FIRST_ZONE):
        raise Invalid({"signed_on": rules.SIGNED_LATER})
    if len(content) > rules.BYTES_MAX:
        raise rules.PaperRefused(rules.TOO_HEAVY)
    await ratelimit.hit(f"import:{person_id}", per_minute=2, burst=8)
    found = await sealing.examined(content)
    if found.refusal is not None:
        raise rules.PaperRefused(WORDS[found.refusal])
    if await queries.made_here(found.prefixes):
        raise rules.PaperKnown(rules.MADE_HERE)
    sha256 = await asyncio.to_thread(documents.keep, content)
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].strip()[:120]
    return ImportedPaper(
        file_sha256=sha256,
        file_bytes=len(content),
        file_name=plain if plain.isprintable() and plain else NAMELESS,
        pages=found.pages,
        signed_on=signed_on,
    )


async def refuse_known(sha256: str, mine: UUID | None = None) -> None:
    """Raise PaperKnown for a file that another contract has, or that was made here.

    In a command the answer holds until it ends: who brings the same file waits.
    """
    await connection().execute_query(LOCK, [sha256])
    if await queries.made_here([sha256]):
        raise rules.PaperKnown(rules.MADE_HERE)
    if await queries.holder(sha256) not in {None, mine}:
        raise rules.PaperKnown(rules.ALREADY_IMPORTED)


async def refuse_met(business_id: UUID, assistant_id: UUID) -> None:
    """Raise MetHere for two who already dealt with each other here."""
    if await queries.met_here(business_id, assistant_id):
        raise rules.MetHere


async def refuse_later(contract: Contract, paper: ImportedPaper) -> None:
    """Raise Invalid for a contract signed when both could have met here: its usual way is free."""
    since = await queries.both_here_since(contract.business_id, contract.assistant_id)
    if paper.signed_on > since.astimezone(ZoneInfo(contract.time_zone)).date():
        raise Invalid({"signed_on": rules.SIGNED_HERE})


async def refuse(contract: Contract) -> None:
    """In a command: whatever keeps an import from going on the table. Others pass."""
    if contract.paper is not None:
        await refuse_known(contract.paper.file_sha256, contract.id)
        await refuse_met(contract.business_id, contract.assistant_id)
        await refuse_later(contract, contract.paper)


async def read(contract: Contract) -> bytes | None:
    """The file that was imported, byte for byte; None for other contracts. Raises FileDamaged."""
    return await content_of(contract.paper) if contract.paper else None


async def content_of(paper: ImportedPaper) -> bytes:
    """The kept file, byte for byte. Raises FileDamaged."""
    return await documents.read(paper.file_sha256)
