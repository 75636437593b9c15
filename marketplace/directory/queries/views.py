"""Owns what is shown of an answer in a language: hits, counts, the query; never finds any."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from marketplace.core.i18n import _, format_money, gettext
from marketplace.directory.queries import world
from marketplace.directory.schemas import (
    CodeLabel,
    FacetValue,
    Hit,
    RankingView,
    RateView,
    RotationView,
    SearchAnswer,
    SpokenView,
    Turn,
    UnderstoodPiece,
)
from marketplace.places import queries as places
from marketplace.profiles.rules.photos import file_name
from payments.money import Money
from search import notes, ranking, rates, schema
from search.query import canonical
from search.schema import LEVELS

if TYPE_CHECKING:
    from datetime import date

    from marketplace.directory.queries.finding import Found
    from search.query import SearchQuery

MANY = frozenset(
    "skill tool speaks country region city jurisdiction tax_status can_contract_with engagement"
    " covers verified said".split()
)


def answer(found: Found, locale: str) -> SearchAnswer:
    """The whole answer as the API gives it."""
    capped = found.answer.capped
    return SearchAnswer(
        query=understood(found.query),
        understood=[
            UnderstoodPiece(parameter=name, value=value, words=words)
            for name, value, words in map(notes.parts, found.query.said)
            if name != notes.AS_TEXT
        ],
        total=found.answer.total,
        page=found.answer.page,
        pages=found.answer.pages,
        took_ms=found.answer.took_ms,
        plain=found.plain,
        left_out=list(found.left_out),
        hint=gettext(_("There are more: please narrow the search."), locale) if capped else None,
        hits=[hit(raw, locale, found.query.currency) for raw in found.answer.hits],
        rotation=_rotation(found, locale),
        facets={
            name: rate_bars(found, locale) if name == "rate" else facet(found, name, locale)
            for name in found.answer.facets
        },
    )


def _rotation(found: Found, locale: str) -> RotationView | None:
    drawn = found.answer.rotation
    if drawn is None:
        return None
    turns = zip(ranking.TURNS, found.answer.turns, strict=False)
    return RotationView(
        day=drawn.day,
        seed=drawn.seed,
        quota=ranking.QUOTA,
        candidates=list(drawn.candidates),
        turns=[Turn(place=place, hit=hit(raw, locale)) for place, raw in turns],
    )


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


def either(raw: dict[str, Any], name: str, locale: str) -> str:
    """A text in the locale, else in the other language."""
    other = "en" if locale == "fr" else "fr"
    return str(raw.get(f"{name}_{locale}") or raw.get(f"{name}_{other}") or "")


@lru_cache(maxsize=8192)
def place(country: str, city: str, locale: str) -> str:
    """Where someone is, "Toulouse, France", or the country alone (Monaco, Luxembourg)."""
    land = places.country_name(country, locale) if country else ""
    town = world.city_name(city, locale) if city else ""
    return ", ".join(dict.fromkeys(part for part in (town, land) if part))


def hit(raw: dict[str, Any], locale: str, currency: str = "") -> Hit:
    """One person as shown in results; the rate also in the visitor's currency when it differs."""
    rate = raw["rate_minor"]
    skills, tools = world.labels("skill", locale), world.labels("tool", locale)
    return Hit(
        **{name: raw[name] for name in _PLAIN},
        verified_on=raw.get("verified_on") or [],
        url=f"/{locale}/assistants/{raw['slug']}",
        headline=either(raw, "headline", locale),
        excerpt=either(raw, "excerpt", locale),
        place=place(raw["country"], raw["city"], locale),
        skills=[CodeLabel(code, skills[code]) for code in raw["skills"]],
        tools=[CodeLabel(code, tools[code]) for code in raw["tools"]],
        speaks=[spoken(token, locale) for token in raw["spoken"]],
        rate=RateView(minor=rate, currency=raw["currency"]) if rate is not None else None,
        rate_converted=_converted(raw, currency),
        photo=f"/photos/{file_name(raw['photo'], 128)}" if raw.get("photo") else "",
        distance_km=raw.get("distance_km"),
        explain=raw.get("explain"),
    )


