"""A judged set: what people type and which skills, tools or places answer it.

Each row: family, what is typed, what is wanted. `wanted` lists wishes and constraints that all have
to be met. A wish is met by its first code (or one joined to it by "="); those after "|" are
neighbours that may follow. A constraint says "@town" (50 km around it), "~es" or "~en:C1" (a spoken
language, B2 when no level is given), "<3000" (a rate in euro cents), "#mon-fri@09:00-12:00@Zone".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from search import coverage, rates, taxonomy
from search.geo import distance_km
from search.parameters import WITHIN_KM
from search.schema import cumulative
from tests.search.corpus import PLACES, TODAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.schema import AssistantDocument

BOUNDS: Final = "@~<#"

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
    ("typo", "comptabilte", [f"{_BOOKS}|micro-business-admin|accounts-payable|vat-returns"]),
    ("two skills", "facturation devis", ["invoicing=e-invoicing", "quote-preparation"]),
    ("plain", "secrétaire juridique", ["legal-secretary|legal-admin|legal-typing"]),
    ("plain", "no-code automation zapier", ["automation|nocode-apps|tool-integration", "zapier"]),
    ("language", "standardiste bilingue", [_CALLS, "~fr", "~en|~es|~de"]),
    ("plain", "office manager", ["office-management|virtual-assistance"]),
    ("plain", "recrutement", ["recruitment|job-posting"]),
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """Skills or tools of which one is wanted: any of `main` meets it; `near` are neighbours."""

    main: frozenset[str]
    near: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Wish:
        first, *near = text.split("|")
        return cls(frozenset(first.split("=")), frozenset(near))


@dataclass(frozen=True)
class Judged:
    """A query with its wishes and its constraints, each a set of ways to meet it."""

    family: str
    text: str
    wishes: tuple[Wish, ...]
    constraints: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, family: str, text: str, wanted: Sequence[str]) -> Judged:
        bounds = tuple(tuple(one.split("|")) for one in wanted if one[0] in BOUNDS)
        return cls(family, text, tuple(Wish.of(w) for w in wanted if w[0] not in BOUNDS), bounds)

    def grade(self, person: AssistantDocument) -> int:
        """How well someone answers.

        3: all that is wanted, and best at one of the wanted skills; 2: all that is wanted; 1: a
        part of it or a neighbour; 0: nothing of it, or a place, language, price or hours missed.
        A query for tools alone knows no "best at": whoever has them all is a 3.
        """
        if not all(any(_meets(person, way) for way in ways) for ways in self.constraints):
            return 0
        has = {*person.skills, *person.tools}
        if not all(has & wish.main for wish in self.wishes):
            return 1 if any(has & (wish.main | wish.near) for wish in self.wishes) else 0
        skills = {code for wish in self.wishes for code in wish.main if taxonomy.is_skill(code)}
        return 3 if not skills or person.skills[0] in skills else 2


def _meets(person: AssistantDocument, bound: str) -> bool:
    kind, what = bound[0], bound[1:]
    if kind == "@":
        here, town = PLACES[person.city][2], PLACES[what][2]
        return distance_km(here, town) <= WITHIN_KM
    if kind == "~":
        code, _colon, level = what.partition(":")
        return f"{code}:{level or 'B2'}" in cumulative(person.spoken)
    if kind == "<":
        rate = person.rate_minor
        return rate is not None and rates.convert(rate, person.currency, "EUR") <= int(what)
    window = coverage.parse_window(what)
    assert window, what
    monday = coverage.reference_week(TODAY)
    return coverage.covers(person.coverage, person.time_zone, window, monday)


JUDGED = tuple(Judged.of(*row) for row in ROWS)


def ndcg(grades: Sequence[int], every: Sequence[int], at: int = 10) -> float:
    """Normalised discounted cumulated gain of the first `at` answers."""

    def gain(row: Sequence[int]) -> float:
        return math.fsum(
            (2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(row[:at])
        )

    best = gain(sorted(every, reverse=True))
    return gain(grades) / best if best else 1.0
