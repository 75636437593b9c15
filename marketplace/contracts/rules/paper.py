"""Owns the words of a contract's document in French and English; never renders or stores it."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.instalments import Instalment, instalments, last_day, trial_end
from marketplace.contracts.rules.states import PAY_DAYS, Kind, Rail
from marketplace.contracts.rules.terms import (
    Agreement,
    FlatFeeTerms,
    HourlyTerms,
    Period,
    ProjectTerms,
)
from marketplace.contracts.rules.words import (
    KIND_NAMES,
    RAILS,
    REMAINDERS,
    TRIAL_ENDS,
    UNUSED,
    business_days,
    cap_raise,
    days,
    hours,
    monday_hour,
    pack,
    pack_units,
    percent,
    period,
    periods,
    rollover,
    trial,
    weekday,
)
from marketplace.core.i18n import format_date, format_money, gettext
from payments.money import Money

TEMPLATES = Path(__file__).parents[1] / "templates"
REGIONS = {"fr": "FR", "en": "GB"}
PARAGRAPH_BREAK = "\n"


class PaperIncomplete(ValueError):
    """A variable is empty or unknown, or a brace would be printed: the document is not issued."""


@dataclass(frozen=True)
class PartyOnPaper:
    """A party as the document names it. `lines` are legal form, numbers, address."""

    key: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Clause:
    """A clause in one language. `when` names the conditions that must all hold."""

    id: str
    title: str
    text: tuple[str, ...]
    when: frozenset[str]


@dataclass(frozen=True)
class Draft:
    """All that a document is made of.

    `law` is the name of the assistant's jurisdiction, `tax` the sentence on VAT as known today.
    """

    number: str
    version: int
    agreement: Agreement
    business: PartyOnPaper
    assistant: PartyOnPaper
    platform: str
    law: str
    tax: str


@cache
def clauses(language: str) -> tuple[Clause, ...]:
    """Every clause of a language, in the order of the document."""
    raw = tomllib.loads((TEMPLATES / f"clauses_{language}.toml").read_text("utf-8"))
    return tuple(
        Clause(each["id"], each["title"], tuple(each["text"]), frozenset(each.get("when", ())))
        for each in raw["clause"]
    )


def conditions(agreed: Agreement) -> frozenset[str]:
    """What holds for this agreement, as clauses ask for it."""
    found = {agreed.kind.value, agreed.rail.value, "fixed" if last_day(agreed) else "open"}
    if agreed.trial_days:
        found.add("trial")
    if agreed.kind is not Kind.HOURLY:
        found.add("delivery")
    if isinstance(agreed.terms, HourlyTerms) and agreed.terms.raises:
        found.add("raised")
    if agreed.clocks.hold_days and agreed.clocks.hold_releases:
        found.add("hold")
    if isinstance(agreed.terms, FlatFeeTerms):
        found |= _flat_fee_conditions(agreed.terms)
    return frozenset(found)


def _flat_fee_conditions(terms: FlatFeeTerms) -> set[str]:
    if terms.pack is None:
        return {"by_days"} if terms.period is not Period.ONE_OFF else set()
    return {"pack", "rolls" if terms.rollover_periods else "rolls_not", terms.unused.value}


def fill(text: str, values: dict[str, str]) -> str:
    """The text with its {names} filled in. Raises PaperIncomplete."""
    pieces = []
    for literal, name, spec, conversion in string.Formatter().parse(text):
        if "{" in literal or "}" in literal or spec or conversion:
            raise PaperIncomplete(text)
        pieces.append(literal)
        if name is not None:
            value = values.get(name, "").strip()
            if not value:
                msg = f"{{{name}}} is empty in: {text}"
                raise PaperIncomplete(msg)
            pieces.append(value)
    return "".join(pieces)


def compose(draft: Draft) -> dict[str, Any]:
    """The document as data for templates/contract.typ. Raises PaperIncomplete."""
    agreed, language = draft.agreement, draft.agreement.language
    values, holds = variables(draft), conditions(draft.agreement)
    parts = instalments(agreed)
    shown = () if agreed.kind is Kind.HOURLY else parts
    heading = gettext("Service contract", language)
    return {
        "lang": language,
        "region": REGIONS[language],
        "platform": draft.platform,
        "number": draft.number,
        "heading": heading,
        "title": agreed.title,
        "footer": f"{draft.number} · "
        + gettext("version %(version)s", language, version=draft.version),
        "parties": [
            _party(draft.business, gettext("The Business", language)),
            _party(draft.assistant, gettext("The Assistant", language)),
        ],
        "labels": _labels(language, agreed.rail),
        "key_terms": key_terms(draft, values),
        "clauses": [
            {
                "id": clause.id,
                "title": clause.title,
                "paragraphs": [fill(text, values) for text in clause.text],
            }
            for clause in clauses(language)
            if clause.when <= holds
        ],
        "scope": _scope(agreed),
        "parts": [_part(part, agreed, language) for part in shown],
        "notes": [gettext("Dates in time zone %(zone)s.", language, zone=agreed.time_zone)],
    }


def _party(party: PartyOnPaper, role: str) -> dict[str, Any]:
    return {**asdict(party), "lines": [line for line in party.lines if line], "role": role}


def _labels(language: str, rail: Rail) -> dict[str, Any]:
    def _(msgid: str) -> str:
        return gettext(msgid, language)

    return {
        "key_terms": _("Key terms"),
        "clauses": _("Clauses"),
        "schedule": _("Schedule 1: the work"),
        "parts": _("Parts, dates and prices"),
        "part_columns": [
            _("No."),
            _("Part"),
            _("Funds held") if rail is Rail.HELD else _("Begins"),
            _("Approval until"),
            _("Price before tax"),
        ],
        "signatures": _("Electronic signatures"),
        "signature_note": _(
            "Both parties sign this file by one-time code. Who signed, when and how stands in the "
            "evidence log of the platform."
        ),
    }


def variables(draft: Draft) -> dict[str, str]:
    """Every {name} that clauses may use; those of other kinds are absent."""
    agreed, language = draft.agreement, draft.agreement.language
    ends_on = last_day(agreed)
    values = {
        "business": draft.business.name,
        "assistant": draft.assistant.name,
        "platform": draft.platform,
        "law": draft.law,
        "time_zone": agreed.time_zone.replace("_", " "),
        "starts_on": format_date(agreed.starts_on, language),
        "ends_on": format_date(ends_on, language) if ends_on else "",
        "notice": days(agreed.notice_days, language),
        "review": days(agreed.review_days, language),
        "pay": days(PAY_DAYS, language),
        "client_fee": percent(agreed.fees.client_bps, language),
        "assistant_fee": percent(agreed.fees.assistant_bps, language),
    }
    return (
        values
        | _trial_variables(agreed, language)
        | _clock_variables(agreed.clocks, language)
        | _price_variables(agreed, language)
    )


def _trial_variables(agreed: Agreement, language: str) -> dict[str, str]:
    until = trial_end(agreed)
    if until is None:
        return {}
    return {
        "trial_length": trial(agreed, language),
        "trial_until": format_date(until, language, "full"),
        "trial_then": gettext(TRIAL_ENDS[agreed.trial_then], language),
    }


def _clock_variables(clocks: Clocks, language: str) -> dict[str, str]:
    return {
        "edit_until": monday_hour(clocks.edit_hour, language),
        "review_day": weekday(clocks.week_review_days, language),
        "grace_day": weekday(clocks.grace_days, language),
        "idle": days(clocks.idle_days, language),
        "answer_days": business_days(clocks.answer_days, language),
        "hold": days(clocks.hold_days, language),
        "hold_releases": str(clocks.hold_releases),
    }


def _price_variables(agreed: Agreement, language: str) -> dict[str, str]:
    terms = agreed.terms

    def price(minor: int) -> str:
        return format_money(Money(minor, agreed.currency), language)

    if isinstance(terms, HourlyTerms):
        raises = "; ".join(cap_raise(each, language) for each in terms.raises)
        return {
            "raises": raises,
            "rate": price(terms.rate_minor),
            "cap_hours": hours(terms.weekly_cap_minutes, language),
            "cap_amount": price(terms.weekly_cap_minor),
            "first_week": format_date(terms.first_week, language),
            "remainder": gettext(REMAINDERS[terms.remainder], language),
        }
    if isinstance(terms, FlatFeeTerms):
        return {
            "price": price(terms.price_minor),
            "period": period(terms.period, language),
            "periods": periods(agreed, language),
            "total": price(sum(part.price_minor for part in instalments(agreed))),
            "pack": pack(terms, language) if terms.pack else "",
            "rollover": rollover(terms, language),
        }
    return {"total": price(terms.total_minor)}


def key_terms(draft: Draft, values: dict[str, str]) -> list[list[str]]:
    """The first page's table: label and value, in reading order."""
    agreed, language = draft.agreement, draft.agreement.language

    def _(msgid: str) -> str:
        return gettext(msgid, language)

    rows = [
        (
            _("Contract"),
            f"{draft.number}, " + _("version %(version)s") % {"version": draft.version},
        ),
        (_("Kind"), _(KIND_NAMES[agreed.kind])),
        *_price_rows(agreed, values, language),
        (_("Start"), values["starts_on"]),
        (_("End"), values["ends_on"] or _("no end date")),
        (_("Start-up phase"), trial(agreed, language)),
        (_("Notice"), values["notice"] if agreed.notice_days else _("no notice")),
    ]
    if agreed.kind is Kind.HOURLY:
        rows.append(
            (_("Approval"), _("until %(day)s after each week") % {"day": values["review_day"]})
        )
    else:
        rows.append((_("Approval"), _("within %(days)s") % {"days": values["review"]}))
    rows += [
        (_("Value added tax"), draft.tax),
        (
            _("Platform fees"),
            _("%(client)s for the Business, %(assistant)s for the Assistant")
            % {"client": values["client_fee"], "assistant": values["assistant_fee"]},
        ),
        (_("Payment"), _(RAILS[agreed.rail])),
        (_("Law"), draft.law),
    ]
    return [[label, _present(label, value)] for label, value in rows]


