"""Owns what a document is made of and what its clauses ask of it: conditions, values; pure."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.contracts.rules.instalments import instalments, last_day, trial_end
from marketplace.contracts.rules.schedules import EEA
from marketplace.contracts.rules.states import PAY_DAYS, Kind, NoticeIn
from marketplace.contracts.rules.terms import Agreement, FlatFeeTerms, HourlyTerms, Period
from marketplace.contracts.rules.words import (
    REMAINDERS,
    TRIAL_ENDS,
    business_days,
    days,
    hours,
    monday_hour,
    notice,
    pack,
    percent,
    period,
    periods,
    rollover,
    trial,
    weekday,
)
from marketplace.core.i18n import format_date, format_money, gettext, ngettext
from payments.money import Money

# States whose law asks that freelance contracts be written and name a date of payment, 30 days
# after the work by default: New York (Freelance Isn't Free Act), Illinois (Freelance Worker
# Protection Act), California (Freelance Worker Protection Act).
US_FREELANCE_LAWS = frozenset({"US-NY", "US-IL", "US-CA"})


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
    for side, named in (("client", draft.business), ("assistant", draft.assistant)):
        place = named.place
        found |= {f"{side}.{place}", f"{side}.{place[:2]}"} if place else set()
        if place in EEA:
            found.add(f"{side}.eu")
        if place in US_FREELANCE_LAWS:
            found.add(f"{side}.us_freelance")
        if named.company:
            found.add(f"{side}.company")
        if place == "CA-QC":
            found.add("qc")
    return found


def _flat_fee_conditions(terms: FlatFeeTerms) -> set[str]:
    if terms.pack is None:
        return {"by_days"} if terms.period is not Period.ONE_OFF else set()
    return {"pack", "rolls" if terms.rollover_periods else "rolls_not", terms.unused.value}


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
