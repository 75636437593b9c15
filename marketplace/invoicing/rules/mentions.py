"""Owns the words an invoice must carry beside the VAT mention, by day and country of the seller.

They are data (data/mentions.toml), each with its source and the days on which it holds.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from marketplace.core.i18n import typographic
from marketplace.invoicing.rules.papers import Invoice

LATE: Final = "PMD"
FIXED: Final = "PMT"
DATA = Path(__file__).parents[1] / "data" / "mentions.toml"


class Mention(BaseModel):
    """A sentence. `subject` is its code in UNTDID 4451, which programs read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...]
    on: Literal["all", "domestic"] = "all"
    valid_from: date | None = None
    valid_to: date | None = None
    fr: Annotated[str, Field(min_length=5)]
    en: Annotated[str, Field(min_length=5)]
    source: Annotated[str, Field(min_length=5)]

    @model_validator(mode="after")
    def _in_order(self) -> Mention:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            msg = "valid_from lies after valid_to"
            raise ValueError(msg)
        return self

    def holds(self, document: Invoice) -> bool:
        """Whether this document must carry it."""
        seller, buyer = document.seller.country, document.buyer.country
        at_home = self.on == "all" or seller == buyer
        day = document.issued_on
        dated = (self.valid_from or date.min) <= day <= (self.valid_to or date.max)
        return seller in self.countries and at_home and dated

    def text(self, language: str) -> str:
        """In French or English."""
        return typographic(self.fr) if language == "fr" else self.en


@cache
def known() -> tuple[Mention, ...]:
    """Every mention. Raises ValidationError on a malformed one."""
    raw = tomllib.loads(DATA.read_text("utf-8"))
    return tuple(Mention.model_validate(each) for each in raw["mention"])


def due(document: Invoice) -> list[Mention]:
    """What this document must say, in the order of the data."""
    return [each for each in known() if each.holds(document)]


def said(document: Invoice) -> list[tuple[str, str]]:
    """What this document must say: the subject and the words.

    What both signed about late payment stands in the place of the law's default.
    """
    found = [(each.subject, each.text(document.language)) for each in due(document)]
    if not document.late:
        return found
    place = next((n for n, (subject, _text) in enumerate(found) if subject == LATE), len(found))
    return [*found[:place], (LATE, document.late), *found[place + 1 :]]
