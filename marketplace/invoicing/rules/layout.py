"""Owns what the printed page says, as data for templates/invoice.typ; never renders it."""

from __future__ import annotations

import re
from typing import Any, Final

from marketplace.core.i18n import _, format_date, format_money, format_number, gettext
from marketplace.invoicing.rules import en16931, mentions
from marketplace.invoicing.rules.papers import Identity, Invoice, Paper
from marketplace.jurisdictions.rules import tax_name
from payments.money import Money

REGIONS: Final = {"fr": "FR", "en": "GB"}
PPM_OF_PERCENT: Final = 10_000
FIXED_SUM: Final = re.compile(r"€\s?40\b|\b40\s?€")


def compose(document: Invoice) -> dict[str, Any]:
    """Everything that is printed, in the document's language and reading order."""
    language = document.language

    def _(msgid: str, **params: object) -> str:
        return gettext(msgid, language, **params)

    credit = document.paper is Paper.CREDIT_NOTE
    return {
        "lang": language,
        "region": REGIONS[language],
        "title": _title(document),
        "number": document.number,
        "attach": document.electronic,
        "facts": _facts(document),
        "seller": {"role": _("From"), **_side(document.seller)},
        "buyer": {"role": _("To"), **_side(document.buyer)},
        "columns": [_("Service"), _("Amount before tax")],
        "lines": [
            [line.text, line.detail, format_money(Money(line.net_minor, document.currency),
                                                  language)]
            for line in document.lines
        ],
        "totals": _totals(document, credit=credit),
        "mention": document.mention,
        "notes": _notes(document),
    }  # fmt: skip


def _title(document: Invoice) -> str:
    words = {
        Paper.CREDIT_NOTE: _("Credit note"),
        Paper.ADVANCE: _("Invoice for a payment on account"),
    }
    return gettext(words.get(document.paper, _("Invoice")), document.language)


def _facts(document: Invoice) -> list[list[str]]:
    language = document.language

    def day(value: Any) -> str:
        return format_date(value, language)

    def _(msgid: str) -> str:
        return gettext(msgid, language)

    rows = [
        [_("Date of issue"), day(document.issued_on)],
        [_("Services"), f"{day(document.starts_on)} – {day(document.ends_on)}"],
        [_("Contract"), document.contract],
    ]
    if document.starts_on == document.ends_on:
        rows[1][1] = day(document.ends_on)
    if document.paper is Paper.ADVANCE:
        rows[1] = [_("Paid on account on"), day(document.paid_on)]
    for each in document.corrects:
        rows.append([_("Corrects the invoice"), f"{each.number} ({day(each.issued_on)})"])
    return [row for row in rows if row[1]]


def _side(party: Identity) -> dict[str, Any]:
    lines = [party.form, *party.address, f"{party.postcode} {party.town}".strip()]
    lines.append(party.country_name)
    if party.registration:
        lines.append(f"{party.register} {party.registration}".strip())
    if party.vat_number:
        lines.append(f"{party.vat_register} {party.vat_number}".strip())
    if party.qst_number:
        lines.append(f"TVQ/QST {party.qst_number}")
    return {"name": party.name, "lines": [line for line in lines if line]}


def rate(ppm: int, language: str) -> str:
    """A rate as people write it: 20 %, 9.975%."""
    decimals = len(f"{ppm / PPM_OF_PERCENT:.4f}".rstrip("0").partition(".")[2])
    text = format_number(ppm / PPM_OF_PERCENT, language, decimals)
    return f"{text}\u00a0%" if language == "fr" else f"{text}%"


def _totals(document: Invoice, *, credit: bool) -> list[list[str]]:
    language = document.language

    def money(value: Money) -> str:
        return format_money(value, language)

    def _(msgid: str) -> str:
        return gettext(msgid, language)

    rows = [[_("Total before tax"), money(document.net)]]
    for tax in document.taxes:
        name = f"{tax_name(tax.name, language)} {rate(tax.rate_ppm, language)}"
        rows.append([name, money(Money(tax.amount_minor, document.currency))])
    total = _("Total")
    if credit:
        total = _("Total cancelled") if document.annuls else _("Total given back")
    if document.rounding:
        rows.append([_("Total"), money(document.total)])
        rows.append([_("Rounding"), money(document.rounding)])
    if credit or not document.rounding:
        rows.append([total, money(document.due)])
    if not credit:
        words = _("Paid directly") if document.outside else _("Paid from held funds")
        rows.append([words, money(document.paid)])
        rows.append([_("Left to pay"), money(document.left)])
    return rows


def _notes(document: Invoice) -> list[str]:
    notes = [en16931.paid_words(document)]
    notes += [text for text in en16931.general_words(document) if text != document.mention]
    if document.behalf:
        notes.append(en16931.behalf_words(document))
    # A fixed sum that the signed words on late payment name is not said twice.
    twice = bool(document.late) and FIXED_SUM.search(document.late) is not None
    notes += [
        text
        for subject, text in mentions.said(document)
        if not (twice and subject == mentions.FIXED and FIXED_SUM.search(text))
    ]
    return notes
