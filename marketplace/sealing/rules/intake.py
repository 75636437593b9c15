"""Owns whether a stranger's PDF may be kept and handed on: whole, open, at rest.

A contract is read, never run. So a file is refused that is locked, that holds programs or other
files, or that a strict reader cannot follow. Heavy and synchronous: `service/apart` calls it in a
process of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any, Final

from marketplace.core.i18n import _
from marketplace.sealing.rules.inspection import prefixes_of

PAGES_MAX: Final = 300
NODES_MAX: Final = 400_000
DEPTH_MAX: Final = 60
END_WITHIN_BYTES: Final = 2048

# What a reader would run, send or open (ISO 32000-2, 12.6.4); links to pages and the web stay.
ACTIONS: Final = frozenset(
    "/JavaScript /Launch /SubmitForm /ImportData /GoToE /Rendition /Movie /Sound /GoTo3DView "
    "/RichMediaExecute".split()
)
LINKS: Final = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)  # others may open a file
MOVING: Final = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})


class Refusal(StrEnum):
    """Why a file is not kept."""

    NOT_PDF = "not_pdf"
    UNREADABLE = "unreadable"
    LOCKED = "locked"
    ACTIVE = "active"
    FILES_INSIDE = "files_inside"
    OPENS_FILES = "opens_files"
    TOO_MANY_PAGES = "too_many_pages"


WORDS: Final[dict[Refusal, str]] = {
    Refusal.NOT_PDF: _("This file is not a PDF."),
    Refusal.UNREADABLE: _("This PDF is damaged or incomplete: it cannot be read."),
    Refusal.LOCKED: _("This PDF is encrypted. Save it without a password first."),
    Refusal.ACTIVE: _("This PDF holds scripts, forms or media that act by themselves."),
    Refusal.FILES_INSIDE: _("This PDF carries other files inside."),
    Refusal.OPENS_FILES: _(
        "This PDF has links that open files or programs. Only links to web pages, e-mail addresses "
        "and telephone numbers may stay."
    ),
    Refusal.TOO_MANY_PAGES: _("This PDF has more than 300 pages."),
}


@dataclass(frozen=True)
class Intake:
    """What was found: pages, the hashes of earlier revisions, and the reason to refuse it."""

    pages: int = 0
    prefixes: tuple[str, ...] = ()
    refusal: Refusal | None = None

    def as_json(self) -> dict[str, Any]:
        """The answer as the child writes it."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Intake:
        """The answer as the parent reads it. Raises KeyError, ValueError."""
        said = values["refusal"]
        refusal = Refusal(said) if said else None
        return cls(int(values["pages"]), tuple(values["prefixes"]), refusal)


def examine(data: bytes) -> Intake:
    """Whether the file may be kept. Never raises for what the file holds."""
    import pikepdf

    if not data.startswith(b"%PDF-"):
        return Intake(refusal=Refusal.NOT_PDF)
    if b"%%EOF" not in data[-END_WITHIN_BYTES:]:
        return Intake(refusal=Refusal.UNREADABLE)
    try:
        with pikepdf.open(BytesIO(data), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                return Intake(refusal=Refusal.LOCKED)
            pages = len(pdf.pages)
            found = _inside(pdf)
    except pikepdf.PasswordError:
        return Intake(refusal=Refusal.LOCKED)
    except Exception:  # noqa: BLE001 - damaged files fail anywhere inside the library
        return Intake(refusal=Refusal.UNREADABLE)
    if not pages:
        found = Refusal.UNREADABLE
    elif pages > PAGES_MAX:
        found = Refusal.TOO_MANY_PAGES
    return Intake(pages, tuple(prefixes_of(data)), found)


def _inside(pdf: Any) -> Refusal | None:
    """What in any object of the file acts, or is a file of its own."""
    for number, each in enumerate(_dictionaries(pdf)):
        if number > NODES_MAX:
            return Refusal.UNREADABLE
        if str(each.get("/S", "")) in ACTIONS or "/JS" in each or "/XFA" in each:
            return Refusal.ACTIVE
        subtype = str(each.get("/Subtype", ""))
        if subtype in MOVING:
            return Refusal.ACTIVE
        if "/EF" in each or "/EmbeddedFile" in {str(each.get("/Type", "")), subtype}:
            return Refusal.FILES_INSIDE
        if _opens_files(each):
            return Refusal.OPENS_FILES
    return None


def _opens_files(each: Any) -> bool:
    """Whether a dictionary leads out of the document to anything but the web, a mail or a call."""
    import pikepdf

    kind = str(each.get("/S", ""))
    if kind == "/GoToR" or (kind == "/Thread" and "/F" in each):
        return True
    link = each.get("/URI", "https:")
    if isinstance(link, pikepdf.Dictionary):  # the catalogue's: what all links start from
        link = link.get("/Base", "https:")
    return not LINKS.match(str(link).strip())


def _dictionaries(pdf: Any) -> Iterator[Any]:
    """Every dictionary, wherever it stands; each indirect object once."""
    import pikepdf

    for top in pdf.objects:
        waiting = [(top, 0)]
        while waiting:
            each, depth = waiting.pop()
            if depth > DEPTH_MAX:
                raise ValueError("too deep")
            if isinstance(each, pikepdf.Array):
                children = list(each)
            elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
                yield each
                children = [value for _, value in each.items()]
            else:
                continue
            waiting += [
                (child, depth + 1)
                for child in children
                if getattr(child, "is_indirect", True) is False
            ]