def _converted(raw: dict[str, Any], currency: str) -> RateView | None:
    minor, own = raw["rate_minor"], raw["currency"]
    if minor is None or currency in {"", own} or not (rates.known(own) and rates.known(currency)):
        return None
    whole = rates.whole(rates.convert(minor, own, currency), currency)
    return RateView(minor=whole, currency=currency)


_PLAIN = (
    "id slug name country region city jurisdiction tax_status charges_vat payable engagement"
    " hours_week time_zone rating reviews response_minutes verified"
).split()


def labelled(facet_name: str, code: str, locale: str) -> CodeLabel:
    """A code with its label."""
    return CodeLabel(code=code, label=world.label(facet_name, code, locale))


def spoken(token: str, locale: str) -> SpokenView:
    """A language from its "fr:C1" form."""
    code, _colon, level = token.partition(":")
    return SpokenView(code, level, world.language_name(code, locale))


def rate_bars(found: Found, locale: str) -> list[FacetValue]:
    """The histogram of hourly rates; a value is "1500-2000" in euro cents, the last open-ended."""
    counted, step = found.answer.facets.get("rate", {}), schema.RATE_BIN_EUR * 100
    bars = []
    for n in range(schema.RATE_BIN_LAST + 1):
        low, high = n * step, (n + 1) * step if n < schema.RATE_BIN_LAST else None
        ends = [
            format_money(Money(one, "EUR"), locale, cents=False)
            for one in (low, high)
            if one is not None
        ]
        label = "–".join(ends) if high else f"{ends[0]}+"
        value = f"{low}-{high or ''}"
        count = counted.get(str(n), 0)
        bars.append(FacetValue(value=value, label=label, count=count, selected=False))
    return bars


def facet(found: Found, name: str, locale: str) -> list[FacetValue]:
    """The values of a facet, chosen ones first (even at zero), then the most frequent."""
    counted = found.answer.facets.get(name, {})
    if name in {"charges_vat", "payable"}:
        counted = {{"true": "1", "false": "0"}.get(k, k): n for k, n in counted.items()}
    chosen = selected(found.query, name)
    labels = world.labels(name, locale)
    if not chosen:  # the index counts in this order
        return [FacetValue(v, labels[v], n, False) for v, n in counted.items() if v]
    rows = [FacetValue(v, labels[v], n, v in chosen) for v, n in counted.items() if v]
    rows += [FacetValue(v, labels[v], 0, True) for v in chosen if v not in counted]
    rows.sort(key=_in_order)
    return rows


def languages(found: Found, level: str, locale: str) -> list[FacetValue]:
    """The spoken languages at `level` or better, for a form that asks the level once.

    A language asked for at another level keeps it: its value is then "fr:C1" instead of "fr".
    """
    counted = found.answer.facets.get("speaks", {})
    rows = [
        FacetValue(
            value=one.code if one.level == level else f"{one.code}:{one.level}",
            label=world.language_name(one.code, locale)
            + ("" if one.level == level else f" {one.level}"),
            count=counted.get(f"{one.code}:{one.level}", 0),
            selected=True,
        )
        for one in found.query.speaks
    ]
    chosen = {one.code for one in found.query.speaks}
    for token, n in counted.items():
        code, _colon, at = token.partition(":")
        if at == level and code not in chosen:
            name = world.language_name(code, locale)
            rows.append(FacetValue(value=code, label=name, count=n, selected=False))
    return sorted(rows, key=_in_order)


def _in_order(row: FacetValue) -> tuple[bool, int]:
    """Chosen values first, then the most frequent."""
    return (not row.selected, -row.count)


def level_of(query: SearchQuery) -> str:
    """The level a form shows: the one asked for, B1 by default."""
    levels = [one.level for one in query.speaks]
    return min(levels, key=LEVELS.index) if levels else "B1"


def selected(query: SearchQuery, name: str) -> set[str]:
    """The chosen values of a facet, as written in an address."""
    if not getattr(query, name, None) and name != "charges_vat":
        return set()
    return {value for key, value in canonical(query) if key == name}
