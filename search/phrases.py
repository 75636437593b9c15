"""Owns the phrases that say a filter: prices, hours, languages, places; never applies one.

Each recogniser looks at folded text and yields what it is sure of. Sure means said with a cue
("moins de 30 €", "bilingue anglais", "à Lyon"): a bare word such as "anglais" may as well name the
work itself ("traduction anglais") and stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale

from search import rates
from search.language import fold

Said = tuple[str, str]
"""A parameter of the HTTP contract and its value."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the caller knows of places by name: town -> (slug, is it large), country, region."""

    town: Callable[[str], tuple[str, bool] | None]
    country: Callable[[str], str | None]
    region: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Found:
    """What was said from `start` to `end` of the folded text."""

    start: int
    end: int
    said: tuple[Said, ...]


# Prices -----------------------------------------------------------------------------------------

CURRENCIES: Final = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP",
    "pound": "GBP", "pounds": "GBP", "livre": "GBP", "livres": "GBP", "$": "USD", "usd": "USD",
    "dollar": "USD", "dollars": "USD", "chf": "CHF", "cad": "CAD", "mad": "MAD", "dh": "MAD",
    "dhs": "MAD", "dirham": "MAD", "dirhams": "MAD", "balles": "EUR", "quid": "GBP",
    "bucks": "USD", "piasses": "CAD", "piastres": "CAD",
}  # fmt: skip
_MONEY: Final = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_NUMBER: Final = r"\d{1,5}(?:[.,]\d{1,2})?(?![\d%])"
_HOURLY: Final = r"(?:\s*(?:/\s*|(?:de |par |per |an |a |l'|de l')\s*)(?:heures?|hours?|hr|h)\b)"
_NOT_HOURLY: Final = (
    r"(?!\s*(?:/|(?:par|per|a|an|la|le|the|each|chaque)\s)\s*"
    r"(?:mois|jour|month|day|week|semaine|page|mot|word|mission|projet|project|an|year|facture"
    r"|invoice|appel|call|post|article|piece|unite)\b)"
)


def _amount(name: str) -> str:
    return (
        rf"(?:(?P<{name}_before>{_MONEY})\s*)?(?P<{name}>{_NUMBER})"
        rf"(?:\s*(?P<{name}_after>{_MONEY})(?!\w))?"
    )


_TAIL: Final = rf"(?P<hour>{_HOURLY})?{_NOT_HOURLY}(?!\w)"
_MOST: Final = (
    r"(?:(?:a|pour)\s+)?(?:moins de|moins d'|maximum|maxi|max|jusqu'a|pas plus de|au plus|under"
    r"|below|less than|up to|at most|no more than|cheaper than|<=?|≤|budget(?: de| of)?)\s*:?\s*"
)
_LEAST: Final = (
    r"(?:a partir de|plus de|au moins|minimum|min|from|over|more than|at least|>=?|≥)\s*"
)
_BETWEEN: Final = re.compile(
    rf"(?<!\w)(?:entre|between|de|from)\s+{_amount('low')}\s*(?:et|and|a|to|-|–)\s*"
    rf"{_amount('high')}{_TAIL}"
)
_AT_MOST: Final = re.compile(rf"(?<!\w){_MOST}{_amount('high')}{_TAIL}")
_AT_LEAST: Final = re.compile(rf"(?<!\w){_LEAST}{_amount('low')}{_TAIL}")
_MOST_AFTER: Final = re.compile(
    rf"(?<![\w.,])(?:a\s+)?{_amount('high')}(?P<hour>{_HOURLY})?\s+"
    r"(?:maximum|maxi|max|or less|ou moins|at most)(?!\w)"
)
_EXACT: Final = re.compile(
    rf"(?<![\w.,])(?:(?:a|at|for|pour)\s+)?{_amount('high')}(?P<hour>{_HOURLY})(?!\w)"
)


HOURLY_MAX: Final = 200
"""Above this an amount is an hourly rate only if "an hour" is said; in euros and the like."""
_DEAR: Final = frozenset({"EUR", "GBP", "USD", "CHF", "CAD"})


