"""Owns the facts of the pages about this site, as texts to be translated; never reads anything."""

from __future__ import annotations

from typing import Final

from marketplace.core.i18n import _

Block = tuple[str, str]

# Of the client, the assistant, a tip: with a fee, and without one.
FEES: Final = (
    (
        _("Businesses pay a service fee of %(rate)s on top of the agreed price."),
        _("Businesses pay no service fee."),
    ),
    (
        _("Of the price, a service fee of %(rate)s is kept from the assistant."),
        _("Assistants pay no service fee."),
    ),
    (_("Of a tip, %(rate)s is kept."), _("A tip arrives whole.")),
)


def blocks(text: str) -> list[Block]:
    """The paragraphs of a host's own file: ("heading" | "text", words), in order."""
    found: list[Block] = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        lines = part.strip().split("\n")
        if lines[0].startswith("# "):
            found.append(("heading", lines.pop(0)[2:].strip()))
        words = " ".join(each.strip() for each in lines).strip()
        if words:
            found.append(("text", words))
    return found
