"""Owns how tax decisions leave by the API; never decides anything."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel


class TaxLine(BaseModel):
    """One tax and its rate in parts per million."""

    name: str
    rate_ppm: int


class Sentence(BaseModel):
    """A code for programs and what it says to people."""

    code: str
    text: str


class TaxDecisionView(BaseModel):
    """How one supply is taxed: the assistant's work (supply), or our fee to either side.

    `category` and `vatex` are EN 16931's, `rule` one of /api/v1/jurisdictions/rules; `blocks` must
    be settled before anybody signs.
    """

    purpose: str
    rule: str
    category: str
    rate_ppm: int
    taxes: list[TaxLine]
    mention_fr: str
    mention_en: str
    vatex: str | None
    blocks: list[Sentence]
    warnings: list[Sentence]


class TaxesView(BaseModel):
    """The decisions as of a day, with the version of the data they rest on."""

    on: date
    data_version: str
    decisions: list[TaxDecisionView]
