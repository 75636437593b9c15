"""Owns when a paper is handed over in French before another language; pure.

A contract whose clauses one side has written beforehand binds a party in Quebec in another language
only by express wish, after the French version was handed over (Charter of the French language,
CQLR c. C-11, section 55, in force since 1 June 2023).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _

QUEBEC: Final = "CA-QC"
WISH: Final = _(
    "I have received the French version of this paper and expressly wish to be bound by the "
    "English one."
)


class FrenchFirst(Conflict):
    """The French version was not handed over to this person yet."""

    message = _("Open the French version first: it is handed over before the English one.")


class WishMissing(Invalid):
    """Nobody in this pair is bound in English without having said that they wish it."""

    message = _("Tick the sentence to be bound by the English version.")


def french_name(number: str, version: int) -> str:
    """What the French version is called inside the file that is signed and when it is saved."""
    return f"{number}-v{version}-fr.pdf"


def french_first(language: str, places: Iterable[str]) -> bool:
    """Whether a paper in this language needs its French version first; jurisdictions' codes."""
    return language != "fr" and QUEBEC in places
