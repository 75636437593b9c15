"""Owns the final file before its seal: stamps, added pages and attachments behind a signed PDF.

Everything is appended by incremental updates (ISO 32000-2, 7.5.6): the file begins with exactly
the bytes it is given, so whoever signed them finds them again. Synchronous: call it in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader


@dataclass(frozen=True)
class Box:
    """A place on a page, from 1, in points from its upper left corner."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Attachment:
    """A file to be carried along, in the relation "supplement" (ISO 19005-3)."""

    name: str
    content: bytes
    mime_type: str
    description: str
    at: datetime


def assembled(
    original: bytes, extra: bytes, boxes: Sequence[Box], attachments: Sequence[Attachment]
) -> bytes:
    """`original` with the first pages of `extra` drawn in the boxes, its other pages added."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader

    writer = IncrementalPdfFileWriter(BytesIO(original))
    reader = PdfFileReader(BytesIO(extra))
    for number, box in enumerate(boxes):
        _draw(writer, reader, number, box)
    for number in range(len(boxes), int(reader.root["/Pages"]["/Count"])):
        _add(writer, reader, number)
    for each in sorted(attachments, key=lambda a: a.name):  # a name tree is in order (7.9.6)
        _attach(writer, each)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _draw(writer: IncrementalPdfFileWriter, reader: PdfFileReader, number: int, box: Box) -> None:
    """Page `number` of `reader` in a box, at its own size, from the box's upper left corner."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name

    drawing = writer.import_page_as_xobject(reader, number)
    page, _ = writer.find_page_for_modification(box.page - 1)
    page_height = float(_inherited(page.get_object(), "/MediaBox")[3])
    lift = page_height - box.y - float(drawing.get_object()["/BBox"][3])
    name = f"/Stamp{number + 1}"
    objects = generic.DictionaryObject({pdf_name(name): drawing})
    resources = generic.DictionaryObject({pdf_name("/XObject"): objects})
    # An artifact: those who have the page read aloud find the same words on the added pages.
    content = f"/Artifact BMC q 1 0 0 1 {box.x:.2f} {lift:.2f} cm {name} Do Q EMC".encode()
    stream = writer.add_object(generic.StreamObject(stream_data=content))
    writer.add_stream_to_page(box.page - 1, stream, resources=resources)


def _inherited(page: Any, key: str) -> Any:
    while key not in page:
        page = page["/Parent"]
    return page[key]


def _add(writer: IncrementalPdfFileWriter, reader: PdfFileReader, number: int) -> None:
    """Page `number` of `reader` behind the last one."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name

    page = reader.find_page_for_modification(number)[0].get_object()
    # Off the page as read, not off a copy: the import would follow them into the whole document.
    for key in ("/Parent", "/StructParents", "/Annots", "/Tabs"):
        if key in page:
            del page[key]
    copy = writer.import_object(page)
    assert isinstance(copy, generic.DictionaryObject)
    copy[pdf_name("/Type")] = pdf_name("/Page")
    writer.insert_page(copy)


def _attach(writer: IncrementalPdfFileWriter, attachment: Attachment) -> None:
    from pyhanko.pdf_utils import embed
    from pyhanko.pdf_utils.generic import pdf_name

    embedded = embed.EmbeddedFileObject.from_file_data(
        writer,
        data=attachment.content,
        mime_type=attachment.mime_type,
        params=embed.EmbeddedFileParams(
            creation_date=attachment.at, modification_date=attachment.at
        ),
    )
    described = embed.FileSpec(
        file_spec_string=attachment.name,
        file_name=attachment.name,
        embedded_data=embedded,
        description=attachment.description,
        af_relationship=pdf_name("/Supplement"),
    )
    embed.embed_file(writer, described)
