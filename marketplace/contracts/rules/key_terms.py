"""Owns the table of key terms on a contract's first page; pure."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.contracts.rules import schedule_words
from marketplace.contracts.rules.clauses import PaperIncomplete
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.rules.terms import Agreement, FlatFeeTerms
from marketplace.contracts.rules.words import KIND_NAMES, LANGUAGES, RAILS, UNUSED, trial
from marketplace.core.i18n import gettext


def key_terms(agreed: Agreement, number: str, values: dict[str, str], tax: str) -> list[list[str]]:
    """Label and value, in reading order; `number` names the contract and its version."""
    language = agreed.language

    def _(msgid: str) -> str:
        return gettext(msgid, language)

    rows = [
        (_("Contract"), number),
        *_imported_rows(agreed, values, language),
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
    if agreed.kpis:
        rows.append((_("Service targets"), schedule_words.kpis(agreed.kpis, language)))
    rows += [
        (_("Value added tax"), tax),
        (
            _("Platform fees"),
            _("%(client)s for the Business, %(assistant)s for the Assistant")
            % {"client": values["client_fee"], "assistant": values["assistant_fee"]},
        ),
        (_("Payment"), _(RAILS[agreed.rail])),
    ]
    if agreed.imported is None:  # else the imported contract says so
        data = _("see schedule 2") if agreed.personal_data else _("none")
        rows += [(_("Personal data"), data), (_("Law"), values["law"])]
        rows.append((_("Language of the contract"), _(LANGUAGES[language])))
    return [[label, _present(label, value)] for label, value in rows]


def _imported_rows(
    agreed: Agreement, values: dict[str, str], language: str
) -> Iterable[tuple[str, str]]:
    def _(msgid: str) -> str:
        return gettext(msgid, language)

    if agreed.imported is not None:
        yield _("Imported contract"), _("signed on %(paper_signed_on)s, %(paper_pages)s") % values
        yield _("Its SHA-256 fingerprint"), values["paper_sha256"]


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
