"""Owns making archives of everything about a person, by job, and dropping them a week later."""

from __future__ import annotations

import asyncio
import json
import zipfile
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast
from uuid import UUID

from marketplace.accounts.models import Person
from marketplace.contracts.service import documents
from marketplace.core import clock, files, jobs, vault
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.core.i18n import _, gettext
from marketplace.core.settings import settings
from marketplace.invoicing.queries import downloads
from marketplace.my_data import queries
from marketplace.my_data.models import DataExport
from marketplace.my_data.queries import sections
from marketplace.my_data.rules import EXPORT_DAYS, UNDER_WAY, ExportWaiting
from marketplace.profiles.service import photos
from marketplace.vigilance.queries import files as certificates
from marketplace.vigilance.rules import ENDINGS
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.accounts.events import PersonDeleted

Rows = dict[str, list[dict[str, Any]]]

ABOUT: Final = _(
    "Everything that %(site)s keeps about you, as of %(moment)s (UTC).\n\n"
    "data.json holds it by section, as the database has it: times in UTC, amounts in the smallest "
    "unit of their currency (1250 with EUR is 12.50 euros). The folder papers holds your "
    "contracts, invoices and certificates as files, and your photo.\n\n"
    "Left out: secrets (hashes of passwords, tokens and codes), and what others wrote for "
    "themselves alone.\n"
)


async def ask(person_id: UUID, locale: str) -> DataExport:
    """Have an archive made. Raises ExportWaiting, TooManyRequests."""
    await ratelimit.hit(f"export:{person_id}", per_minute=0.05, burst=5)
    return await _asked(person_id, locale)


@command
async def _asked(person_id: UUID, locale: str) -> DataExport:
    await lock(Person, person_id)  # one archive, however often it is asked for at once
    under_way = DataExport.filter(person_id=person_id, ready_at=None)
    if await under_way.filter(created_at__gt=clock.now() - UNDER_WAY).exists():
        raise ExportWaiting
    row = await DataExport.create(person_id=person_id, locale=locale, created_at=clock.now())
    await jobs.defer("my_data.export", export=row.id)
    return row


@jobs.task("my_data.export")
async def make(export: str) -> None:
    """Make one archive and keep it closed. Nothing happens when it was made or its person left."""
    row = await DataExport.get_or_none(pk=UUID(export), ready_at=None)
    if row is None:
        return
    found = await sections.everything(row.person_id)
    about = gettext(ABOUT, row.locale) % {
        "site": settings().site_name,
        "moment": f"{clock.now():%Y-%m-%d %H:%M}",
    }
    sha256, size = await asyncio.to_thread(
        files.pour, partial(archive, found, about), queries.folder(), queries.PURPOSE, str(row.id)
    )
    await _ready(row.id, sha256, size)


@command
async def _ready(export_id: UUID, sha256: str, size: int) -> None:
    try:
        row = await lock(DataExport, export_id)
    except NotFound:  # the account went meanwhile
        queries.place(sha256).unlink(missing_ok=True)
        return
    row.ready_at, row.file_sha256, row.file_bytes = clock.now(), sha256, size
    await row.save(update_fields=["ready_at", "file_sha256", "file_bytes"])


def archive(found: Rows, about: str, out: vault.Pieces) -> None:
    """Write the ZIP: what it is, all sections as one readable JSON, and the papers they name.

    A paper in memory at a time: there may be gigabytes of them, and others' jobs run beside.
    """
    with zipfile.ZipFile(cast("BinaryIO", out), "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("README.txt", about)
        made.writestr("data.json", json.dumps(found, ensure_ascii=False, indent=1))
        for name, content in _papers(found):
            made.writestr(f"papers/{name}", content)


def _papers(found: Rows) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each paper; what is gone or damaged on disk is passed over."""
    numbers = {each["id"]: each["number"] for each in found["contracts"]}
    versions = {each["id"]: each["number"] for each in found["contract_versions"]}
    for row in found["contract_versions"]:
        name = f"contracts/{numbers[row['contract_id']]}-v{row['number']}"
        yield from _pdf(f"{name}.pdf", row["file_sha256"])
        if row["french_sha256"]:
            yield from _pdf(f"{name}-fr.pdf", row["french_sha256"])
    for row in found["contract_seals"]:
        number = versions[row["version_id"]]
        name = f"contracts/{numbers[row['contract_id']]}-v{number}-sealed.pdf"
        yield from _pdf(name, row["file_sha256"])
    for row in found["invoices"]:
        for ending, column in (("pdf", "pdf"), ("xml", "xml"), ("ubl.xml", "ubl")):
            yield from _invoice(f"{row['number']}.{ending}", row[f"{column}_sha256"], ending)
    for row in found["certificates"]:
        content = certificates.sound(row["file_sha256"])
        ending = ENDINGS[row["media_type"]]
        if content is not None:
            yield f"certificates/{row['code']}-{row['issued_on']}-{row['id']}.{ending}", content
    for row in found["profiles"]:
        if row["photo"] and (content := photos.largest(row["photo"])):
            yield f"photo-{row['slug']}.webp", content


def _pdf(name: str, sha256: str) -> Iterator[tuple[str, bytes]]:
    path = documents.path(sha256)
    if path.exists():
        yield name, path.read_bytes()


def _invoice(name: str, sha256: str | None, ending: str) -> Iterator[tuple[str, bytes]]:
    try:
        yield f"invoices/{name}", downloads.stored(sha256, ending)
    except NotFound:
        return


async def on_person_deleted(event: PersonDeleted) -> None:
    """Reaction, before the person goes: their archives."""
    await _drop(await DataExport.filter(person_id=event.person_id))


@jobs.periodic("41 3 * * *", "my_data.upkeep")
async def upkeep(timestamp: int) -> None:
    """Drop archives that are a week old, and files that no row knows."""
    del timestamp
    old = clock.now() - timedelta(days=EXPORT_DAYS)
    await _drop_old(await DataExport.filter(created_at__lt=old))
    known = await DataExport.exclude(file_sha256=None).values_list("file_sha256", flat=True)
    await asyncio.to_thread(_sweep, set(known), old.timestamp())


def _sweep(known: set[object], before: float) -> None:
    """Remove old files without a row: their worker died before it could write down the hash."""
    for path in queries.folder().glob("*"):
        if path.name not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


@command
async def _drop_old(rows: list[DataExport]) -> None:
    await _drop(rows)


async def _drop(rows: list[DataExport]) -> None:
    for row in rows:
        if row.file_sha256:  # by job: a command that is rolled back destroys nothing
            await jobs.defer("my_data.drop_file", sha256=row.file_sha256)
        await row.delete()


@jobs.task("my_data.drop_file")
async def drop_file(sha256: str) -> None:
    """Remove the file of an archive that is gone; again does nothing."""
    queries.place(sha256).unlink(missing_ok=True)
