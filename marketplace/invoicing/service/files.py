"""Owns an invoice's files: the XML, the PDF/A-3 that carries it, where both are kept by hash."""

from __future__ import annotations

import io
import json
import logging
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst
from lxml import etree

from marketplace.contracts.service.documents import WITHOUT_GLYPH
from marketplace.core import files
from marketplace.core.settings import settings
from marketplace.invoicing.rules import en16931, layout
from marketplace.invoicing.rules.papers import Invoice

logging.getLogger("factur-x").setLevel(logging.ERROR)  # it tells of every file it makes

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
STANDARD: Final = "a-3b"
LEVEL: Final = "en16931"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
FX: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
PROPERTIES: Final = (
    ("DocumentFileName", "name of the embedded XML invoice file"),
    ("DocumentType", "INVOICE"),
    ("Version", "version of the Factur-X data"),
    ("ConformanceLevel", "conformance level of the Factur-X data"),
)


class XmlRefused(ValueError):
    """A file cannot be made: the XML does not fit its schema, or paper cannot show the text.

    `characters` are those that the fonts lack, "" when something else is wrong.
    """

    def __init__(self, text: str, characters: str = "") -> None:
        super().__init__(text)
        self.characters = characters


def cii(document: Invoice) -> bytes:
    """The Factur-X XML, checked against its XSD. Raises XmlRefused."""
    import facturx

    return _made(facturx.generate_cii_xml, en16931.fields(document))


def ubl(document: Invoice) -> bytes:
    """The same document in UBL 2.1 as Peppol carries it, checked. Raises XmlRefused."""
    import facturx

    tree = etree.fromstring(_made(facturx.generate_ubl_xml, en16931.peppol_fields(document)))
    specification = tree.find(f"{{{CBC}}}CustomizationID")
    assert specification is not None  # the library always writes its own
    specification.text = en16931.PEPPOL_INVOICE
    xml: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    return xml


def _made(make: Any, fields: dict[str, Any]) -> bytes:
    try:
        made = make(fields, level=LEVEL, check_xsd=True, check_schematron=False)
    except Exception as error:  # the library raises bare Exceptions
        raise XmlRefused(str(error)[:500]) from error
    xml = made[0] if isinstance(made, tuple) else made
    return xml if isinstance(xml, bytes) else str(xml).encode()


@cache
def _fonts() -> typst.Fonts:
    # Only the fonts inside typst: the same bytes on every machine.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def pdf(document: Invoice, xml: bytes | None, moment: int) -> bytes:
    """The PDF/A-3b, with the XML inside when there is one: same input, same bytes.

    `moment` is when it is issued, in epoch seconds. Raises XmlRefused for what cannot be printed:
    PDF/A forbids to leave out characters that the fonts lack.
    """
    data = json.dumps(layout.compose(document), ensure_ascii=False)
    compiler = typst.Compiler(
        str(TEMPLATES / "invoice.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        sys_inputs={"data": data, "xml": (xml or b"").decode()},
    )
    try:
        made = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=moment)
    except typst.TypstError as error:
        strange = " ".join(dict.fromkeys(WITHOUT_GLYPH.findall(error.diagnostic)))
        raise XmlRefused(error.diagnostic[:500], strange) from error
    if not isinstance(made, bytes):
        raise TypeError("typst gave no document")
    return with_xmp(made) if xml else made


def with_xmp(content: bytes) -> bytes:
    """The PDF with the metadata by which readers know Factur-X.

    The one bag of extension schemas is extended: a second one would break PDF/A.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as file:
        old = bytes(file.Root.Metadata.read_bytes()).decode()
        stream = pikepdf.Stream(file, _extended(old).encode())
        stream.Type, stream.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        file.Root.Metadata = file.make_indirect(stream)
        out = io.BytesIO()
        file.save(out, deterministic_id=True)
        return out.getvalue()


def _extended(xmp: str) -> str:
    entry = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{what}</pdfaProperty:description></rdf:li>"
        for name, what in PROPERTIES
    )
    schema = (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{FX}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{entry}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
    end = "</rdf:Bag></pdfaExtension:schemas>"
    if xmp.count(end) == 1:
        xmp = xmp.replace(end, schema + end)
    else:
        xmp = xmp.replace("</rdf:RDF>", _BAG.format(schema) + "</rdf:RDF>")
    values = (
        f'<rdf:Description rdf:about="" xmlns:fx="{FX}"><fx:DocumentType>INVOICE</fx:DocumentType>'
        "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName><fx:Version>1.0</fx:Version>"
        "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>"
    )
    return xmp.replace("</rdf:RDF>", values + "</rdf:RDF>")


_BAG: Final = (
    '<rdf:Description rdf:about="" '
    'xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" '
    'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    "<pdfaExtension:schemas><rdf:Bag>{}</rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)


def place(sha256: str, ending: str) -> Path:
    """Where the file of this hash is kept."""
    return settings().data_dir / "invoices" / sha256[:2] / f"{sha256}.{ending}"


def keep(content: bytes, ending: str) -> str:
    """Keep a file under its hash; gives the hash."""
    return files.keep(content, lambda sha256: place(sha256, ending))