def _highest(named: dict[str, str | None]) -> int:
    said = [amount for name in ("low", "high") if (amount := named.get(name))]
    return max(int(re.split("[.,]", amount)[0]) for amount in said)


def minor(amount: str, currency: str) -> int:
    """Minor units of an amount as typed: "27,50" EUR is 2750."""
    digits = 0 if currency in rates.ZERO_DECIMAL else 3 if currency in rates.THREE_DECIMAL else 2
    whole, _point, rest = amount.replace(",", ".").partition(".")
    return int(whole) * int(f"1{'0' * digits}") + int((rest + "000")[:digits] or 0)


def prices(text: str) -> Iterator[Found]:
    """Hourly rates: a bound with a currency, or with "an hour"."""
    for pattern in (_BETWEEN, _AT_MOST, _AT_LEAST, _MOST_AFTER, _EXACT):
        for match in pattern.finditer(text):
            named = match.groupdict()
            signs = [
                sign
                for one in ("low", "high")
                for side in ("before", "after")
                if (sign := named.get(f"{one}_{side}"))
            ]
            # "10 h a week" is no price: hours alone need a cue of their own and a currency.
            if not signs and (not named.get("hour") or pattern is _EXACT):
                continue
            currency = CURRENCIES[signs[0]] if signs else "EUR"
            if not named.get("hour") and currency in _DEAR and _highest(named) > HOURLY_MAX:
                continue  # "budget 500 €" is for a month or a job
            said: list[Said] = [
                (parameter, str(minor(named[one], currency)))
                for one, parameter in (("low", "rate_min"), ("high", "rate_max"))
                if named.get(one)
            ]
            if currency != "EUR":
                said.append(("currency", currency))
            yield Found(match.start(), match.end(), tuple(said))
            return  # one price is meant; a second one is text


# Hours ------------------------------------------------------------------------------------------

_A_WEEK: Final = re.compile(
    r"(?<!\w)(?P<hours>\d{1,3})\s*(?:h|heures?|hours?|hrs?)\s*"
    r"(?:/\s*|(?:par|per|a|la|each|every)\s+)(?:semaine|sem|week|wk)(?!\w)"
)
_DAY_CODES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES: Final = {
    name: _DAY_CODES[place % 7]
    for place, name in enumerate(
        "lundi mardi mercredi jeudi vendredi samedi dimanche"
        " monday tuesday wednesday thursday friday saturday sunday".split()
    )
}
_DAY: Final = rf"(?:{'|'.join(_DAY_NAMES)})"
_EVERY: Final = r"(?:(?:le|les|on|every|chaque)\s+)"


def _days(article: str = _EVERY) -> str:
    return (
        rf"(?:(?:(?:du|de|from)\s+)?(?P<first>{_DAY})s?\s*(?:au|a|to|through|-|–)\s*"
        rf"(?P<last>{_DAY})s?"
        rf"|{article}(?P<only>{_DAY})s?"
        r"|(?P<weekend>(?:(?:le|les|on|at|the|ce)\s+){0,2}week-?\s?ends?)"
        r"|(?P<weekdays>en semaine|(?:on\s+)?weekdays)"
        r"|(?P<daily>tous les jours|every day|7\s?j?/7))"
    )


