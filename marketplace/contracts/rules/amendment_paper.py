"""Owns the words of an amendment's document: what changes, before and after; never renders it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.contracts.rules.amendment_words import lines
from marketplace.contracts.rules.clause_values import Draft
from marketplace.contracts.rules.clauses import chosen, fill
from marketplace.contracts.rules.dated import mondays
from marketplace.contracts.rules.instalments import instalments
from marketplace.contracts.rules.paper import REGIONS, labels, part_row, party
from marketplace.contracts.rules.terms import Agreement, HourlyTerms
from marketplace.contracts.rules.words import percent
from marketplace.core.i18n import format_date, gettext

DOCUMENT = "amendment"


@dataclass(frozen=True)
class Standing:
    """What an amendment starts from. `signed_on`: the day on which both had signed the contract.

    `expires_on` is the last day for both signatures, `by` the name of the side that proposes it (""
    when we do, for another tax), `reason` why.
    """

    version: int
    agreement: Agreement
    signed_on: date
    proposed_on: date
    expires_on: date
    by: str
    reason: str


def conditions(before: Agreement, after: Agreement, proposed_on: date) -> frozenset[str]:
    """What holds for this amendment, as its clauses ask for it."""
    found = {after.rail.value}
    if not isinstance(after.terms, HourlyTerms):
        parts = (before.terms, before.ends_on) != (after.terms, after.ends_on)
        return frozenset(found | ({"parts"} if parts else set()))
    begin = mondays(before, after)
    if begin:
        found.add("weeks")
    if any(day <= proposed_on for day in begin):
        found.add("this_week")
    return frozenset(found)


def compose(draft: Draft, standing: Standing) -> dict[str, Any]:
    """The document as data for templates/amendment.typ. Raises PaperIncomplete."""
    agreed, language = draft.agreement, draft.agreement.language

    def _(msgid: str) -> str:
        return gettext(msgid, language)

    version = gettext("version %(version)s", language, version=draft.version)
    shown = () if isinstance(agreed.terms, HourlyTerms) else instalments(agreed)
    changes = lines(standing.agreement, agreed, language)
    return {
        "lang": language,
        "region": REGIONS[language],
        "platform": draft.platform,
        "number": draft.number,
        "heading": _("Amendment"),
        "title": agreed.title,
        "footer": f"{draft.number} · {version}",
        "parties": [
            party(draft.business, _("The Business")),
            party(draft.assistant, _("The Assistant")),
        ],
        "labels": labels(language, agreed.rail)
        | {
            "facts": _("The contract and its change"),
            "changes": _("What changes"),
            "columns": [_("What changes"), _("Before"), _("After")],
            "parts": _("Parts, dates and prices after this amendment"),
        },
        "facts": _facts(draft, standing),
        "changes": [[each.label, each.before or "–", each.after or "–"] for each in changes]
        or [[_("Value added tax"), "–", draft.tax]],
        "clauses": clauses(draft, standing),
        "parts": [part_row(part, agreed, language) for part in shown],
    }


def clauses(draft: Draft, standing: Standing) -> list[dict[str, Any]]:
    """The clauses of an amendment: id, title, paragraphs."""
    agreed, language = draft.agreement, draft.agreement.language
    holds = conditions(standing.agreement, agreed, standing.proposed_on)
    values = {
        "number": draft.number,
        "base": str(standing.version),
        "business": draft.business.name,
        "assistant": draft.assistant.name,
        "platform": draft.platform,
        "expires": format_date(standing.expires_on, language),
        "tax": draft.tax,
        "client_fee": percent(agreed.fees.client_bps, language),
        "assistant_fee": percent(agreed.fees.assistant_bps, language),
    }
    return [
        {
            "id": clause.id,
            "title": clause.title,
            "paragraphs": [fill(text, values) for text in clause.text],
        }
        for clause in chosen(language, holds, DOCUMENT)
    ]


def _facts(draft: Draft, standing: Standing) -> list[list[str]]:
    language = draft.agreement.language

    def _(msgid: str, **values: object) -> str:
        return gettext(msgid, language, **values)

    rows = [
        [_("Contract"), draft.number],
        [_("Signed by both on"), format_date(standing.signed_on, language)],
        [
            _("This amendment"),
            _("version %(version)s", version=draft.version)
            + ", "
            + _("changes version %(version)s", version=standing.version),
        ],
        [_("Proposed on"), format_date(standing.proposed_on, language)],
        [_("Proposed by"), standing.by or draft.platform],
    ]
    if standing.reason:
        rows.append([_("Reason"), standing.reason])
    return rows
