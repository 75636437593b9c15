"""Owns what is shown of an answer in a language: hits, counts, the query; never finds any."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

import orjson

from marketplace.core.i18n import told
from marketplace.directory.queries import world
from marketplace.directory.schemas import (
    CodeLabel,
    Hit,
    RankingView,
    RateView,
    SpokenView,
)
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.places import queries as places
from marketplace.profiles.rules.photos import file_name
from search import index_settings, ranking, rates, rating, schema, taxonomy
from search.index_settings import SHOWN_IN
from search.parameters import MANY
from search.query import canonical
from search.schema import ANSWERS_WITHIN, LEVELS

if TYPE_CHECKING:
    from marketplace.directory.queries.finding import Found
    from search.nearby import Near
    from search.query import SearchQuery
    from search.schema import AssistantDocument


def published(day: date) -> RankingView:
    """The order's rules, weights and the turns of a day, as anyone may read them."""
    return RankingView(
        version=ranking.VERSION,
        combination=ranking.COMBINATION,
        rules=[*ranking.RULES, *ranking.AMONG_EQUALS],
        weights=ranking.WEIGHTS,
        response=list(ranking.RESPONSE),
        response_unknown=ranking.RESPONSE_UNKNOWN,
        fields=sorted(ranking.RANKED_FIELDS),
        rating_formula=rating.FORMULA,
        rating_prior=rating.PRIOR_RATING,
        rating_prior_reviews=rating.PRIOR_REVIEWS,
        new_days=ranking.NEW_DAYS,
        draws=ranking.DRAWS,
        quota=ranking.QUOTA,
        places=list(ranking.TURNS),
        day=day,
        seed=ranking.seed_of(day),
    )


def understood(query: SearchQuery) -> dict[str, Any]:
    """The canonical parameters as one object; repeatable ones are lists."""
    pairs: dict[str, Any] = {}
    for name, value in canonical(query):
        if name in MANY:
            pairs.setdefault(name, []).append(value)
        else:
            pairs[name] = value
    return pairs


@lru_cache(maxsize=8192)
def place(country: str, region: str, city: str, locale: str) -> str:
    """Where someone is: "Toulouse, France", without a town "Bretagne, France".

    The country alone where town or region is called the same (Monaco, Luxembourg).
    """
    land = places.country_name(country, locale) if country else ""
    part = places.region(region)
    town = world.city_name(city, locale) if city else part.name(locale) if part else ""
    return ", ".join(dict.fromkeys(part for part in (town, land) if part))


def shown(document: AssistantDocument) -> tuple[str, ...]:
    """What answers say of somebody, as JSON of the shape schemas.Hit for each of SHOWN_IN.

    Without what depends on the search: distance, reasons, the rate in another currency.
    """
    return tuple(orjson.dumps(_shown(document, locale)).decode() for locale in SHOWN_IN)


def _shown(document: AssistantDocument, locale: str) -> dict[str, Any]:
    skills, tools = world.labels("skill", locale), world.labels("tool", locale)
    rate = document.rate_minor
    headline, its_language = told(document.headline_fr, document.headline_en, locale)
    text, language = told(document.bio_fr, document.bio_en, locale)
    return {
        **{name: getattr(document, name) for name in PLAIN},
        "url": f"/{locale}/assistants/{document.slug}",
        "headline": headline,
        "headline_language": its_language,
        "excerpt": schema.excerpt(text),
        "excerpt_language": language,
        "place": place(document.country, document.region, document.city, locale),
        "skills": [{"code": code, "label": skills[code]} for code in document.skills],
        "tools": [{"code": code, "label": tools[code]} for code in document.tools],
        "speaks": [
            {"code": one.code, "level": one.level, "label": world.language_name(one.code, locale)}
            for one in document.spoken
        ],
        "rate": None if rate is None else {"minor": rate, "currency": document.currency},
        "photo": f"/photos/{file_name(document.photo, 128)}" if document.photo else "",
        "available_from": date.fromordinal(on) if (on := document.available_on) else None,
        "published_on": datetime.fromtimestamp(at, UTC).date()
        if (at := document.published_at)
        else None,
    }


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


PLAIN = (
    "id slug name country region city jurisdiction legal_form tax_status charges_vat payable"
    " engagement hours_week time_zone rating reviews response_minutes verified verified_on"
).split()


def facts(raw: dict[str, Any], locale: str) -> dict[str, Any]:
    """What is shown of somebody found, read."""
    read: dict[str, Any] = orjson.loads(raw[index_settings.shown(locale)])
    return read


def holds(raw: dict[str, Any], code: str, locale: str) -> bool:
    """Whether somebody found has a skill or tool; quotes of a person's are escaped in there."""
    return f'{{"code":"{code}",' in raw[index_settings.shown(locale)]


def offered(near: Near, locale: str) -> list[dict[str, str]]:
    """The kindred skills that who follows has, of the shape schemas.CodeLabel, nearest first."""
    return [
        {"code": code, "label": taxonomy.label(code, locale)}
        for code in near.skills
        if any(holds(raw, code, locale) for raw in near.hits)
    ]


