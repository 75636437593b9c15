"""Owns the words of a contract's document in French and English; never renders or stores it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marketplace.contracts.rules import schedule_words
from marketplace.contracts.rules.clause_values import Draft, PartyOnPaper, conditions, variables
from marketplace.contracts.rules.clauses import chosen, fill
from marketplace.contracts.rules.imported import SHEET
from marketplace.contracts.rules.instalments import Instalment, instalments
from marketplace.contracts.rules.key_terms import key_terms
from marketplace.contracts.rules.schedules import transfers
from marketplace.contracts.rules.states import Kind, Rail
from marketplace.contracts.rules.terms import Agreement, FlatFeeTerms, ProjectTerms
from marketplace.contracts.rules.words import pack_units
from marketplace.core.i18n import _, format_date, format_money, gettext, ngettext
from payments.money import Money

REGIONS = {"fr": "FR", "en": "GB"}


PARAGRAPH_BREAK = "\n"


CONTRACT, SHEET_OF = _("Service contract"), _("Sheet of an imported contract")


def compose(draft: Draft) -> dict[str, Any]:
    """The document as data for templates/contract.typ. Raises PaperIncomplete."""
    agreed, language = draft.agreement, draft.agreement.language
    values, holds = variables(draft), conditions(draft)
    parts = instalments(agreed)
    shown = () if agreed.kind is Kind.HOURLY else parts
    heading = gettext(SHEET_OF if agreed.imported else CONTRACT, language)
    version = gettext("version %(version)s", language, version=draft.version)
    return {
        "lang": language,
        "region": REGIONS[language],
        "platform": draft.platform,
        "number": draft.number,
        "heading": heading,
        "title": agreed.title,
        "footer": f"{draft.number} · {version}",
        "parties": [
            party(draft.business, gettext("The Business", language)),
            party(draft.assistant, gettext("The Assistant", language)),
        ],
        "labels": labels(language, agreed.rail),
        "key_terms": key_terms(agreed, f"{draft.number}, {version}", values, draft.tax),
        "clauses": [
            {
                "id": clause.id,
                "title": clause.title,
                "paragraphs": [fill(text, values) for text in clause.text],
            }
            for clause in chosen(language, holds, among=SHEET if agreed.imported else None)
        ],
        "scope": _scope(agreed),
        "parts": [part_row(part, agreed, language) for part in shown],
        "kpis": [schedule_words.kpi(each, language) for each in agreed.kpis],
        "personal_data": _personal_data(draft),
        "notes": [gettext("Dates in time zone %(zone)s.", language, zone=agreed.time_zone)],
    }


def party(named: PartyOnPaper, role: str) -> dict[str, Any]:
    """A party as the templates show it."""
    return {**asdict(named), "lines": [line for line in named.lines if line], "role": role}


def _personal_data(draft: Draft) -> dict[str, Any] | None:
    declared, language = draft.agreement.personal_data, draft.agreement.language
    if declared is None:
        return None
    out = transfers(
        draft.business.country, draft.assistant.country, draft.assistant.name, declared.tools
    )
    none = gettext("The data do not leave the area of the Business's law.", language)
    return {
        "facts": schedule_words.processing(declared, language),
        "duties": schedule_words.duties(declared, language),
        "transfers": [schedule_words.transfer(each, language) for each in out],
        "no_transfer": "" if out else none,
    }


def labels(language: str, rail: Rail) -> dict[str, Any]:
    """The headings of the documents."""

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
        "kpis": _("Service targets"),
        "kpi_columns": [_("Target"), _("Goal"), _("How it is counted")],
        "personal_data": _("Schedule 2: personal data"),
        "personal_data_intro": _(
            "The Business is the controller, the Assistant its processor (GDPR, article 28)."
        ),
        "duties": _("What the Assistant undertakes"),
        "transfers": _("Data leaving the area"),
        "transfer_columns": [_("Recipient"), _("Country"), _("What allows it")],
        "signatures": _("Electronic signatures"),
        "signature_note": _(
            "Both parties sign this file by one-time code. Who signed, when and how stands in the "
            "evidence log of the platform."
        ),
    }


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
        each = "%(num)s of %(whole)s days"
        share = ngettext(each, each, part.days, language, whole=part.whole_days)
        notes.append(share)
    first, *others = notes
    return f"{first} ({', '.join(others)})" if others else first


def part_row(part: Instalment, agreed: Agreement, language: str) -> dict[str, Any]:
    """A part of the work as the documents list it."""
    terms = agreed.terms
    criteria = terms.numbered[part.position].criteria if isinstance(terms, ProjectTerms) else ()
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