def _present(label: str, value: str) -> str:
    if not value.strip():
        raise PaperIncomplete(label)
    return value


def _price_rows(
    agreed: Agreement, values: dict[str, str], language: str
) -> Iterable[tuple[str, str]]:
    def _(msgid: str) -> str:
        return gettext(msgid, language)

    if agreed.kind is Kind.HOURLY:
        yield _("Price"), _("%(rate)s an hour before tax") % values
        yield _("Weekly cap"), _("%(cap_hours)s, that is %(cap_amount)s a week") % values
        if values["raises"]:
            yield _("Raised weekly cap"), values["raises"]
        yield _("First week"), values["first_week"]
    elif agreed.kind is Kind.FLAT_FEE:
        yield _("Price"), _("%(price)s before tax, %(period)s") % values
        yield _("Number of payments"), values["periods"]
        if isinstance(agreed.terms, FlatFeeTerms) and agreed.terms.pack:
            yield _("Pack"), values["pack"]
            yield _("Rollover"), values["rollover"]
            yield _("Unused units"), _(UNUSED[agreed.terms.unused])
    else:
        yield _("Price"), _("%(total)s before tax, in milestones") % values


def _scope(agreed: Agreement) -> list[str]:
    texts = [agreed.scope]
    if isinstance(agreed.terms, FlatFeeTerms):
        texts.append(agreed.terms.includes)
    lines = (line.strip() for text in texts for line in text.split(PARAGRAPH_BREAK))
    return [line for line in lines if line]


