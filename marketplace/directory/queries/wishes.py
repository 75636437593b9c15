"""Owns how a wish of a search is said in a few words: on chips, over who misses one; never asks."""

from __future__ import annotations

from typing import Final

from marketplace.core.i18n import _, gettext, ngettext
from marketplace.directory.queries import world
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.places import queries as places
from search import notes
from search.notes import Why
from search.parameters import UNION
from search.phrases import with_tax
from search.query import SearchQuery, dropped

WORDS_MAX: Final = 60
"""Letters of a longer text that a chip shows; the search field has it whole."""
BOUNDS: Final = ("rate_min", "rate_max")
DAYS: Final = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


NOT_APPLIED: Final = {
    Why.REFUSED: _(
        "Not applied: %(words)s. Filters say what is wanted, such as a town, days or a rate."
    ),
    Why.RATE: _("Not applied: %(words)s. Rates are compared by the hour and without tax."),
    Why.TIME: _(
        "Not applied: %(words)s. You can search by days of the week and hours a week;"
        " say the rest in your request."
    ),
    Why.YEARS: _("Not applied: %(words)s. Years of practice go with one skill: say which one."),
    Why.CLIENT: _("Not applied: %(words)s. Say the client's country as well: a company in France."),
    Why.PLACE: _("We do not know this place: %(words)s. Try a larger town nearby."),
    Why.TOWNS: _("A search goes around one place only: choose between %(words)s."),
    Why.EITHER: _(
        "Not applied: %(words)s. People found speak every language you name: choose one."
    ),
    Why.SEX: _("Not applied: %(words)s. Nobody is chosen here for being a man or a woman."),
    Why.WORK: _(
        "Not searched for: %(words)s. Those found may offer it as well; say it in your request."
    ),
}
WITH_TAX: Final = _(
    "%(words)s: rates are compared without tax. From those who charge VAT the price is higher."
)
BY_HALVES: Final = _("%(words)s: hours are compared by the half-hour. Quarters are on the profile.")


def not_applied(query: SearchQuery, locale: str) -> list[str]:
    """What to say of the words that no filter says, of a rate with its tax, of quarter-hours."""
    found = notes.reasons(query.said)
    told = [(NOT_APPLIED[why], found[why]) for why in Why if why in found]
    rates = {words: None for name, _v, words in map(notes.parts, query.said) if name in BOUNDS}
    taxed = [words for words in rates if with_tax(words)]
    quarters = [label(query, "covers", str(one), locale) for one in query.covers if one.by_quarters]
    return [
        gettext(text, locale, words=", ".join(label(query, "q", one, locale) for one in words))
        for text, words in [*told, *([(WITH_TAX, taxed)] if taxed else [])]
    ] + [gettext(BY_HALVES, locale, words=one) for one in quarters]


def label(query: SearchQuery, name: str, value: str, locale: str) -> str:
    """A wish as people read it."""
    match name:
        case "q":
            short = value if len(value) <= WORDS_MAX else f"{value[:WORDS_MAX].rsplit(' ', 1)[0]}…"
            return f"« {short} »" if locale == "fr" else f"“{short}”"
        case _ if name in BOUNDS:
            return _bound(query, name, value, locale)
        case "near":
            town = places.after("de", world.town_title(value, locale), locale)
            text = _("%(km)s km around %(town)s")
            return gettext(text, locale, km=query.within_km, town=town)
        case "covers":
            return _window_label(value, locale)
        case "available_hours":
            return gettext(_("%(hours)s h a week or more"), locale, hours=value)
        case "years" | "available" | "jurisdiction" | "can_contract_with":
            return _terms_label(name, value, locale)
    return world.label(name, value, locale)


def told(query: SearchQuery, locale: str) -> list[tuple[str, str, str]]:
    """(name, value, label) of every wish; both bounds of a rate are one, under the lower."""
    return [
        (
            name,
            value,
            price(query, locale) if name == "rate_min" else label(query, name, value, locale),
        )
        for name, value in query.filters
        if name != "rate_max" or query.rate_min is None
    ]


def besides(query: SearchQuery) -> bool:
    """Whether anything is asked for beside the work."""
    return bool({name for name, _value in query.filters} - {"q", "skill", "years"})


def kindred(query: SearchQuery, locale: str) -> str:
    """What those share who follow with other skills than those asked for."""
    met = _("Related skills, all your other filters met")
    return gettext(met if besides(query) else _("Related skills"), locale)


def _terms_label(name: str, value: str, locale: str) -> str:
    if name == "available":
        return gettext(_("Available within a week"), locale)
    if name == "years":
        one, many = "%(num)s year of practice or more", "%(num)s years of practice or more"
        return ngettext(one, many, int(value), locale)
    if name == "jurisdiction":  # beside "France" where somebody lives
        text, place = _("Law and tax of: %(place)s"), world.label(name, value, locale)
        return gettext(text, locale, place=place)
    country, _colon, kind = value.partition(":")
    text = (
        _("Can contract with a private person: %(country)s")
        if kind == "consumer"
        else _("Can contract with: %(country)s")
    )
    return gettext(text, locale, country=client_country(country, locale))


def _bound(query: SearchQuery, name: str, value: str, locale: str) -> str:
    """What would be let go with one bound of the rate: the other one, too, if said with it."""
    left = dropped(query, name, value)
    low = query.rate_min if left.rate_min is None else None
    high = query.rate_max if left.rate_max is None else None
    return price(query.changed(rate_min=low, rate_max=high), locale)


def price(query: SearchQuery, locale: str) -> str:
    """Both bounds of the rate in one, as far as given."""
    low, high = (
        jurisdictions.amount_text(one, query.money, locale) if one is not None else ""
        for one in (query.rate_min, query.rate_max)
    )
    if low and high:
        return gettext(_("%(low)s to %(high)s an hour"), locale, low=low, high=high)
    if low:
        return gettext(_("From %(price)s an hour"), locale, price=low)
    return gettext(_("Up to %(price)s an hour"), locale, price=high)


def _window_label(value: str, locale: str) -> str:
    days, hours, where = value.split("@")
    names = [gettext(DAYS[_index(day)], locale) for day in days.split("-")]
    town = where.rpartition("/")[2].replace("_", " ")
    start, _dash, end = hours.partition("-")
    told = f"{start}–{end}"
    if end <= start:  # "22:00–06:00" ends in another day than the one named
        told = gettext(_("%(hours)s the next morning"), locale, hours=told)
    return f"{'–'.join(names)} {told} ({town})"


def _index(day: str) -> int:
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day)


def client_country(code: str, locale: str) -> str:
    """A client's country in words; the Union is one."""
    union = gettext(_("the whole European Union"), locale)
    return union if code == UNION else str(world.label("country", code, locale))
