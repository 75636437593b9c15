"""Owns what says an hourly rate; never a window of hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search import rates
from search.phrases import amounts, currencies, numbers
from search.phrases.amounts import DIGITS, SOME_NUMBER, TAX
from search.phrases.base import Found, Said
from search.phrases.someone import SOMEONE

_HOUR: Final = r"(?:heures?|hours?|hrs?|h)\b"
_HOURLY: Final = (
    rf"(?:\s*(?:/\s*|(?:de |par |per |an |a |l'|de l')\s*){_HOUR}|\s*p/?h\b"
    r"|\s+horaire\b|\s+(?=hourly\b))"
)
_UNIT: Final = (
    r"(?:minute|seconde?|demi|jour|day|nuit|night|semaine|week|mois|month|trimestre|quarter|an\b"
    r"|annee|year|seance|session|page|feuillet|mot|word|ligne|line|mission|projet|project|facture"
    r"|invoice|appel|call|contact|lead|rendez|rdv|visit|post|article|piece|item|unit|mail|email"
    r"|ticket|dossier|fiche)"
)
_NOT_HOURLY: Final = (
    rf"(?!{TAX}\s*(?:(?:/|(?:par|per|each|chaque) )(?!{_HOUR})[a-z]"
    rf"|(?:/ |(?:a|an|la|le|the|du|de la) |(?:de )?l'){_UNIT}|(?:piece|each)\b))"
)
"""Something else than an hour is paid so."""


_TAIL: Final = rf"{TAX}(?P<hour>{_HOURLY})?{TAX}{_NOT_HOURLY}(?!\w)"
_PRICE: Final = (
    r"(?:(?:pour |a |at |avec |with )?(?:un |une |a )?(?:tarif|taux|remuneration|(?:hourly )?rate)"
    r"(?: horaire)?)"
)
MOST: Final = (
    r"(?:(?:a|pour)\s+)?(?:moins de|moins d'|maximum|maxi|max|jusqu'a|pas plus de|pas plus d'"
    r"|au plus|en dessous de|plafond(?: de| a)?|under|below|less than|up to|at most|no more than"
    r"|pas plus chere?s? que|moins chere?s? que|not more than|not over|capped at|cheaper than"
    r"|<=?|≤|-\s?de"
    r"|budget(?: de| d'| of)?(?: max\w*)?)\s*:?\s*"
)
_LEAST: Final = (
    r"(?:a partir de|plus de|plus d'|au moins|minimum|min|from|over|more than|at least"
    r"|depasser(?: les)?|exceder|exceed|above|au[- ]dessus de|au[- ]dela de|>=?|≥|\+\s?de)\s*"
)
_REFUSED: Final = re.compile(
    r"(?:(?<!\w)(?:pas|jamais|sans|not|never|no|cannot|cant|wont|dont|without)|(?<!\w)\w+n't)"
    r"(?:\s+[\w']+){0,4}\s*$"
)
"""Who will not go over an amount names the most, not the least: "on peut pas mettre plus de"."""
_PASSING: Final = re.compile(r"(?:depasser(?: les)?|exceder|exceed)\s*$")
_NO_LESS: Final = re.compile(r"(?<!\w)(?:pas|jamais|not|never|no)\s+$")
_LESS: Final = re.compile(r"(?:a )?(?:moins|less|under|below|en dessous)")
_BETWEEN: Final = re.compile(
    rf"(?<!\w)(?:entre|between|de|from)\s+{amounts.pattern('low')}\s*(?:et|and|a|to|-|–)\s*"
    rf"{amounts.pattern('high')}{_TAIL}"
)
_UP_TO: Final = rf"{amounts.pattern('high')}{TAX}{_HOURLY}?"
_DOWN_TO: Final = rf"{amounts.pattern('low')}{TAX}{_HOURLY}?"
_BOTH: Final = tuple(
    re.compile(rf"(?<!\w){first}[\s,]+(?:(?:mais|et|but|and)\s+){then}{_TAIL}")
    for first, then in (
        (f"{MOST}{_UP_TO}", f"{_LEAST}{amounts.pattern('low')}"),
        (f"{_LEAST}{_DOWN_TO}", f"{MOST}{amounts.pattern('high')}"),
    )
)
_AT_MOST: Final = re.compile(
    rf"(?<!\w)(?P<rated>{_PRICE}(?:\s+(?:de|d'|of))?\s*:?\s+)?{MOST}{amounts.pattern('high')}{_TAIL}"
)
_AT_LEAST: Final = re.compile(rf"(?<!\w){_LEAST}{amounts.pattern('low')}{_TAIL}")
_AFTER: Final = (
    r"\s+(?:(?:grand )?(?:maximum|maxi|max)|or less|ou moins|at most|tops|(?:et )?pas plus)(?!\w)"
)
_ALONE: Final = rf"(?<![\w.,{currencies.MARKS}])"
"""No part of a longer number, and no amount whose sign we do not know."""
_MOST_AFTER: Final = re.compile(
    rf"{_ALONE}(?:a\s+)?{amounts.pattern('high')}{TAX}(?P<hour>{_HOURLY})?{TAX}{_AFTER}{_NOT_HOURLY}"
)
_NO_MORE_OF: Final = rf"(?!\s+(?:de|d'|than|of)(?!\w)|\s*:?\s*(?:\d|{numbers.WORDS}(?!\w)))"
"""What is the least of something else: "25 €/h minimum 20 h par semaine"."""
_OR_MORE: Final = (
    r"(?:[\s(]+(?:(?:grand |au |a )?(?:minimum|mini|min)|(?:at least|au moins)(?=\s*(?:$|[,.;)])))"
    rf"(?!\w){_NO_MORE_OF}\)?|,?\s+(?:(?:ou|et) (?:plus|davantage)|or (?:more|above|over|up)"
    rf"|and (?:up(?:wards?)?|above|over|more)|et au[- ]dela)(?!\w){_NO_MORE_OF}"
    r"|\s*(?:\+|plus)(?=\s*(?:$|[,.;)])))"
)
_LEAST_AFTER: Final = re.compile(
    rf"{_ALONE}(?:(?:a|at|for|pour)\s+)?{amounts.pattern('low')}{TAX}"
    rf"(?P<plus>\s*\+(?={_HOURLY}))?(?P<hour>{_HOURLY})?{TAX}(?(plus)|{_OR_MORE})"
)
_RANGE: Final = re.compile(
    rf"{_ALONE}{amounts.pattern('low', DIGITS)}\s*(?:a|to|-|–)\s*{amounts.pattern('high', DIGITS)}"
    rf"{TAX}(?P<hour>{_HOURLY}){TAX}(?!\w)(?P<on>{_OR_MORE})?"
)
"""In figures: "trente-cinq" is one number."""
_EXACT: Final = re.compile(
    rf"{_ALONE}(?:(?:a|at|for|pour)\s+)?{amounts.pattern('high')}{TAX}(?P<hour>{_HOURLY}){TAX}(?!\w)"
)
_SAID: Final = (_BETWEEN, *_BOTH, _AT_MOST, _AT_LEAST, _RANGE, _LEAST_AFTER, _MOST_AFTER, _EXACT)
_THINGS: Final = (
    r"(?:factures?|impayes?|creances?|invoices?|unpaid|bills?|debts?|orders?|commandes?|payments?"
    r"|paiements?|achats?|ventes?|sales?|dons?|donations?|paniers?|carts?|remboursements?|refunds?"
    r"|depenses?|expenses?|produits?|products?|cadeaux?|gifts?|loyers?|rents?|transactions?|devis"
    r"|quotes?)(?!\w)"
)
OF_THINGS: Final = re.compile(rf"(?:(?<!\w)(?:de|of|worth)\s*|(?<!\w)d'|(?<!\w){_THINGS}\s+)$")
"""Before an amount that is of what is worked on: "les impayés de plus de 100 €"."""

HOURLY_MAX: Final = 200
"""Above this an amount is an hourly rate only if "an hour" is said; in euros and the like."""
LEAST_RATE: Final = 8
"""Below this, so many "an hour" are of something else; without a currency."""
_AN_HOUR: Final = re.compile(r"de l'h|an h|p[ae]r h|/\s*h")
_DEAR: Final = frozenset({"EUR", "GBP", "USD", "CHF", "CAD"})


_SOMEONE: Final = re.compile(rf"(?<!\w){SOMEONE}(?!\w)")
"""Who is paid by the hour where nothing more is said: "standardiste 20 €", "comptable max 30"."""
_END: Final = (
    rf"{_NOT_HOURLY}(?!{_OR_MORE})"
    r"(?=\s*(?:$|[,.;)]|(?:et|and|pour|for|in|en|a|dispo\w*|available)\s))"
)
_OPEN: Final = rf"{_NOT_HOURLY}(?!\w|{_OR_MORE})(?!\s*(?:de|d'|of)(?!\w))"
_LOW: Final = rf"(?:{amounts.pattern('low', DIGITS)}\s*(?:a|to|-|–)\s*)?"
_HIGH: Final = amounts.pattern("high", DIGITS)
_BARE: Final = tuple(
    re.compile(body)
    for body in (
        rf"(?<!\w)(?:{_PRICE}\s*:?\s+)?{MOST}(?P<high>{DIGITS})(?P<cue>){_END}",
        rf"(?<!\w){_PRICE}\s*:?\s+{_HIGH}(?P<cue>){TAX}{_END}",
        rf"{_ALONE}(?P<high>{DIGITS}){_AFTER}(?P<cue>){_END}",
        rf"{_ALONE}(?:(?P<at>a|at|for|pour)\s+)?{_LOW}{_HIGH}{TAX}{_OPEN}",
    )
)
_NOT_PAID: Final = re.compile(rf"(?<!\w){_THINGS}|(?<!\w)(?:{MOST}|{_LEAST})$|{OF_THINGS.pattern}")
_ROUGHLY: Final = re.compile(r"\s*(?:(?:environ|vers|autour de|about|around|roughly)\s+)?")
_E: Final = "e"
"""For "€" as some type it; where nothing else says a price, "Paris 15e" is a part of a town."""
_BOOKS: Final = frozenset({"livre", "livres"})
"""Pounds in French, and more often books."""
_BESIDE_MAX: Final = 4
"""So many words at most between someone and what they are paid."""


_BOUNDS: Final = {"low": "rate_min", "high": "rate_max"}


def _digits(amount: str) -> str:
    return re.sub("[ ']", "", numbers.value(amount))


def _highest(named: dict[str, str | None]) -> int:
    said = [amount for name in ("low", "high") if (amount := named.get(name))]
    return max(int(re.split("[.,]", _digits(amount))[0]) for amount in said)


def minor(amount: str, currency: str) -> int:
    """Minor units of an amount as typed: "27,50" EUR is 2750, and "trente" is 3000."""
    digits = rates.decimals(currency)
    whole, _point, rest = _digits(amount).replace(",", ".").partition(".")
    return int(whole) * int(f"1{'0' * digits}") + int((rest + "000")[:digits] or 0)


def _signs(named: dict[str, str | None]) -> list[str]:
    sides = (named.get(f"{one}_{side}") for one in ("low", "high") for side in ("before", "after"))
    return [sign for sign in sides if sign]


def _is_rate(pattern: re.Pattern[str], named: dict[str, str | None]) -> bool:
    """Whether an amount without a currency is a price: "10 h a week" is none, "20 an hour" is."""
    if named.get("rated"):
        return LEAST_RATE <= _highest(named) <= HOURLY_MAX
    if not named.get("hour"):
        return False
    if pattern not in {_RANGE, _LEAST_AFTER, _EXACT}:
        return True
    return (
        bool(_AN_HOUR.search(named["hour"] or "")) and LEAST_RATE <= _highest(named) <= HOURLY_MAX
    )


def _turned(
    pattern: re.Pattern[str], match: re.Match[str], text: str
) -> tuple[int, dict[str, str | None]]:
    """Where a bound begins and what it names: refused, the least is the most, and the other way."""
    named, start = match.groupdict(), match.start()
    near = max(0, start - 60)
    if pattern is _AT_LEAST:
        if refused := _REFUSED.search(text, near, start):
            return refused.start(), {
                one.replace("low", "high"): said for one, said in named.items()
            }
        if _PASSING.search(text, 0, match.start("low")):
            return start, {}  # "dépasser 30 €" says nothing of its own
    elif pattern is _AT_MOST and _LESS.match(match[0]):
        if refused := _NO_LESS.search(text, near, start):
            return refused.start(), {
                one.replace("high", "low"): said for one, said in named.items()
            }
    elif named.get("on"):
        return start, {**named, "high": None}  # "20 à 25 €/h ou plus"
    return start, named


def prices(text: str, zone: str) -> Iterator[Found]:
    """Hourly rates: said so, or the most that someone pays. Never what the work is about.

    A "$" is that of the visitor's `zone`.
    """
    if not SOME_NUMBER.search(text):
        return
    for pattern in _SAID:
        for match in pattern.finditer(text):
            start, named = _turned(pattern, match, text)
            if not _signs(named) and not _is_rate(pattern, named):
                continue  # "10 h a week" is no price: hours alone need a cue and a currency
            whole = match[0].strip() == text.strip(" .!?")
            of_things = not (named.get("high") or whole) or OF_THINGS.search(text, 0, match.start())
            if of_things and not named.get("hour"):
                continue  # "les impayés de plus de 100 €"
            if found := _found(start, match.end(), named, text, zone):
                yield found
                return  # one price is meant; a second one is text
    yield from _bare(text, zone)


def _bare(text: str, zone: str) -> Iterator[Found]:
    """The amount beside someone of whom nothing else is said: "standardiste 20 €", "max 30"."""
    for pattern in _BARE:
        for match in pattern.finditer(text):
            named = match.groupdict()
            cued = named.get("cue") is not None
            plausible = LEAST_RATE <= _highest(named) <= HOURLY_MAX
            signs = [sign for sign in _signs(named) if sign != _E]
            if not plausible or not (cued or signs) or not _paid(text, match, cued=cued):
                continue
            if found := _found(match.start(), match.end(), named, text, zone):
                yield found
                return


def _paid(text: str, match: re.Match[str], *, cued: bool) -> bool:
    """Whether an amount is what someone named beside it is paid."""
    before, after = text[: match.start()], text[match.end() :]
    if not cued and _ROUGHLY.fullmatch(before) and not after.strip(" .!?"):
        return True  # nothing else is said
    if not before.strip():
        return _SOMEONE.match(after.lstrip(" ,")) is not None
    who = [one.end() for one in _SOMEONE.finditer(before)]
    if cued or not who:
        return bool(who)
    between = before[who[-1] :].split()
    return not _NOT_PAID.search(before) and len(between) <= (0 if match["at"] else _BESIDE_MAX)


def _found(
    start: int, end: int, named: dict[str, str | None], text: str, zone: str
) -> Found | None:
    """The filters of an amount; None where it is no rate we can compare."""
    signs = _signs(named)
    currency = currencies.code(signs, text, zone, many=_highest(named) > HOURLY_MAX)
    if not currency:
        return None
    if _BOOKS.issuperset(signs) and signs and not named.get("hour"):
        if currencies.home(zone) != currency:
            return None
    if not named.get("hour") and currency in _DEAR and _highest(named) > HOURLY_MAX:
        return None  # "budget 500 €" is for a month or a job
    bounds = {one: minor(amount, currency) for one in ("low", "high") if (amount := named.get(one))}
    if len(bounds) > 1:
        bounds = dict(zip(("low", "high"), sorted(bounds.values()), strict=True))  # "30 à 20 €"
    said: list[Said] = [(_BOUNDS[one], str(amount)) for one, amount in bounds.items()]
    if currency != "EUR":
        said.append(("currency", currency))
    return Found(start, end, tuple(said))
