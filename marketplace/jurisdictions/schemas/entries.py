"""Owns the entries of a jurisdiction: numbers, forms, statuses, rates, limits, papers, facts."""

from __future__ import annotations

import re
from datetime import date
from importlib import import_module
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from marketplace.core.ids import slugify
from marketplace.jurisdictions.rules import SENTENCES, Category, Effect, FormGroup, Scheme, Watch
from marketplace.jurisdictions.schemas.base import (
    Code,
    Currency,
    Dated,
    Fact,
    Strict,
    Text,
    refuse_overlaps,
    refuse_overlaps_by,
)


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

    `personal`: the business is the person, so their name is the legal name. `group` is what it
    counts as where forms of many countries stand side by side (the search).
    """

    code: Code
    label_fr: Text
    label_en: Text
    personal: bool
    group: Annotated[FormGroup, Field(strict=False)]
    elf: Annotated[str, Field(pattern=r"^[A-Z0-9]{4}$")] | None
    registration: NumberKind

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.personal != (self.group is FormGroup.SOLE_TRADER):
            msg = "a sole trader, and nobody else, is the business in person"
            raise ValueError(msg)
        return self

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


class Untaxed(Strict):
    """What an invoice says where no VAT is levied at all."""

    fr: Text
    en: Text


class Territory(Fact, Dated):
    """A part of a country that is taxed otherwise: an overseas department, a province.

    `code` is ISO 3166-2, or of our own with an X where that has none (Livigno is IT-XLI). An
    address is there when its postcode starts with one of `postcodes` (the longest wins) and its
    town with one of `towns`, where a postcode alone does not tell; or when the person chose it.
    Null `vat_territory` and `in_eu`: as its country. `country_unsure`: who owes the tax on a
    service from here to the rest of its country is not known to us, so it is not invoiced.
    `third_territory`: of its country's VAT territory, yet outside the EU's towards other member
    states, such as Réunion (Directive 2006/112/EC, article 6).
    `notice` is a code of rules.SENTENCES that goes with every decision about it.
    """

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]
    name_fr: Text
    name_en: Text
    postcodes: tuple[str, ...] = Field(strict=False)
    towns: tuple[str, ...] = Field((), strict=False)
    vat_territory: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] | None
    in_eu: bool | None
    country_unsure: bool = False
    third_territory: bool = False
    vat_rates: tuple[VatRate, ...] = Field(strict=False)
    untaxed: Untaxed | None
    notice: str | None

    @model_validator(mode="after")
    def _taxed_or_not(self) -> Self:
        if self.vat_rates and self.untaxed:
            msg = "a place is taxed or untaxed"
            raise ValueError(msg)
        if self.notice is not None and self.notice not in SENTENCES:
            msg = f"no sentence is called {self.notice}"
            raise ValueError(msg)
        refuse_overlaps_by("vat_rates", "name", self.vat_rates)
        return self

    def covers(self, town: str) -> bool:
        """Whether an address in this town may be here, as far as the town tells."""
        written = slugify(town)
        return not self.towns or any(written.startswith(slugify(each)) for each in self.towns)

    def name(self, locale: str) -> str:
        """The territory's name in `fr` or `en`."""
        return self.name_fr if locale == "fr" else self.name_en


class Limit(Fact, Dated):
    """A turnover limit in minor units.

    `watch` says which turnover it is about, null for none of an assistant's; `effect` when passing
    it counts, null where we do not know.
    """

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z_]+$")]
    label_fr: Text
    label_en: Text
    amount_minor: Annotated[int, Field(gt=0)]
    currency: Currency
    watch: Annotated[Watch | None, Field(strict=False)]
    effect: Annotated[Effect | None, Field(strict=False)]

    def label(self, locale: str) -> str:
        """The limit's name in `fr` or `en`."""
        return self.label_fr if locale == "fr" else self.label_en


class Asked(Strict):
    """Of whom a paper is asked, and from which amount of the contract.

    `home` is the country of the file: `client` home are clients there, `assistant` home or abroad
    where the assistant is established. `forms`: the assistant's legal forms it concerns, empty for
    all. `from_minor`: what the pair's contracts come to before tax, in the file's currency, null
    for any amount.
    `per_contract`: it names the assignment, so each contract needs its own.
    """

    giver: Literal["assistant", "client"]
    client: Literal["home", "any"]
    assistant: Literal["home", "abroad", "any"]
    forms: tuple[Code, ...] = Field(strict=False)
    from_minor: Annotated[int, Field(gt=0)] | None
    per_contract: bool


class PaperNumber(Strict):
    """The number a paper carries; `check_url` is where its issuer says whether it is genuine."""

    fr: Text
    en: Text
    check_url: str | None


class Document(Fact, Dated):
    """A paper that one side asks of the other. `renew_months` after its issue it is too old.

    `gate` says what a missing one does to new funding: `blocks` it, or blocks it until the client
    says that it goes on all the same (`client_may_go_on`); null: nothing. `ends`: once these months
    are over, with the calendar year in which they are (the IRS's instructions for Form W-8BEN), or
    on the day written on the paper, if that comes first.
    """

    code: Code
    label_fr: Text
    label_en: Text
    when_fr: Text
    when_en: Text
    asked: Asked
    renew_months: Annotated[int, Field(gt=0)] | None
    ends: Literal["after_months", "with_the_year", "as_written"] = "after_months"
    mandatory: bool
    gate: Literal["blocks", "client_may_go_on"] | None
    number: PaperNumber | None

    @model_validator(mode="after")
    def _gate_on_firm_ground(self) -> Self:
        if self.gate and not (self.mandatory and self.verified and self.asked.giver == "assistant"):
            msg = "only a mandatory, verified paper of the assistant may block funding"
            raise ValueError(msg)
        return self

    def label(self, locale: str) -> str:
        """The paper's name in `fr` or `en`."""
        return self.label_fr if locale == "fr" else self.label_en

    def when(self, locale: str) -> str:
        """From when it is asked, in words."""
        return self.when_fr if locale == "fr" else self.when_en


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
