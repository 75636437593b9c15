"""Owns the signs of disguised employment that an agreement shows: found, explained, with a fix.

They inform both sides and never block. What makes employment is orders, control and sanction
in fact (Cour de cassation, chambre sociale, 13 November 1996, 94-13.187); each sign names the
clause of the contract that answers it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from marketplace.contracts.rules.terms import Agreement, FlatFeeTerms, HourlyTerms, ProjectTerms
from marketplace.core.i18n import _

FULL_TIME_MINUTES: Final = 35 * 60  # a French full-time week (Code du travail, art. L. 3121-27)
EXCERPT: Final = 40  # characters either side

SUBORDINATION: Final = "Cass. soc., 13 nov. 1996, 94-13.187"
PRESUMPTION: Final = "Code du travail, art. L. 8221-6"
MONITORING: Final = "CNIL, 19 déc. 2024"  # fined counting idle time with regular screenshots


@dataclass(frozen=True)
class Sign:
    """One sign: what it looks for in folded text, what it means and what to write instead.

    `clause` is the id of the clause that answers it; `source` names the ruling or law it is from.
    """

    id: str
    pattern: re.Pattern[str]
    title: str
    fix: str
    clause: str = "independence"
    source: str = SUBORDINATION


@dataclass(frozen=True)
class Found:
    """A sign with the words of the draft that show it; "" where the terms themselves do."""

    sign: Sign
    excerpt: str


def _sign(id_: str, words: str, title: str, fix: str, **more: object) -> Sign:
    return Sign(id_, re.compile(words), title, fix, **more)  # type: ignore[arg-type]


_HOUR = r"\d{1,2} ?(?:h|:|heures?)(?: ?\d{2})?"
SIGNS: Final[tuple[Sign, ...]] = (
    _sign(
        "imposed_hours",
        rf"\bde {_HOUR} a {_HOUR}|\bfrom \d{{1,2}}(?::\d{{2}})? ?(?:am|pm)? (?:to|until) \d"
        r"|\b(?:horaires?|heures) (?:imposee?s|fixes?|obligatoires?|de bureau|de presence)"
        r"|\bpresence obligatoire|\b(?:fixed|mandatory|office) hours\b|\bpointer\b|\bclock in\b",
        _("Hours of presence seem to be imposed"),
        _("Write a result instead: calls answered within so many rings, e-mails within a day."),
        clause="method",
    ),
    _sign(
        "exclusivity",
        r"\bexclusivi|\bexclusively for\b|\baucun autre client|\bno other clients?\b"
        r"|\bne travaill\w+ (?:pas|que) pour",
        _("The assistant seems to be kept from working for others"),
        _("Leave it out. A promise of confidentiality protects you without it."),
    ),
    _sign(
        "imposed_place",
        r"\bdans nos (?:locaux|bureaux)|\bsur (?:place|site)\b|\bau bureau\b|\bon[- ]site\b"
        r"|\b(?:at|in) our (?:office|premises)",
        _("A place of work seems to be imposed"),
        _("Say why one task needs the place, and leave the rest to the assistant."),
        clause="method",
    ),
    _sign(
        "hierarchy",
        r"\bsous (?:l.autorite|la direction|les ordres|la responsabilite hierarchique)"
        r"|\bsuperieure? hierarchique|\bn ?\+ ?1\b|\breports? to (?:the|your|our|her|his) manager"
        r"|\bunder the (?:direction|authority|supervision) of",
        _("Orders of a superior are mentioned"),
        _("Name a contact person who answers questions, and describe the result you want."),
    ),
    _sign(
        "sanctions",
        r"\bsanctions?\b|\bavertissements?\b|\bdisciplin|\bretenues? sur\b"
        r"|\bpenalites? (?:de|par|pour)|\bfine for\b|\bdeducted (?:if|for)\b",
        _("Sanctions or deductions are mentioned"),
        _("Use service targets and the right to have work corrected; they are in the contract."),
        clause="kpi",
    ),
    _sign(
        "leave",
        r"\bconges? .{0,30}(?:valid|approuv|accord|autoris)|\bdemander (?:ses|un) conges?"
        r"|\bautorisation d.absence|\b(?:approval|request|ask) (?:of|for) (?:leave|holidays?)",
        _("Leave seems to need approval"),
        _("Ask to be told of absences in advance, and agree on who stands in."),
    ),
    _sign(
        "substitution",
        r"\bsans (?:se faire )?remplac|\bne (?:peut|pourra) (?:pas )?se faire remplacer"
        r"|\bno substitut|\bmay not (?:be replaced|subcontract)",
        _("Being replaced seems to be forbidden"),
        _("Keep the right to send someone of equal skill after telling you."),
    ),
    _sign(
        "integration",
        r"\badresse (?:e-?mail|electronique) (?:de l.entreprise|professionnelle fournie|interne)"
        r"|\bcarte de visite|\bbadge\b|\bpresente\w* comme (?:salarie|employe|membre)"
        r"|\bcompany e-?mail\b|\bbusiness cards?\b|\bas (?:an|our) employee",
        _("The assistant seems to appear as one of the staff"),
        _("Use a shared address such as contact@, signed with the assistant's own business."),
        clause="access",
    ),
    _sign(
        "equipment",
        r"\b(?:ordinateur|telephone|materiel|poste de travail) (?:est |sera )?fourni"
        r"|\b(?:laptop|computer|phone|equipment) (?:is |will be )?provided",
        _("Equipment of the business is to be used"),
        _("Lend only what security asks for; the assistant works with tools of their own."),
        clause="method",
    ),
    _sign(
        "monitoring",
        r"\bcaptures? d.ecran|\bfrappes? (?:au |du )?clavier|\blogiciel de (?:suivi|surveillance)"
        r"|\bscreenshots?\b|\bkeystrokes?\b|\btime[- ]?tracking software",
        _("The work seems to be watched by software"),
        _("Entries with a task and a note prove the time; nothing else is stored here."),
        clause="method",
        source=MONITORING,
    ),
    _sign(
        "salary",
        r"\bsalaires?\b|\bfiches? de paie|\bperiode d.essai\b|\bconges payes|\bsalary\b|\bpayslip"
        r"|\bprobation(?:ary)? period|\bpaid leave\b",
        _("Words of an employment contract are used"),
        _("Speak of a price, an invoice and a start-up phase."),
        clause="invoicing",
        source=PRESUMPTION,
    ),
)
FULL_TIME: Final = _sign(
    "full_time",
    r"(?!)",
    _("The weekly cap is a full-time week"),
    _("Keep room for other clients: most of an income from one client is a sign of employment."),
)


def folded(text: str) -> str:
    """Lower case without accents; typographic apostrophes become plain ones, lengths stay."""
    plain = unicodedata.normalize("NFC", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return "".join(unicodedata.normalize("NFD", each)[0].lower()[:1] or " " for each in plain)


def signs(agreement: Agreement, monday: date | None = None) -> tuple[Found, ...]:
    """What the written agreement shows, in the order of `SIGNS`, each sign once.

    Weekly caps count as signed for the week of `monday` and later (else from the first week on).
    """
    found = []
    texts = _texts(agreement)
    plain = [folded(text) for text in texts]
    for sign in SIGNS:
        for text, searched in zip(texts, plain, strict=True):
            if match := sign.pattern.search(searched):
                found.append(Found(sign, _excerpt(text, *match.span())))
                break
    terms = agreement.terms
    if isinstance(terms, HourlyTerms) and _highest_cap(terms, monday) >= FULL_TIME_MINUTES:
        found.append(Found(FULL_TIME, ""))
    return tuple(found)


def named(found: tuple[Found, ...]) -> str:
    """The ids of the signs that were shown to both sides, for the evidence."""
    return ", ".join(each.sign.id for each in found) or "none"


def _highest_cap(terms: HourlyTerms, monday: date | None) -> int:
    first = max(monday or terms.first_week, terms.first_week)
    later = (each.from_week for each in terms.raises if each.from_week > first)
    return max(terms.cap_of(each) for each in (first, *later))


def _texts(agreement: Agreement) -> list[str]:
    texts = [agreement.title, agreement.scope]
    terms = agreement.terms
    if isinstance(terms, FlatFeeTerms):
        texts.append(terms.includes)
    if isinstance(terms, ProjectTerms):
        texts += [text for step in terms.milestones for text in (step.title, *step.criteria)]
    return [unicodedata.normalize("NFC", text) for text in texts]


def _excerpt(text: str, start: int, end: int) -> str:
    """The words found, with some of what stands around them on their line."""
    first = max(text.rfind("\n", 0, start) + 1, start - EXCERPT)
    line_end = text.find("\n", end)
    last = min(line_end if line_end >= 0 else len(text), end + EXCERPT)
    before = "…" if first and text[first - 1] != "\n" else ""
    after = "…" if last < len(text) and text[last] != "\n" else ""
    return f"{before}{text[first:last].strip()}{after}"