def hit(raw: dict[str, Any], locale: str, currency: str = "") -> Hit:
    """One person as shown in results; the rate also in the visitor's currency when it differs."""
    read = facts(raw, locale)
    rate = RateView(**read["rate"]) if read["rate"] else None
    return Hit(
        **{
            **read,
            "available_from": _day(read["available_from"]),
            "published_on": _day(read["published_on"]),
            "skills": [CodeLabel(**one) for one in read["skills"]],
            "tools": [CodeLabel(**one) for one in read["tools"]],
            "speaks": [SpokenView(**one) for one in read["speaks"]],
            "rate": rate,
        },
        rate_converted=converted(rate, currency),
        distance_km=raw.get("distance_km"),
        explain=raw.get("explain"),
    )


def converted(rate: RateView | None, currency: str) -> RateView | None:
    """A rate in another currency; None where it would be the same."""
    minor = in_currency(rate.minor, rate.currency, currency) if rate else None
    return None if minor is None else RateView(minor=minor, currency=currency)


def in_currency(minor: int, own: str, currency: str) -> int | None:
    """A rate in another currency, in its minor units; None where it would be the same."""
    if currency in {"", own} or not (rates.known(own) and rates.known(currency)):
        return None
    return rates.whole(rates.convert(minor, own, currency), currency)


def labelled(facet_name: str, code: str, locale: str) -> CodeLabel:
    """A code with its label."""
    return CodeLabel(code=code, label=world.label(facet_name, code, locale))


def spoken(token: str, locale: str) -> SpokenView:
    """A language from its "fr:C1" form."""
    code, _colon, level = token.partition(":")
    return SpokenView(code, level, world.language_name(code, locale))


def rate_bars(locale: str, currency: str) -> list[tuple[str, str]]:
    """(value, label) of the bars of hourly rates by today's table, the last one open.

    "1500-2000" are minor units of the currency, whole units of it as the rates of hits are.
    """
    steps = [n * schema.RATE_BIN_EUR * 100 for n in range(schema.RATE_BIN_LAST + 1)]
    ends = [rates.whole(rates.convert(one, "EUR", currency), currency) for one in steps]
    told = [jurisdictions.amount_text(one, currency, locale) for one in ends]
    rows = list(zip(ends, told, strict=True))
    bars = [(f"{low}-{high}", f"{a}–{b}") for (low, a), (high, b) in pairwise(rows)]
    return [*bars, (f"{ends[-1]}-", f"{told[-1]}+")]


_WRITTEN = {"true": "1", "false": "0"}

Row = tuple[str, int, bool]
"""A value of a facet, how many would be found with it, whether it is chosen."""


def tally(found: Found, name: str, most: int | None = None) -> list[Row]:
    """The first values of a facet: chosen ones first, even at zero, then the frequent."""
    counted = found.answer.facets.get(name, {})
    if name in {"charges_vat", "payable"}:
        counted = {_WRITTEN.get(value, value): n for value, n in counted.items()}
    if name == "payable":  # 0 asks for nothing
        counted = {value: n for value, n in counted.items() if value == "1"}
    chosen = selected(found.query, name)
    if name == "answers_within" and (counted or chosen):  # steps stay in their order
        steps = map(str, ANSWERS_WITHIN)
        return [(step, counted.get(step, 0), step in chosen) for step in steps]
    if not chosen and most is None:
        return [(value, n, False) for value, n in counted.items() if value]
    # The index counts in this order.
    rest = ((value, n, False) for value, n in counted.items() if value and value not in chosen)
    rows = [(value, counted.get(value, 0), True) for value in chosen]
    rows.sort(key=lambda row: -row[1])
    return [*rows, *islice(rest, None if most is None else max(0, most - len(rows)))]


def languages(found: Found, level: str) -> list[Row]:
    """The spoken languages at `level` or better, for a form that asks the level once.

    A language asked for at another level keeps it: its value is then "fr:C1" instead of "fr".
    """
    counted, end = found.answer.facets.get("speaks", {}), f":{level}"
    rows = [
        (one.code if one.level == level else token, counted.get(token, 0), True)
        for one, token in ((one, f"{one.code}:{one.level}") for one in found.query.speaks)
    ]
    rows.sort(key=lambda row: -row[1])
    chosen = {one.code for one in found.query.speaks}
    others = ((token[: -len(end)], n) for token, n in counted.items() if token.endswith(end))
    more = [(code, n, False) for code, n in others if code not in chosen]
    return [*rows, *sorted(more, key=lambda row: -row[1])]


def level_of(query: SearchQuery) -> str:
    """The level a form shows: the one asked for, B1 by default."""
    levels = [one.level for one in query.speaks]
    return min(levels, key=LEVELS.index) if levels else "B1"


def selected(query: SearchQuery, name: str) -> tuple[str, ...]:
    """The chosen values of a facet, as written in an address."""
    if not getattr(query, name, None) and name != "charges_vat":
        return ()
    return tuple(value for key, value in canonical(query) if key == name)