def _part_title(part: Instalment, agreed: Agreement, span: str) -> str:
    """The part's name and days; a period also says its units and, cut short, its share of days."""
    language = agreed.language
    notes = [part.title, span] if part.title else [span]
    if isinstance(agreed.terms, FlatFeeTerms) and agreed.terms.pack:
        notes.append(pack_units(agreed.terms.pack, part.pack_units, language))
    if part.partial:
        share = gettext("%(days)s of %(whole)s days", language, days=part.days,
                        whole=part.whole_days)  # fmt: skip
        notes.append(share)
    first, *others = notes
    return f"{first} ({', '.join(others)})" if others else first


def _part(part: Instalment, agreed: Agreement, language: str) -> dict[str, Any]:
    terms = agreed.terms
    criteria = (
        terms.milestones[part.position - 1].criteria if isinstance(terms, ProjectTerms) else ()
    )
    span = (
        f"{format_date(part.starts_on, language, 'short')} – {format_date(part.ends_on, language)}"
    )
    return {
        "cells": [
            str(part.position),
            _part_title(part, agreed, span),
            format_date(part.charged_on, language),
            format_date(part.review_until, language),
            format_money(Money(part.price_minor, agreed.currency), language),
        ],
        "criteria": list(criteria),
        "criteria_title": gettext(
            "Milestone %(position)s: %(title)s", language, position=part.position, title=part.title
        ),
    }
