"""Owns the shape of a jurisdiction's data file and of the rulebook."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from marketplace.jurisdictions.rules import Category
from marketplace.jurisdictions.schemas.base import (
    CountryCode,
    Currency,
    Dated,
    Fact,
    Source,
    Strict,
    Text,
    refuse_doubles,
    refuse_overlaps_by,
    refuse_unknown_sources,
)
from marketplace.jurisdictions.schemas.entries import (
    Document,
    LegalForm,
    Limit,
    NumberKind,
    Payable,
    Statement,
    TaxStatus,
    Territory,
    VatRate,
)
from search.coverage import time_zones


class Jurisdiction(Strict):
    """Everything we know of one legal and tax context. `code` is FR, or CA-QC for a part of CA."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z]{2,3})?$")]
    country: CountryCode
    name_fr: Text
    name_en: Text
    languages: tuple[str, ...] = Field(strict=False, min_length=1)
    currency: Currency
    time_zone: str
    in_eu: bool
    vat_territory: CountryCode
    as_of: Annotated[date, Field(strict=False)]
    payable: Payable
    vat_number: NumberKind | None
    export_category: Annotated[Category, Field(strict=False)]
    vat_rates: tuple[VatRate, ...] = Field(strict=False)
    territories: tuple[Territory, ...] = Field(strict=False)
    legal_forms: tuple[LegalForm, ...] = Field(strict=False, min_length=1)
    tax_statuses: tuple[TaxStatus, ...] = Field(strict=False, min_length=1)
    limits: tuple[Limit, ...] = Field(strict=False)
    documents: tuple[Document, ...] = Field(strict=False)
    facts: tuple[Statement, ...] = Field(strict=False)
    sources: dict[str, Source]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.time_zone not in time_zones():
            msg = f"No time zone {self.time_zone}"
            raise ValueError(msg)
        if self.code[:2] != self.country:
            msg = "the code starts with the country"
            raise ValueError(msg)
        for name in ("legal_forms", "tax_statuses"):
            refuse_doubles(name, [each.code for each in getattr(self, name)])
        for name in ("limits", "territories", "documents", "facts"):
            refuse_overlaps_by(name, "code", getattr(self, name))
        refuse_overlaps_by("vat_rates", "name", self.vat_rates)
        prefixes = [each for one in self.territories for each in one.postcodes]
        refuse_doubles("postcodes", prefixes)
        if any(each.code[:2] != self.country for each in self.territories):
            msg = "a territory's code starts with the country"
            raise ValueError(msg)
        refuse_unknown_sources(self.model_dump(exclude={"sources"}), self.sources)
        return self

    def name(self, locale: str) -> str:
        """The jurisdiction's name in `fr` or `en`."""
        return self.name_fr if locale == "fr" else self.name_en

    def legal_form(self, code: str) -> LegalForm | None:
        """The legal form of this code."""
        return next((each for each in self.legal_forms if each.code == code), None)

    def tax_status(self, code: str) -> TaxStatus | None:
        """The tax status of this code."""
        return next((each for each in self.tax_statuses if each.code == code), None)

    def territory(self, code: str, on: date) -> Territory | None:
        """The part of the country of this ISO 3166-2 code that is taxed otherwise on the day."""
        found = (each for each in self.territories if each.code == code and each.holds(on))
        return next(found, None)

    def territory_at(self, postcode: str, town: str, on: date) -> Territory | None:
        """The part of the country that an address lies in, where it is taxed otherwise."""
        plain = "".join(postcode.split()).upper()
        matching = [
            (len(prefix), each)
            for each in self.territories
            if each.holds(on) and each.covers(town)
            for prefix in each.postcodes
            if plain.startswith(prefix)
        ]
        return max(matching, key=lambda pair: pair[0])[1] if matching else None


class Rule(Fact, Dated):
    """A rule of the decision tables: R1 to R12 for VAT, C1 to C7 for who contracts with whom."""

    code: Annotated[str, Field(pattern=r"^(R([1-9]|1[0-2])[a-z]?|C[1-7][a-z]?)$")]
    fr: Text
    en: Text

    def text(self, locale: str) -> str:
        """What the rule says, in `fr` or `en`."""
        return self.fr if locale == "fr" else self.en


class Rulebook(Strict):
    """The rules with their sources: what a decision's rule id stands for."""

    as_of: Annotated[date, Field(strict=False)]
    rules: tuple[Rule, ...] = Field(strict=False, min_length=1)
    sources: dict[str, Source]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        refuse_overlaps_by("rules", "code", self.rules)
        refuse_unknown_sources(self.model_dump(exclude={"sources"}), self.sources)
        return self

    def rule(self, code: str) -> Rule:
        """The rule of this code. Raises KeyError."""
        return next(each for each in self.rules if each.code == code)
