"""Owns handing an issued invoice to the approved platform (or Peppol access point) of the operator.

A platform is anything with a `deliver`; the one that is here drops files into a folder, which most
of them collect from. What is delivered and what not is kept with the invoice.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from marketplace.core import clock, jobs
from marketplace.core.db import command
from marketplace.core.ids import secret_token
from marketplace.core.settings import settings
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.queries import downloads
from marketplace.invoicing.rules.states import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.invoicing.events import InvoiceIssued


class Platform(Protocol):
    """Where invoices are handed over. The same name twice must do no harm."""

    async def deliver(self, name: str, content: bytes) -> None:
        """Take one file. Raises when it did not arrive: it is tried again."""


class FileDrop:
    """A folder that a platform's own program, or a person, collects from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def deliver(self, name: str, content: bytes) -> None:
        """Write the file, at once complete."""
        await asyncio.to_thread(self._write, name, content)

    def _write(self, name: str, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        scratch = self.folder / f".{secret_token()}.part"
        try:
            scratch.write_bytes(content)
            scratch.replace(self.folder / name)
        finally:
            scratch.unlink(missing_ok=True)


def file_drop() -> Platform:
    """The folder `handover` of the data folder."""
    return FileDrop(settings().data_dir / "handover")


ADAPTERS: Final[dict[str, Callable[[], Platform]]] = {"file_drop": file_drop}
"""By the setting RELAIS_INVOICE_PLATFORM; another platform is another line here."""


async def on_issued(event: InvoiceIssued) -> None:
    """Hand over what is due to be, by job, so that a platform that is away is tried again."""
    if settings().invoice_platform:
        await _queue(event.invoice_id)


@command
async def _queue(invoice_id: UUID) -> None:
    await jobs.defer("invoicing.hand_over", invoice=invoice_id)


@jobs.task("invoicing.hand_over", tries=jobs.TRIES_ABROAD)
async def hand_over(invoice: str) -> None:
    """Deliver one invoice's file: UBL where Peppol wants it, else the Factur-X PDF."""
    row = await Invoice.get(pk=UUID(str(invoice)))
    if row.status is not Status.ISSUED or row.handed_over_at is not None:
        return
    if row.xml_sha256 is None:  # nothing a platform could read
        return
    if row.ubl_sha256 is not None:
        sha256, ending = row.ubl_sha256, "ubl.xml"
    elif row.pdf_sha256 is not None:
        sha256, ending = row.pdf_sha256, "pdf"
    else:
        raise RuntimeError("the PDF is not made yet")  # the job is tried again
    content = await asyncio.to_thread(downloads.stored, sha256, ending)
    await ADAPTERS[settings().invoice_platform]().deliver(f"{row.number}.{ending}", content)
    await Invoice.filter(pk=row.id, handed_over_at=None).update(handed_over_at=clock.now())