_PARTS: Final = {
    "matin": ("09:00", "12:00"),
    "morning": ("09:00", "12:00"),
    "apres-midi": ("14:00", "18:00"),
    "apres midi": ("14:00", "18:00"),
    "afternoon": ("14:00", "18:00"),
    "soir": ("18:00", "21:00"),
    "evening": ("18:00", "21:00"),
    "nuit": ("22:00", "06:00"),
    "night": ("22:00", "06:00"),
}
_PART_NAME: Final = "matin|morning|apres[- ]midi|afternoon|soir|evening|nuit|night"
_PART: Final = (
    r"(?:(?:le\s+|les\s+|la\s+|l'|in the\s+|every\s+|at\s+)"
    rf"(?P<part>{_PART_NAME})s?"
    r"|(?P<plural>morning|afternoon|evening|night)s"
    r"|en\s+(?P<ee>matin|soir)ee)"
)
_TIME: Final = r"\d{1,2}(?:\s*(?:h|:)\s*(?:[0-5]\d)?)?\s*(?:am|pm|heures?)?"
_CLOCK: Final = (
    r"(?:(?:(?:de|from|entre|between)\s+)?"
    rf"(?P<open>{_TIME})\s*(?:a|to|et|and|-|–)\s*(?P<shut>{_TIME}))"
)
_ROUND: Final = r"(?P<round>24\s?h?\s?/\s?24(?:\s*(?:et|,)?\s*7\s?j?\s?/\s?7)?|24\s?/\s?7)"
_FREE: Final = r"(?P<free>(?:disponibles?|dispos?|available|libres?|joignables?)\s+)?"
_LONG_SENTENCE: Final = 10
"""In more words than this, "le soir" may tell of the writer's own day."""
_WHENS: Final = tuple(
    re.compile(rf"(?<!\w){_FREE}{body}(?!\w)")
    for body in (
        _ROUND,
        rf"{_days()}[\s,]+{_CLOCK}",
        rf"{_CLOCK}[\s,]+{_days()}",
        rf"{_PART}[\s,]+{_days()}",
        rf"{_days(_EVERY + '?')}[\s,]+(?:{_PART}|(?P<bare>{_PART_NAME})s?)",
        _CLOCK,
        _PART,
        _days(),
    )
)


_BARE_WHENS: Final = _WHENS[-2:]
"""A part of the day or days alone."""
_DEADLINE: Final = re.compile(r"(?<!\w)(?:before|by|until|since|avant|depuis|d'ici|jusqu'au?)\s*$")
_OFTEN: Final = re.compile(r"(?:every|chaque|tous les jours)(?!\w)")
"""How often something is to be done says when someone works only beside a time of day."""


def weekly_hours(text: str) -> Iterator[Found]:
    """So many hours a week."""
    for match in _A_WEEK.finditer(text):
        if 1 <= int(match["hours"]) <= 168:
            yield Found(match.start(), match.end(), (("available_hours", match["hours"]),))
            return


def windows(text: str, zone: str) -> Iterator[Found]:
    """Days and times of day, as hours to be covered in `zone`."""
    long = len(text.split()) > _LONG_SENTENCE
    for pattern in _WHENS:
        vague = long and pattern in _BARE_WHENS
        for match in pattern.finditer(text):
            named = match.groupdict()
            times = _times(named)
            bare = pattern in _BARE_WHENS and not named.get("free")
            if bare and (vague or (pattern is _WHENS[-1] and _OFTEN.match(match[0]))):
                continue
            if _DEADLINE.search(text, 0, match.start()):
                continue
            if times:
                value = f"{_day_range(named)}@{times[0]}-{times[1]}@{zone}"
                yield Found(match.start(), match.end(), (("covers", value),))


def _day_range(named: dict[str, str | None]) -> str:
    if first := named.get("first"):
        return f"{_DAY_NAMES[first]}-{_DAY_NAMES[named['last'] or first]}"
    if only := named.get("only"):
        return _DAY_NAMES[only]
    if named.get("weekend"):
        return "sat-sun"
    return "mon-sun" if named.get("daily") or named.get("round") else "mon-fri"


def _times(named: dict[str, str | None]) -> tuple[str, str] | None:
    if named.get("round"):
        return ("00:00", "24:00")
    if (start := named.get("open")) and (end := named.get("shut")):
        return _clock(start, end)
    for name in ("part", "plural", "ee", "bare"):
        if said := named.get(name):
            return _PARTS[said]
    return ("09:00", "18:00")


