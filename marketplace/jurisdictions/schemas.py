"""Owns the shape of a jurisdiction's data file: read strictly, so that a slip stops the start.

Amounts are integer minor units, tax rates parts per million (20 % = 200000, 9.975 % = 99750),
dates ISO 8601, where "2026" or "2026-05" say that only the year or the month is known.
"""

from __future__ import annotations

import re
from datetime import date
from importlib import import_module
from itertools import pairwise
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, field_validator, model_validator

from marketplace.jurisdictions.rules import Category, Scheme

RoughDate = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{2,40}$")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Text = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """Base of every entry: unknown keys and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(Strict):
    """Where a fact was read. `grade` says whether the publisher is the authority itself."""

    title: Text
    url: str | None
    as_of: RoughDate | None
    grade: Literal["official", "secondary"]

    @field_validator("url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return value if value is None else str(HttpUrl(value)) and value


class Fact(Strict):
    """Base of what we state: the source it comes from, when it was true, whether it is confirmed.

    `verified` false means from memory or a weak source: pages mark it "to be confirmed".
    """

    source: str | None
    as_of: RoughDate | None
    verified: bool

    @model_validator(mode="after")
    def _confirmed_by_something(self) -> Self:
        if self.verified and self.source is None:
            msg = "a verified fact names its source"
            raise ValueError(msg)
        return self


class Dated(Strict):
    """Base of what holds from a day (null: since before our data) to a day (null: until now)."""

    valid_from: Annotated[date | None, Field(strict=False)]
    valid_to: Annotated[date | None, Field(strict=False)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            msg = "valid_from lies after valid_to"
            raise ValueError(msg)
        return self

    def holds(self, on: date) -> bool:
        """Whether it applies on the day."""
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


class NumberKind(Strict):
    """A register's number: any of the python-stdnum `modules` or the `pattern` accepts it.

    The pattern meets the number in capitals without blanks, dots, hyphens or slashes. `prefix` is
    what the register's own writing starts with and the modules leave out (EU VAT country codes).
    """

    kind: Code
    label_fr: Text
    label_en: Text
    modules: tuple[str, ...] = Field(strict=False)
    pattern: str | None
    example: Text
    prefix: str
    required: bool

    @model_validator(mode="after")
    def _checkable(self) -> Self:
        if not self.modules and not self.pattern:
            msg = "a number needs a stdnum module or a pattern"
            raise ValueError(msg)
        for name in self.modules:
            if not name.startswith("stdnum.") or not hasattr(import_module(name), "validate"):
                msg = f"{name} is no python-stdnum module"
                raise ValueError(msg)
        if self.pattern:
            re.compile(self.pattern)
        return self

    def label(self, locale: str) -> str:
        """The number's name in `fr` or `en`."""
        return self.label_fr if locale == "fr" else self.label_en


class LegalForm(Fact):
    """A legal form, with `elf` its code in ISO 20275.

    `personal`: the business is the person, so their name is the legal name.
    """

    code: Code
    label_fr: Text
    label_en: Text
    personal: bool
    elf: Annotated[str, Field(pattern=r"^[A-Z0-9]{4}$")] | None
    registration: NumberKind

    def label(self, locale: str) -> str:
        """The form's name in `fr` or `en`."""
        return self.label_fr if locale == "fr" else self.label_en


class Mention(Dated):
    """Words an invoice must carry during a period."""

    fr: Text
    en: Text
    source: str | None


class TaxStatus(Fact):
    """How a party stands towards VAT. `domestic_category` is its EN 16931 category at home."""

    code: Code
    label_fr: Text
    label_en: Text
    scheme: Annotated[Scheme, Field(strict=False)]
    charges_vat: bool
    domestic_category: Annotated[Category, Field(strict=False)]
    vatex: str | None
    vat_number_required: bool
    mentions: tuple[Mention, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.charges_vat != (self.scheme is Scheme.REGISTERED):
            msg = "only a registered party charges VAT"
            raise ValueError(msg)
        refuse_overlaps("mentions", self.mentions)
        return self

    def label(self, locale: str) -> str:
        """The status's name in `fr` or `en`."""
        return self.label_fr if locale == "fr" else self.label_en

    def mention(self, on: date) -> Mention | None:
        """The words that hold on a day."""
        return next((each for each in self.mentions if each.holds(on)), None)


class VatRate(Fact, Dated):
    """A standard rate in parts per million; several names add up (GST and QST)."""

    name: Text
    rate_ppm: Annotated[int, Field(ge=0, le=500_000)]


class Limit(Fact, Dated):
    """A turnover limit in minor units."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z_]+$")]
    label_fr: Text
    label_en: Text
    amount_minor: Annotated[int, Field(gt=0)]
    currency: Currency


class Document(Fact):
    """A paper that one side asks of the other. `renew_months` null: once."""

    code: Code
    label_fr: Text
    label_en: Text
    when_fr: Text
    when_en: Text
    renew_months: int | None
    mandatory: bool


class Statement(Fact, Dated):
    """A fact in words."""

    code: Code
    label_fr: Text
    label_en: Text
    value_fr: Text
    value_en: Text


class Payable(Fact):
    """Whether Stripe can pay an assistant there; otherwise payments are recorded only."""

    value: bool


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
    legal_forms: tuple[LegalForm, ...] = Field(strict=False, min_length=1)
    tax_statuses: tuple[TaxStatus, ...] = Field(strict=False, min_length=1)
    limits: tuple[Limit, ...] = Field(strict=False)
    documents: tuple[Document, ...] = Field(strict=False)
    facts: tuple[Statement, ...] = Field(strict=False)
    sources: dict[str, Source]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.time_zone not in available_timezones():
            msg = f"No time zone {self.time_zone}"
            raise ValueError(msg)
        if self.code[:2] != self.country:
            msg = "the code starts with the country"
            raise ValueError(msg)
        for name in ("legal_forms", "tax_statuses", "documents", "facts"):
            refuse_doubles(name, [each.code for each in getattr(self, name)])
        for name, key in (("vat_rates", "name"), ("limits", "code")):
            for value in {getattr(each, key) for each in getattr(self, name)}:
                same = [each for each in getattr(self, name) if getattr(each, key) == value]
                refuse_overlaps(f"{name} {value}", same)
        self._known_sources()
        return self

    def _known_sources(self) -> None:
        named = set(_sources_in(self.model_dump(exclude={"sources"})))
        if unknown := named - set(self.sources):
            msg = f"unknown sources: {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        if unused := set(self.sources) - named:
            msg = f"unused sources: {', '.join(sorted(unused))}"
            raise ValueError(msg)

    def name(self, locale: str) -> str:
        """The jurisdiction's name in `fr` or `en`."""
        return self.name_fr if locale == "fr" else self.name_en

    def legal_form(self, code: str) -> LegalForm | None:
        """The legal form of this code."""
        return next((each for each in self.legal_forms if each.code == code), None)

    def tax_status(self, code: str) -> TaxStatus | None:
        """The tax status of this code."""
        return next((each for each in self.tax_statuses if each.code == code), None)


def _sources_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["source"]] if isinstance(value.get("source"), str) else []
        return own + [name for each in value.values() for name in _sources_in(each)]
    if isinstance(value, list | tuple):
        return [name for each in value for name in _sources_in(each)]
    return []


def refuse_doubles(name: str, codes: list[str]) -> None:
    """Raise ValueError when a code comes twice."""
    if len(codes) != len(set(codes)):
        msg = f"{name}: a code comes twice"
        raise ValueError(msg)


def refuse_overlaps(name: str, entries: list[Any] | tuple[Any, ...]) -> None:
    """Raise ValueError when two dated entries hold on the same day."""
    ordered = sorted(entries, key=lambda each: each.valid_from or date.min)
    for before, after in pairwise(ordered):
        if (before.valid_to or date.max) >= (after.valid_from or date.min):
            msg = f"{name}: two entries hold at the same time"
            raise ValueError(msg)
