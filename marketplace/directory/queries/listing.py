"""Owns the plain listing from PostgreSQL, for when Meilisearch is away; never ranks by relevance.

It applies the filters SQL answers cheaply; rules.FALLBACK_CANNOT names the others.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import connection, is_away
from marketplace.directory.queries import projection, views
from marketplace.profiles import queries as profiles
from marketplace.profiles.rules.states import Status
from search import rates, senses, taxonomy
from search.answers import Answer
from search.conditions import SOON_DAYS
from search.index_settings import HIT, MAX_HITS, SHOWN_IN, shown
from search.language import STOP_WORDS, fold, normalise
from search.schema import LEVELS
from search.senses.lexicon import group_mark
from search.senses.talk import chatter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.directory.schemas import Hit
    from search.query import SearchQuery
    from search.schema import AssistantDocument

WORD_MIN: Final = 3
"""A shorter word is no part of others: "Li" is not in "facilite"."""
WORDS_MAX: Final = 8
"""Words beyond these are not looked for; `passed_over` says so."""
ORDER: Final = {
    "relevance": "p.updated_at DESC",
    "rate": "{euros} ASC NULLS LAST",
    "-rate": "{euros} DESC NULLS LAST",
    "newest": "p.published_at DESC",
    "response": "p.response_minutes ASC NULLS LAST",
}
RATE: Final = "(CASE WHEN p.engagement ? 'hourly' THEN p.hourly_rate_minor END)"
"""Of whom works by the hour, as `profiles.queries.hourly_rate`."""
_LETTERS: Final = {
    letter: plain
    for letter in map(chr, range(0xC0, 0x180))
    if len(plain := fold(letter)) == 1 and plain != letter
}
_NAME: Final = (
    f"translate(replace(replace(replace(party.display_name, 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'),"
    f" '{''.join(_LETTERS)}', '{''.join(_LETTERS.values())}')"
)
"""People's names are of every language; what they write here is French or English."""
_TEXTS: Final = "concat_ws(' ', p.headline_fr, p.headline_en, p.text_fr, p.text_en)"
TEXT: Final = (
    f"concat_ws(' ', lower({_NAME}), translate(replace(lower({_TEXTS}), 'œ', 'oe'),"
    " 'àâäéèêëîïôöùûüç', 'aaaeeeeiioouuuc'))"
)
"""What the words of a search are looked for in, folded as they are."""


class _Where:
    """Collects conditions with numbered parameters."""

    def __init__(self) -> None:
        self.parts = ["p.status = 'published'"]
        self.values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        """Add a condition in which each {} stands for the next value."""
        marks = []
        for value in values:
            self.values.append(value)
            marks.append(f"${len(self.values)}")
        self.parts.append(condition.format(*marks))