def _clock(start: str, end: str) -> tuple[str, str] | None:
    """Two times as said: "8h" "18h30", "9" "5pm". Two bare numbers are no times."""
    if not re.search(r"[h:m]", start + end):
        return None
    times = []
    for said in (start, end):
        numbers = re.findall(r"\d+", said)
        hour, minute = int(numbers[0]), int(numbers[1]) if len(numbers) > 1 else 0
        if "pm" in said and hour < 12:
            hour += 12
        if hour > 24 or (hour == 24 and minute):
            return None
        times.append(f"{hour:02d}:{minute:02d}")
    return None if times[0] == "24:00" else (times[0], times[1])


# Languages --------------------------------------------------------------------------------------

_CODES: Final = "fr en es de it pt nl ar pl ro ru tr zh ja uk el sv da".split()
_COLLOQUIAL: Final = {
    "neerlandaise": "nl", "flamand": "nl", "mandarin": "zh", "anglophone": "en",
    "francophone": "fr", "hispanophone": "es", "germanophone": "de", "italophone": "it",
    "lusophone": "pt", "arabophone": "ar", "neerlandophone": "nl", "russophone": "ru",
    "francaise": "fr", "anglaise": "en", "allemande": "de", "espagnole": "es",
    "italienne": "it", "portugaise": "pt", "flemish": "nl",
}  # fmt: skip


_WORKS_IN: Final = "IN"
"""The level of who works in a language ("service client en espagnol"): B2, unless it is wording."""
_INTO: Final = re.compile(
    r"tradu|translat|titr|subtitl|version|interpret|redig|redact|ecri|writ|text|contenu|content|site"
    r"|copy|article|blog|relire|relect|proof|correct|cours|lesson|learn|apprend"
)
"""Work on words, of which a language is the matter and not the manner."""


@cache
def _languages() -> dict[str, str]:
    names = {
        fold(Locale(locale).languages[code]): code for code in _CODES for locale in ("fr", "en")
    }
    return {**names, **{name: code for name, code in _COLLOQUIAL.items() if code}}


@cache
def _spoken() -> tuple[tuple[re.Pattern[str], str], ...]:
    """(pattern, level when none is said). `one` and the words after it are language names."""
    name = "|".join(sorted((n for n in _languages() if not n.endswith("phone")), key=len)[::-1])
    many = rf"(?P<names>(?:{name})(?:\s*(?:,|/|-|–|\bet\b|\band\b|&|\s)\s*(?:{name})(?!\w))*)"
    one = rf"(?P<names>{name})"
    level = r"(?P<level>[abc][12])"
    speaks = r"(?:qui\s+)?(?:parlant|parle|parlent|parler|maitrisant)\s+"
    said = (
        (rf"(?:bilingues?|trilingues?|bilingual|trilingual)\s+(?:en\s+|in\s+)?{many}", "C1"),
        (rf"{many}[\s-]+(?:bilingues?|bilingual)", "C1"),
        (rf"{one}\s+(?:niveau\s+|level\s+)?{level}", ""),
        (rf"{level}\s+(?:en\s+|in\s+)?{one}", ""),
        (rf"{one}\s+(?:courant|fluent)", "C1"),
        (rf"(?:fluent)\s+(?:in\s+)?{many}", "C1"),
        (rf"(?:langue maternelle|mother tongue|native)\s+{one}(?:[\s-]+speakers?)?", "C2"),
        (rf"{one}\s+(?:langue maternelle|mother tongue|natif|native)", "C2"),
        (rf"{speaks}(?:bien\s+|couramment\s+)?(?:l'|le\s+)?{many}", "B2"),
        (rf"(?:who\s+)?(?:speaks?|speaking)\s+{many}", "B2"),
        (rf"{one}[\s-]+(?:speaking|speakers?)", "B2"),
        (rf"notions?\s+(?:d'|de\s+){one}", "A2"),
        (rf"(?:en|in)\s+{one}", _WORKS_IN),
        (rf"(?P<names>{'|'.join(n for n in _languages() if n.endswith('phone'))})s?", "C1"),
    )  # fmt: skip
    return tuple((re.compile(rf"(?<!\w){body}(?!\w)"), default) for body, default in said)


