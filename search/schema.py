"""Owns what the index knows of an assistant and the shape it is stored in; never reads a database.

`AssistantDocument` is the whole seam with the rest of the product: facts in, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from babel import Locale

from search import coverage, ranking, rates, senses, taxonomy
from search.index_settings import SHOWN_IN, shown
from search.language import normalise
from search.rating import standing

if TYPE_CHECKING:
    from datetime import date

LEVELS: Final = ("A1", "A2", "B1", "B2", "C1", "C2")
ENGAGEMENTS: Final = ("hourly", "flat_fee", "project")
PROOFS: Final = ("identity", "business", "vat", "insurance", "references")
YEARS: Final = (1, 2, 3, 5, 10)
"""Years of practice that can be asked for."""
ANSWERS_WITHIN: Final = tuple(most for most, _value in ranking.RESPONSE)
"""Usual minutes to a first answer that can be asked for: the steps of the published order."""
EXCERPT_LENGTH: Final = 220
RATE_BIN_EUR: Final = 5
"""Width of a bar of the rate histogram, in euros per hour."""
RATE_BIN_LAST: Final = 15
_BILINGUAL_LEVEL: Final = LEVELS.index("B2")
_BILINGUAL: Final = {2: "bilingue bilingual", 3: "bilingue bilingual trilingue trilingual"}
_MULTILINGUAL: Final = "bilingue bilingual trilingue trilingual multilingue multilingual"
# Everyone listed is one: the words must find people, yet say nothing about who fits better.
_TRADE: Final = "assistant virtuel virtual assistant indépendant freelance à distance remote"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A spoken language: ISO 639-1 code and CEFR level A1 to C2."""

    code: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantDocument:
    """What is searchable about one published assistant.

    `id` is stable, `version` grows with every change. `coverage` are local quarter-hours of the
    week 0..671 (0 = Monday 00:00-00:15) in `time_zone`. Times are Unix seconds, the rate minor
    units per hour, `response_minutes` the usual time to a first answer. Skills stand best first,
    `skill_years` beside them; `verified_on` are ISO days beside the proofs; `available_on` is the
    ordinal of the first day someone is free, 0 for already. `shown` is what answers say of them, a
    JSON object for each language of index_settings.SHOWN_IN: carried as it is and never read here.
    """

    id: str
    slug: str
    version: int
    name: str
    headline_fr: str = ""
    headline_en: str = ""
    bio_fr: str = ""
    bio_en: str = ""
    skills: tuple[str, ...] = ()
    skill_years: tuple[int, ...] = ()
    tools: tuple[str, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    country: str = ""
    region: str = ""
    region_names: tuple[str, ...] = ()
    city: str = ""
    city_names: tuple[str, ...] = ()
    lat: float | None = None
    lng: float | None = None
    jurisdiction: str = ""
    legal_form: str = ""
    tax_status: str = ""
    charges_vat: bool | None = None
    can_contract_with: tuple[str, ...] = ()
    payable: bool = False
    engagement: tuple[str, ...] = ()
    rate_minor: int | None = None
    currency: str = "EUR"
    coverage: frozenset[int] = field(default_factory=frozenset)
    time_zone: str = "Europe/Paris"
    hours_week: int = 0
    rating: float | None = None
    reviews: int = 0
    response_minutes: int | None = None
    verified: tuple[str, ...] = ()
    verified_on: tuple[str, ...] = ()
    available_on: int = 0
    photo: str = ""
    published_at: int = 0
    updated_at: int = 0
    shown: tuple[str, ...] = ("{}",) * len(SHOWN_IN)


def to_index(document: AssistantDocument, monday: date) -> dict[str, object]:
    """The JSON object the index stores; `monday` is the reference week of search.coverage."""
    rate_eur_minor = _rate_eur(document)
    return {
        **_identity(document),
        **_words(document),
        "merit": ranking.merit(document.response_minutes, document.updated_at),
        "lot": ranking.lot(document.id),
        **_turns(document, monday),
        "clock": stamp(document.time_zone, monday),
        "lang_min": cumulative(document.spoken),
        "skill_years": practised(document.skills, document.skill_years),
        "answers_within": answering(document.response_minutes),
        "available_on": document.available_on,
        "busy": coverage.busy_blocks(document.coverage, document.time_zone, monday),
        "rate_eur_minor": rate_eur_minor,
        "rate_bin": None if rate_eur_minor is None else rate_bin(rate_eur_minor),
    }


SHAPE: Final = 16
"""Grows when documents are written differently: reconciling then writes all of them anew."""


def stamp(zone: str, monday: date) -> int:
    """Tells a document to be written anew: clock, exchange rates, vocabulary or form changed."""
    clock = coverage.clock_stamp(zone, monday) ^ rates.as_of().toordinal()
    return (clock * 100 + SHAPE) * 1000 + taxonomy.mark()


def _turns(document: AssistantDocument, monday: date) -> dict[str, object]:
    """What a newcomer draws on each day; nobody else needs it."""
    today_or_earlier = monday - timedelta(days=len(coverage.DAYS))
    new = document.published_at >= ranking.new_since(today_or_earlier)
    return {"turn": ranking.tickets(document.id)} if new else {}


def _identity(document: AssistantDocument) -> dict[str, object]:
    return {
        "id": document.id,
        "version": document.version,
        **dict(zip(map(shown, SHOWN_IN), document.shown, strict=True)),
        "skills": list(document.skills),
        "tools": list(document.tools),
        "country": document.country,
        "region": document.region,
        "city": document.city,
        "lat": document.lat,
        "lng": document.lng,
        "jurisdiction": document.jurisdiction,
        "legal_form": document.legal_form,
        "tax_status": document.tax_status,
        "charges_vat": document.charges_vat,
        "can_contract_with": list(document.can_contract_with),
        "payable": document.payable,
        "engagement": list(document.engagement),
        "currency": document.currency,
        "time_zone": document.time_zone,
        "hours_week": document.hours_week,
        "rating": document.rating,
        "standing": standing(document.rating, document.reviews),
        "reviews": document.reviews,
        "response_minutes": document.response_minutes,
        "verified": list(document.verified),
        "published_at": document.published_at,
        "updated_at": document.updated_at,
    }


def _words(document: AssistantDocument) -> dict[str, object]:
    terms = [
        found for code in (*document.skills, *document.tools) if (found := taxonomy.term(code))
    ]
    aliases = [_aliases(term.code) for term in terms]
    return {
        # Lists keep skills apart: proximity does not run from one into the next.
        "n_sense": [senses.tokens_of(term.code) for term in terms],
        "n_skills": [text for term in terms for text in _labels(term.code)],
        "n_alias": [*aliases, *(language_words(document.spoken))],
        "n_group": _group_words(
            tuple(dict.fromkeys(term.group for term in terms if term.kind == "skill"))
        ),
        "n_head": [_quotable(document.headline_fr), _quotable(document.headline_en)],
        "n_name": _text(document.name, keep_gender=True),
        "n_city": sorted({_text(name) for name in document.city_names}),
        "n_region": sorted({_text(name) for name in document.region_names}),
        "n_bio": [_text(document.bio_fr), _text(document.bio_en), normalise(_TRADE)],
    }


def _text(text: str, *, keep_gender: bool = False) -> str:
    """A text's words, then the senses of the phrases in it."""
    words = normalise(text)
    kept = normalise(text, keep_gender=True) if keep_gender else words
    meant = normalise(senses.ordinary(text))
    return f"{kept} {senses.tokens_in(meant)}".strip()


@lru_cache(maxsize=4096)
def _quotable(headline: str) -> str:
    """A headline's words and senses, with all that is asked for one who types it as it stands."""
    said = f"{_text(headline)} {senses.asked(headline).words} {senses.whole(headline)}"
    return " ".join(dict.fromkeys(said.split()))


@lru_cache(maxsize=1024)
def _labels(code: str) -> tuple[str, ...]:
    found = taxonomy.term(code)
    return tuple(dict.fromkeys(normalise(text) for text in found.labels)) if found else ()


@lru_cache(maxsize=1024)
def _aliases(code: str) -> str:
    """Each word of a term's synonyms once: whole phrases are recognised by their sense."""
    found = taxonomy.term(code)
    words = (normalise(text).split() for text in found.aliases) if found else ()
    return " ".join(dict.fromkeys(chain.from_iterable(words)))


@lru_cache(maxsize=4096)
def _group_words(codes: tuple[str, ...]) -> list[str]:
    """What people call the trade as a whole: finds the neighbours of what was asked for."""
    found = [group for code in codes if (group := taxonomy.group(code))]
    texts = [t for g in found for t in (g.fr, g.en, *g.synonyms_fr, *g.synonyms_en)]
    words = dict.fromkeys(normalise(text) for text in texts)
    # The senses stand last: who is near what was asked for never passes who does it.
    return [*words, *(senses.tokens_of_group(code) for code in codes)]


@lru_cache(maxsize=4096)
def language_words(spoken: tuple[Spoken, ...]) -> tuple[str, ...]:
    """The names of the languages a person works in (B2 and better), and "bilingual" if two."""
    strong = [s.code for s in spoken if LEVELS.index(s.level) >= _BILINGUAL_LEVEL]
    names = [
        normalise(Locale(locale).languages[code])
        for code in strong
        for locale in ("fr", "en")
        if code in Locale(locale).languages
    ]
    if len(strong) > 1:
        names.append(normalise(_BILINGUAL.get(len(strong), _MULTILINGUAL)))
    return tuple(dict.fromkeys(names))


def cumulative(spoken: tuple[Spoken, ...]) -> list[str]:
    """Tokens for "at least this level": C1 gives fr:A1 up to fr:C1."""
    return [
        f"{one.code}:{level}" for one in spoken for level in LEVELS[: LEVELS.index(one.level) + 1]
    ]


def practised(skills: tuple[str, ...], years: tuple[int, ...]) -> list[str]:
    """Tokens for "at least so many years": four years of payroll give payroll:1, :2 and :3."""
    return [
        f"{code}:{step}"
        for code, n in zip(skills, years, strict=False)
        for step in YEARS
        if n >= step
    ]


def answering(minutes: int | None) -> list[int]:
    """Each of ANSWERS_WITHIN that holds: 90 minutes are within 240, 1440 and 4320."""
    return [] if minutes is None else [step for step in ANSWERS_WITHIN if minutes <= step]


def _rate_eur(document: AssistantDocument) -> int | None:
    if document.rate_minor is None or not rates.known(document.currency):
        return None
    return rates.convert(document.rate_minor, document.currency, "EUR")


def rate_bin(rate_eur_minor: int) -> int:
    """The histogram bar of a rate: 0 for 0-5 EUR, the last one open-ended."""
    return min(rate_eur_minor // 100 // RATE_BIN_EUR, RATE_BIN_LAST)


def excerpt(text: str) -> str:
    """The first sentence or so, cut at a word."""
    flat = " ".join(text.split())
    if len(flat) <= EXCERPT_LENGTH:
        return flat
    return flat[:EXCERPT_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
