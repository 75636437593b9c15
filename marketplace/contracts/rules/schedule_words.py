"""Owns how a contract's schedules are said in French and English; pure."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.contracts.rules.schedules import Basis, DataProcessing, Kpi, KpiKey, Transfer
from marketplace.core.i18n import NARROW, _, gettext
from marketplace.places.queries import country_name

KPI_NAMES = {
    KpiKey.FIRST_RESPONSE: _("First answer"),
    KpiKey.ON_TIME: _("Tasks done on time"),
    KpiKey.CORRECTIONS: _("Work sent back"),
    KpiKey.SATISFACTION: _("Satisfaction"),
}
KPI_TARGETS = {
    KpiKey.FIRST_RESPONSE: _("within %(target)s minutes"),
    KpiKey.ON_TIME: _("at least %(target)s%%"),
    KpiKey.CORRECTIONS: _("at most %(target)s%%"),
    KpiKey.SATISFACTION: _("at least %(target)s out of 5"),
}
KPI_MEASURES = {
    KpiKey.FIRST_RESPONSE: _("Median time from a message or request to its first answer, a month."),
    KpiKey.ON_TIME: _("Share of the month's tasks and deliveries handed in by their date."),
    KpiKey.CORRECTIONS: _("Share of the month's deliveries sent back with a reason that stands."),
    KpiKey.SATISFACTION: _("Mean of the month's answers, of both sides, from 1 to 5."),
}
BASES = {
    Basis.ADEQUACY: _("adequacy decision"),
    Basis.IN_PART: _(
        "adequacy decision where it covers the recipient, else standard contractual clauses, "
        "module 2"
    ),
    Basis.CLAUSES: _("standard contractual clauses, module 2 (decision (EU) 2021/914)"),
    Basis.UK_CLAUSES: _("international data transfer agreement of the United Kingdom"),
    Basis.LOCAL: _("as the law of the Business's country says"),
}
DUTIES = (
    _(
        "The Assistant acts only on the Business's written instructions, which start with this "
        "schedule."
    ),
    _("Whoever works on the data has promised secrecy."),
    _(
        "Accounts are personal and protected by a second factor; devices are encrypted and kept "
        "up to date; access is the least that the work needs."
    ),
    _("Another processor or tool needs the Business's prior written consent."),
    _("The Assistant helps to answer people's requests and to assess risks."),
    _("A breach is told within %(hours)s hours of its discovery, with what is known."),
    _(
        "At the end the Assistant deletes or returns the data within 30 days, as the Business "
        "chooses, and confirms it in writing."
    ),
    _("The Assistant shows what proves all this, and allows a check announced ten days before."),
)
# What the form proposes, for people to correct.
DATA_EXAMPLES = {
    "data_purpose": _("Answer calls and e-mails, keep the calendar, prepare quotes and invoices"),
    "data_kinds": _("Names and contact details\nMessages and appointments\nOrders and invoices"),
    "data_people": _("Customers\nSuppliers\nEmployees"),
}


def format_tenths(tenths: int, language: str) -> str:
    """Tenths as people write them: 4,2 or 4.2."""
    return f"{tenths / 10:g}".replace(".", "," if language == "fr" else ".")


def kpi(target: Kpi, language: str) -> tuple[str, str, str]:
    """A service target as name, target, measure."""
    value = str(target.target)
    if target.key is KpiKey.SATISFACTION:
        value = format_tenths(target.target, language)
    words = gettext(KPI_TARGETS[target.key], language, target=value)
    return (
        gettext(KPI_NAMES[target.key], language),
        words,
        gettext(KPI_MEASURES[target.key], language),
    )


def kpis(targets: tuple[Kpi, ...], language: str) -> str:
    """All service targets in one line; "" when none is agreed."""
    return listed((" ".join(kpi(each, language)[:2]) for each in targets), language)


def listed(texts: Iterable[str], language: str) -> str:
    """Texts one after the other, with the semicolon of the language."""
    return (NARROW + "; " if language == "fr" else "; ").join(texts)


def processing(declared: DataProcessing, language: str) -> list[list[str]]:
    """The facts of the schedule on personal data as label and value."""

    def say(msgid: str) -> str:
        return gettext(msgid, language)

    tools = listed(
        (f"{each.name} ({country_name(each.country, language)})" for each in declared.tools),
        language,
    )
    return [
        [say(_("Purpose and nature")), declared.purpose],
        [say(_("Duration")), say(_("as long as this contract"))],
        [say(_("Categories of data")), listed(declared.data, language)],
        [say(_("People concerned")), listed(declared.people, language)],
        [say(_("Tools and where they keep data")), tools or say(_("none declared"))],
    ]


def transfer(found: Transfer, language: str) -> list[str]:
    """A transfer as recipient, country and what allows it."""
    return [
        found.recipient,
        country_name(found.country, language),
        gettext(BASES[found.basis], language),
    ]


def duties(declared: DataProcessing, language: str) -> list[str]:
    """What the assistant owes as a processor (GDPR article 28(3) a to h)."""
    return [gettext(each, language, hours=declared.breach_hours) for each in DUTIES]