def spoken(text: str) -> Iterator[Found]:
    """Languages someone should speak, each with a level: said, or what the phrase implies."""
    for pattern, default in _spoken():
        for match in pattern.finditer(text):
            level = (match.groupdict().get("level") or default).upper()
            if level == _WORKS_IN:
                if match[0] == text.strip() or _INTO.search(text):
                    continue
                level = "B2"
            names = [n for n in re.split(r"[^\w]+", match["names"]) if n in _languages()]
            said = dict.fromkeys(("speaks", f"{_languages()[one]}:{level}") for one in names)
            yield Found(match.start(), match.end(), tuple(said))


# Law and kind of contract -----------------------------------------------------------------------

_FIXED: Final = (
    (r"(?:sans tva|hors tva|no vat|without vat|non assujettie? a la tva)", ("charges_vat", "0")),
    (r"(?:au forfait|a forfait|flat[- ]fee|fixed[- ]price)", ("engagement", "flat_fee")),
    (r"(?:a l'heure|au temps passe|by the hour|hourly)", ("engagement", "hourly")),
    (r"(?:au projet|par projet|by project|per project)", ("engagement", "project")),
    (r"(?:identite verifiee|verified identity|id[- ]verified)", ("verified", "identity")),
)


def fixed(text: str) -> Iterator[Found]:
    """Set phrases that stand for one value."""
    for phrase, said in _FIXED:
        for match in re.finditer(rf"(?<!\w){phrase}(?!\w)", text):
            yield Found(match.start(), match.end(), (said,))


# Places -----------------------------------------------------------------------------------------

_AT: Final = re.compile(
    r"(?<!\w)(?:(?:basee?s?|situee?s?|located|based|localisee?s?)\s+)?"
    r"(?P<how>pres d[eu']|proche d[eu']|autour d[eu']|aux alentours d[eu']|a cote d[eu']|near"
    r"|around|close to|in the|in|from|sur|dans le|dans la|dans l'|dans|a la|aux|au|a|en)"
    r"(?:(?<=')|\s+)"
)
_NAME_WORDS: Final = 4
_WORD: Final = re.compile(r"[\w'’.-]*\w")
_UNCERTAIN: Final = frozenset("nice bath reading tours mobile orange split sale best".split())


def places(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Towns, regions and countries after a preposition. `typed(start, end)`: the words as typed."""
    for match in _AT.finditer(text):
        how = match["how"]
        words = [word for word in _WORD.finditer(text, match.end()) if word.start() >= match.end()][
            :_NAME_WORDS
        ]
        for count in range(len(words), 0, -1):
            start, end = match.end(), words[count - 1].end()
            said = _place(how, text[start:end], typed(start, end), known)
            if said:
                # "à la" belongs to the name "La Rochelle"; the cue is given back with it.
                yield Found(match.start(), end, (said,))
                break


def _place(how: str, name: str, as_typed: str, known: Vocabulary) -> Said | None:
    article = {"au": "le ", "aux": "les ", "a la": "la "}.get(how, "")
    if name in _UNCERTAIN and not as_typed[:1].isupper():
        return None
    town = None if how == "en" else known.town(article + name)
    country = known.country(name)
    # "in France" and "au Maroc" are countries, though a town may have the name too.
    if country and (how in {"en", "au", "aux", "in", "in the", "from"} or not town):
        return ("country", country)
    region = known.region(name)
    if region and (how in {"en", "au", "dans", "dans le", "dans la", "dans l'"} or not town):
        return ("region", region)
    if not town:
        return None
    slug, large = town
    certain = large or as_typed[:1].isupper() or how.startswith(("pres", "proche", "near", "close"))
    return ("near", slug) if certain else None


def towns(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Large towns at the beginning or end of a text, with no word that says "in"."""
    words = list(_WORD.finditer(text))
    for count in range(min(_NAME_WORDS, len(words) - 1), 0, -1):
        for some in (words[-count:], words[:count]):
            start, end = some[0].start(), some[-1].end()
            name = text[start:end]
            town = known.town(name)
            if town and town[1] and (name not in _UNCERTAIN or typed(start, end)[:1].isupper()):
                yield Found(start, end, (("near", town[0]),))
