"""A judged set: what people type and which skills, tools or places answer it.

Each row: family, what is typed, what is wanted. `wanted` lists groups that all have to be met by
their first code (or one joined to it by "="); the others are neighbours that may follow. A name after "@" is a town, after "~" a spoken language.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.schema import AssistantDocument

_CALLS = "virtual-receptionist|inbound-calls|call-overflow|call-routing|message-taking"
_MEDICAL = "medical-secretary|healthcare-admin|patient-scheduling|medical-transcription"
_DUNNING = "payment-reminders|accounts-receivable"
_BOOKS = "bookkeeping|pre-accounting"
_WRITE = "copywriting|blog-writing"
_INBOX = "email-triage|email-replies|shared-inbox"

ROWS = (
    ("plain", "standardiste", [_CALLS]),
    ("typo", "standadriste", [_CALLS]),
    ("gender word", "femme standardiste", [_CALLS]),
    ("colloquial", "permanence téléphonique", [f"{_CALLS}|emergency-line"]),
    ("colloquial", "répondre au téléphone", [f"inbound-calls={_CALLS}"]),
    ("brand", "prise de rdv médical doctolib", [f"patient-scheduling={_MEDICAL}|appointment-setting", "doctolib"]),
    ("gendered", "secrétaire médicale", [_MEDICAL]),
    ("gendered", "secrétaire médical", [_MEDICAL]),
    ("colloquial", "tri des mails", [_INBOX]),
    ("colloquial", "relance impayés", [_DUNNING]),
    ("brand", "aide-comptable pennylane", [_BOOKS, "pennylane"]),
    ("gendered", "rédactrice web", [_WRITE]),
    ("gendered", "rédacteur web", [_WRITE]),
    ("place", "assistante immobilière Lyon", ["real-estate-admin|property-management", "@lyon"]),
    ("colloquial", "conciergerie airbnb", ["short-term-rental|concierge"]),
    ("plain", "déclaration de TVA", ["vat-returns"]),
    ("brand", "SAV shopify", ["customer-support=ticket-management|returns-refunds|live-chat", "shopify"]),
    ("gender word", "homme pour téléprospection", ["telemarketing|outbound-calls|lead-generation"]),
    ("plain", "virtual receptionist", [_CALLS]),
    ("typo", "recieptionist", [_CALLS]),
    ("plain", "inbox management", [_INBOX]),
    ("brand", "bookkeeper xero", [_BOOKS, "xero"]),
    ("plain", "diary management", ["calendar-management|meeting-scheduling"]),
    ("plain", "cold calling", ["telemarketing|outbound-calls"]),
    ("split", "air call", ["aircall"]),
    ("split", "ghost writer", ["ghostwriting"]),
    ("brand", "credit control sage", [_DUNNING, "sage"]),
    ("plain", "gestion d'agenda", ["calendar-management|meeting-scheduling"]),
    ("typo", "factration", ["invoicing=e-invoicing"]),
    ("plain", "traduction anglais", ["translation-fr-en=translation-en-fr"]),
    ("gendered", "traductrice allemand", ["translation-de"]),
    ("gendered", "traducteur allemand", ["translation-de"]),
    ("plain", "community manager instagram", ["social-media=instagram|post-scheduling"]),
    ("other language", "payroll", ["payroll"]),
    ("other language", "fiche de paie", ["payroll"]),
    ("plain", "saisie de données", ["data-entry"]),
    ("long", "je cherche quelqu'un pour faire mes factures et relancer les clients", ["invoicing|e-invoicing", _DUNNING]),
    ("long", "someone to answer the phone and book appointments", [f"inbound-calls={_CALLS}", "appointment-setting"]),
    ("joined", "community management", ["social-media"]),
    ("joined", "télé secrétariat", [f"medical-secretary={_CALLS}"]),
    ("plain", "note de frais", ["expense-reports"]),
    ("typo", "comptabilte", [f"pre-accounting={_BOOKS}|micro-business-admin|accounts-payable|vat-returns"]),
    ("two skills", "facturation devis", ["invoicing=e-invoicing", "quote-preparation"]),
    ("plain", "secrétaire juridique", ["legal-secretary|legal-admin|legal-typing"]),
    ("plain", "no-code automation zapier", ["automation|nocode-apps|tool-integration", "zapier"]),
    ("language", "standardiste bilingue", [_CALLS, "~en|~es|~de"]),
    ("plain", "office manager", ["office-management|virtual-assistance"]),
    ("plain", "recrutement", ["recruitment|job-posting"]),
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What has to be met: any of `main`; `near` are neighbours."""

    main: tuple[str, ...]
    near: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Wish:
        first, *near = text.split("|")
        main = tuple(text.split("|")) if text.startswith("~") else tuple(first.split("="))
        return cls(main, tuple(near))


@dataclass(frozen=True)
class Judged:
    """A query with its wishes."""

    family: str
    text: str
    wanted: tuple[Wish, ...]

    def grade(self, person: AssistantDocument) -> int:
        """3 everything wanted and best at it, 2 everything, 1 a neighbour or a part, 0 nothing."""
        has = {*person.skills, *person.tools, f"@{person.city}"}
        has |= {f"~{one.code}" for one in person.spoken if one.level in {"B2", "C1", "C2"}}
        if not all(has & set(group.main) for group in self.wanted):
            return 1 if has & {*self.wanted[0].main, *self.wanted[0].near} else 0
        return 3 if {person.skills[0], *person.tools} & set(self.wanted[0].main) else 2


JUDGED = tuple(
    Judged(family, text, tuple(Wish.of(group) for group in wanted)) for family, text, wanted in ROWS
)


def ndcg(grades: Sequence[int], every: Sequence[int], at: int = 10) -> float:
    """Normalised discounted cumulated gain of the first `at` answers."""

    def gain(row: Sequence[int]) -> float:
        return math.fsum(
            (2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(row[:at])
        )

    best = gain(sorted(every, reverse=True))
    return gain(grades) / best if best else 1.0
