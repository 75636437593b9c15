"""Owns the files of invoices as people download them: one, or all of a year; never writes."""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

from marketplace.core import tables
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings
from marketplace.invoicing.queries import invoices as queries
from payments.money import Money

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.invoicing.models import Invoice
    from marketplace.web.sessions import Viewer

MEDIA = {"pdf": "application/pdf", "xml": "application/xml", "ubl.xml": "application/xml"}


def stored(sha256: str | None, ending: str) -> bytes:
    """The kept bytes. Raises NotFound when there are none or they were damaged."""
    if sha256 is None:
        raise NotFound
    path = settings().data_dir / "invoices" / sha256[:2] / f"{sha256}.{ending}"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise NotFound from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotFound
    return content


async def file(viewer: Viewer, invoice_id: UUID, ending: str) -> tuple[str, bytes]:
    """The name and bytes of one file of an invoice. Raises NotFound."""
    row = await queries.get(viewer, invoice_id)
    sha256 = {"pdf": row.pdf_sha256, "xml": row.xml_sha256, "ubl.xml": row.ubl_sha256}[ending]
    return f"{row.number}.{ending}", await asyncio.to_thread(stored, sha256, ending)


async def year_archive(viewer: Viewer, year: int) -> bytes:
    """A ZIP of the viewer's papers of a year with a table of them. Raises NotFound when none."""
    rows = await queries.issued_in(viewer, year)
    if not rows:
        raise NotFound
    return await asyncio.to_thread(_zip, rows)


def _zip(rows: list[Invoice]) -> bytes:
    out, missing = io.BytesIO(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for row in rows:
            files = (("pdf", row.pdf_sha256), ("xml", row.xml_sha256), ("ubl.xml", row.ubl_sha256))
            for ending, sha256 in files:
                if sha256 is None:
                    continue
                try:
                    _write(kept, f"{row.number}.{ending}", stored(sha256, ending))
                except NotFound:  # the others are of use all the same
                    missing.append(f"{row.number}.{ending}")
        if missing:
            _write(kept, "MISSING.txt", "\n".join(missing).encode())
        _write(kept, "invoices.csv", table(rows).encode())
    return out.getvalue()


def _write(kept: zipfile.ZipFile, name: str, content: bytes) -> None:
    kept.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def table(rows: list[Invoice]) -> str:
    """The same as a table; credit notes are negative."""
    lines: list[list[object]] = [
        ["number", "date", "type", "seller", "buyer", "net", "vat", "rounding", "total",
         "currency", "corrects"]
    ]  # fmt: skip
    for row in rows:
        document = queries.document(row)
        sign = -1 if row.credit else 1
        amounts = [
            Money(sign * each.minor, row.currency).decimal
            for each in (row.net, row.vat, document.rounding, row.total)
        ]
        corrects = " ".join(each.number for each in document.corrects)
        lines.append([row.number, row.issued_on, row.paper.value, document.seller.name,
                      document.buyer.name, *amounts, row.currency, corrects])  # fmt: skip
    return tables.rows(*lines, delimiter=";")