async def find(query: SearchQuery) -> Answer:
    """The published profiles that match, newest changes first unless sorted as in ORDER."""
    where = _conditions(query)
    order = ORDER.get(query.sort, ORDER["relevance"]).format(euros=_euros())
    limit, offset = query.per_page, (query.page - 1) * query.per_page
    source = f"FROM profile p JOIN party ON party.id = p.party_id WHERE {' AND '.join(where.parts)}"
    # Every piece of text in these statements is ours; values go in as parameters.
    counted = await connection().execute_query_dict(f"SELECT count(*) AS n {source}", where.values)
    rows = await connection().execute_query_dict(
        f"SELECT p.id {source} ORDER BY {order}, p.id LIMIT {limit:d} OFFSET {offset:d}",
        where.values,
    )
    total = min(int(counted[0]["n"]), MAX_HITS)
    return Answer(
        total=total,
        page=query.page,
        pages=-(-total // query.per_page),
        hits=await _hits([row["id"] for row in rows]),
        capped=total >= MAX_HITS,
    )


async def anybody() -> bool:
    """Whether anybody is in the directory, by the database."""
    return bool(await profiles.published(limit=1))


async def several(ids: Sequence[UUID], locale: str, currency: str = "") -> dict[str, Hit]:
    """Id -> what results show, of those among the profiles that are in the directory now.

    Rates also in `currency`, where one is given.
    """
    return {raw["id"]: views.hit(raw, locale, currency) for raw in await raws(ids)}


async def raws(ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Those among the profiles that are in the directory now, as they are found; in no order."""
    documents, _gone = await projection.current(ids)
    return [_raw(one) for one in documents]


async def _hits(ids: list[UUID]) -> list[dict[str, Any]]:
    found = {raw["id"]: raw for raw in await raws(ids)}
    return [found[str(id_)] for id_ in ids if str(id_) in found]


def _raw(document: AssistantDocument) -> dict[str, Any]:
    """What an answer of the index would hold of somebody."""
    told = dict(zip(map(shown, SHOWN_IN), document.shown, strict=True))
    return {name: getattr(document, name) for name in HIT} | told


def _conditions(query: SearchQuery) -> _Where:
    where = _Where()
    for column in ("p.country", "p.region", "p.city", "party.jurisdiction", "party.tax_status"):
        if values := getattr(query, column.partition(".")[2]):
            where.add(f"{column} = ANY({{}})", list(values))
    if query.near_point:
        where.add("p.city = ANY({})", [town for town, _km in query.near_towns])
    for code in query.skill:
        years = query.years or 0
        where.add(_having("profile_skill", "part.code = {} AND part.years >= {}"), code, years)
    for code in query.tool:
        where.add(_having("profile_tool", "part.code = {}"), code)
    for one in query.speaks:
        enough = list(LEVELS[LEVELS.index(one.level) :])
        where.add(
            _having("profile_language", "part.code = {} AND part.level = ANY({})"), one.code, enough
        )
    _terms(where, query)
    _rate(where, query)
    _wish(where, query.wish)
    return where


def _wish(where: _Where, wish: str) -> None:
    """Who has what a text asks for, or has all its words."""
    codes, words = _meant(wish), _told(wish)[:WORDS_MAX]
    conditions = [_word(word) for word in words]
    has_all = " AND ".join(condition for condition, _values in conditions)
    values = [value for _condition, some in conditions for value in some]
    if codes:
        meant = f"{_SKILLED} OR {_TOOLED}"
        where.add(f"({meant} OR ({has_all}))" if has_all else f"({meant})", codes, codes, *values)
    elif has_all:
        where.add(has_all, *values)


def _meant(wish: str) -> list[str]:
    """The skills and tools a text asks for; empty where it names none, a person perhaps."""
    codes = senses.asked(wish).codes
    terms = (*taxonomy.skills(), *taxonomy.tools())
    return sorted(term.code for term in terms if {term.code, group_mark(term.group)} & codes)


def _told(wish: str) -> list[str]:
    """The words of a text without those that are said in passing, if others are left."""
    words = [one for one in normalise(wish).split() if any(map(str.isalnum, one))]
    return [word for word in words if word not in STOP_WORDS | chatter()] or words


def passed_over(wish: str) -> bool:
    """Whether a text has more words than are looked for."""
    return len(_told(wish)) > WORDS_MAX


def _terms(where: _Where, query: SearchQuery) -> None:
    """When and how somebody works."""
    if query.engagement:
        where.add("p.engagement ?| {}", list(query.engagement))
    if query.available:
        soon = clock.today("UTC") + timedelta(days=SOON_DAYS)
        where.add("(p.available_from IS NULL OR p.available_from <= {})", soon)
    if query.available_hours:
        where.add("p.hours_week >= {}", query.available_hours)
    if query.answers_within:
        where.add("p.response_minutes <= {}", query.answers_within)


def _having(table: str, condition: str) -> str:
    start = f"EXISTS (SELECT 1 FROM {table} part"  # noqa: S608 - both are texts of this module
    return f"{start} WHERE part.profile_id = p.id AND {condition})"


_SKILLED: Final = _having("profile_skill", "part.code = ANY({})")
_TOOLED: Final = _having("profile_tool", "part.code = ANY({})")


def _rate(where: _Where, query: SearchQuery) -> None:
    if query.rate_min is None and query.rate_max is None:
        return
    choices = []
    for currency in rates.currencies():
        low = rates.convert(query.rate_min or 0, query.money, currency)
        bounds = f"p.currency = '{currency}' AND {RATE} >= {low:d}"
        if query.rate_max is not None:
            high = rates.convert(query.rate_max, query.money, currency)
            bounds += f" AND {RATE} <= {high:d}"
        choices.append(f"({bounds})")
    where.parts.append(f"({' OR '.join(choices)})")


def _euros() -> str:
    """What tells rates of several currencies apart: millionths of a cent of a euro."""
    worth = (
        f"WHEN '{code}' THEN {rates.convert(10**6, code, 'EUR'):d}" for code in rates.currencies()
    )
    return f"{RATE} * (CASE p.currency {' '.join(worth)} END)::bigint"


def _word(word: str) -> tuple[str, tuple[Any, ...]]:
    """What says that somebody's texts, skills or tools have a word, and its values."""
    codes = [term.code for term in (*taxonomy.skills(), *taxonomy.tools()) if _says(term, word)]
    whole = len(word) < WORD_MIN
    plain = re.escape(word) if whole else re.sub(r"[\\%_]", "", word)
    apart = "[^[:alnum:]]"
    like, pattern = ("~", f"(^|{apart}){plain}({apart}|$)") if whole else ("LIKE", f"%{plain}%")
    return f"({TEXT} {like} {{}} OR {_SKILLED} OR {_TOOLED})", (pattern, codes, codes)


async def names(ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Id -> (name, slug) of public profiles; nobody while the database is away."""
    public = profiles.Profile.filter(id__in=list(ids), status=Status.PUBLISHED)
    known = public.select_related("party")
    try:
        return {str(one.id): (one.party.display_name, one.slug) for one in await known}
    except Exception as error:
        if is_away(error):  # the draw can be repeated by identifiers alone
            return {}
        raise


def _says(term: taxonomy.Term, word: str) -> bool:
    said = [form(text) for text in (*term.labels, *term.aliases) for form in (normalise, fold)]
    if len(word) < WORD_MIN:
        return any(word in text.split() for text in said)
    return any(word in text for text in said)
