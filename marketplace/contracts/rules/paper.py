"""Owns the words of a contract's document in French and English; never renders or stores it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from marketplace.contracts.rules import schedule_words
from marketplace.contracts.rules.clauses import chosen, fill
from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.imported import SHEET, ImportedPaper
from marketplace.contracts.rules.instalments import Instalment, instalments, last_day, trial_end
from marketplace.contracts.rules.key_terms import key_terms
from marketplace.contracts.rules.schedules import EEA, transfers
from marketplace.contracts.rules.states import PAY_DAYS, Kind, NoticeIn, Rail
from marketplace.contracts.rules.terms import (
    Agreement,
    FlatFeeTerms,
    HourlyTerms,
    Period,
    ProjectTerms,
)
from marketplace.contracts.rules.words import (
    REMAINDERS,
    TRIAL_ENDS,
    business_days,
    days,
    hours,
    monday_hour,
    notice,
    pack,
    pack_units,
    percent,
    period,
    periods,
    rollover,
    trial,
    weekday,
)
from marketplace.core.i18n import _, format_date, format_money, gettext, ngettext
from payments.money import Money

# States whose law asks that freelance contracts be written and name a date of payment, 30 days
# after the work by default: New York (Freelance Isn't Free Act), Illinois (Freelance Worker
# Protection Act), California (Freelance Worker Protection Act).
US_FREELANCE_LAWS = frozenset({"US-NY", "US-IL", "US-CA"})
REGIONS = {"fr": "FR", "en": "GB"}
PARAGRAPH_BREAK = "\n"
CONTRACT, SHEET_OF = _("Service contract"), _("Sheet of an imported contract")


@dataclass(frozen=True)
class PartyOnPaper:
    """A party as the document names it. `lines` are legal form, numbers, address.

    `place` is its jurisdiction's code (CA-QC) with its name, `country` ISO 3166-1; `company`: not a
    person's own business; `form` is the code of its legal form. Files frozen before these were kept
    have them empty.
    """

    key: str
    name: str
    lines: tuple[str, ...]
    place: str = ""
    place_name: str = ""
    country: str = ""
    company: bool = False
    form: str = ""


@dataclass(frozen=True)
class Draft:
    """All that a document is made of.

    `law` is the name of the assistant's jurisdiction, `tax` the sentence on VAT as known today;
    `french_copy`: handed over before the version in another language that is signed.
    """

    number: str
    version: int
    agreement: Agreement
    business: PartyOnPaper
    assistant: PartyOnPaper
    platform: str
    law: str
    tax: str
    french_copy: bool = False


def conditions(draft: Draft) -> frozenset[str]:
    """What holds for this document, as clauses ask for it."""
    agreed = draft.agreement
    found = _places(draft) | {"personal_data" if agreed.personal_data else "no_personal_data"}
    if agreed.imported:
        found.add("imported")
    if agreed.kpis:
        found.add("kpis")
    found |= {agreed.kind.value, agreed.rail.value, "fixed" if last_day(agreed) else "open"}
    if agreed.trial_days:
        found.add("trial")
    if agreed.notice_in is NoticeIn.BUSINESS_DAYS and agreed.notice_days:
        found.add("notice_business")
    if agreed.kind is not Kind.HOURLY:
        found.add("delivery")
    if agreed.clocks.hold_days and agreed.clocks.hold_releases:
        found.add("hold")
    if isinstance(agreed.terms, FlatFeeTerms):
        found |= _flat_fee_conditions(agreed.terms)
    if draft.french_copy:
        found.add("french_copy")
    return frozenset(found)


def _places(draft: Draft) -> set[str]:
    """Where the two are: `client.CA-QC` and `client.CA`, `client.eu`, the same of the assistant."""
    found: set[str] = set()
    for side, party in (("client", draft.business), ("assistant", draft.assistant)):
        place = party.place
        found |= {f"{side}.{place}", f"{side}.{place[:2]}"} if place else set()
        if place in EEA:
            found.add(f"{side}.eu")
        if place in US_FREELANCE_LAWS:
            found.add(f"{side}.us_freelance")
        if party.company:
            found.add(f"{side}.company")
        if place == "CA-QC":
            found.add("qc")
    return found


def _flat_fee_conditions(terms: FlatFeeTerms) -> set[str]:
    if terms.pack is None:
        return {"by_days"} if terms.period is not Period.ONE_OFF else set()
    return {"pack", "rolls" if terms.rollover_periods else "rolls_not", terms.unused.value}


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


def variables(draft: Draft) -> dict[str, str]:
    """Every {name} that clauses may use; those of other kinds are absent."""
    agreed, language = draft.agreement, draft.agreement.language
    ends_on = last_day(agreed)
    values = {
        "business": draft.business.name,
        "assistant": draft.assistant.name,
        "platform": draft.platform,
        "law": draft.law,
        "client_place": draft.business.place_name,
        "time_zone": agreed.time_zone.replace("_", " "),
        "starts_on": format_date(agreed.starts_on, language),
        "ends_on": format_date(ends_on, language) if ends_on else "",
        "notice": notice(agreed.notice_days, agreed.notice_in, language),
        "review": days(agreed.review_days, language),
        "pay": days(PAY_DAYS, language),
        "client_fee": percent(agreed.fees.client_bps, language),
        "assistant_fee": percent(agreed.fees.assistant_bps, language),
    }
    return (
        values
        | _imported_variables(agreed.imported, language)
        | _trial_variables(agreed, language)
        | _clock_variables(agreed.clocks, language)
        | _price_variables(agreed, language)
    )


def _imported_variables(paper: ImportedPaper | None, language: str) -> dict[str, str]:
    if paper is None:
        return {}
    return {
        "paper_signed_on": format_date(paper.signed_on, language),
        "paper_pages": ngettext("%(num)s page", "%(num)s pages", paper.pages, language),
        "paper_sha256": paper.file_sha256,
    }


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
        return {
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
