"""Owns how the filter form speaks: its own fields become the parameters of the contract.

A form asks for euros, a town's name, a level for all languages at once and two clock times; an
address holds minor units, a slug, `fr:C1` and a window. Nothing is found here.
"""

from __future__ import annotations

import re
from typing import Final

from marketplace.core.i18n import LOCALES, _
from marketplace.directory.queries import placenames, world
from search import rates
from search.parameters import TEXT_MAX
from search.query import WITH_PLACE, WITH_SKILL, Problem
from search.schema import LEVELS

Pairs = list[tuple[str, str]]

BEFORE: Final = "q_before"
"""The field with the sentence that stood in the search field when the form was drawn,"""
LEFT: Final = "q_left"
"""and the one with its text, which is left of it beside filters."""
FIELDS: Final = frozenset(
    "q_before q_left speak level rate_from rate_to place"
    " cover_days cover_from cover_to cover_zone".split()
)
IGNORED: Final = re.compile(r"utm_\w+|fbclid|gclid|lang|understand|nearby|tz")
"""What others add to an address, and what a page does anyway or reads elsewhere."""
DAY_RANGES: Final = ("mon-fri", "mon-sat", "mon-sun", "sat-sun")
MIDNIGHT: Final = "24:00"
_AMOUNT: Final = re.compile(r"(\d{1,9})(?:[.,](\d{1,3}))?")
_CENTS: Final = 2  # written of any currency, also where it has none


def translate(sent: Pairs, zone: str) -> tuple[Pairs, list[Problem]]:
    """The contract's parameters for what a form or an address sent; `zone` is the visitor's."""
    form = {name: value.strip() for name, value in sent if name in FIELDS and value.strip()}
    pairs = [(k, v) for k, v in sent if k not in FIELDS and v.strip() and not IGNORED.fullmatch(k)]
    problems: list[Problem] = []
    if LEFT in dict(sent) and not rewritten(sent):
        pairs = [pair for pair in pairs if pair[0] != "q"]
        pairs += [("q", form[LEFT])] if LEFT in form else []
    pairs = [(k, _readable(v, problems) if k == "q" else v) for k, v in pairs]
    level = form.get("level", "").upper()
    level = level if level in LEVELS else "B1"
    pairs += [("speaks", f"{v}:{level}") for k, v in sent if k == "speak" and v.strip()]
    pairs += _rates(form, dict(pairs).get("currency", "EUR"), problems)
    pairs = _place(dict(sent), pairs, problems)
    pairs += _cover(form, zone)
    return pairs, problems


def rewritten(sent: Pairs) -> bool:
    """Whether another sentence was written in the search field than stood there."""
    fields = dict(sent)
    return BEFORE in fields and fields.get("q", "").split() != fields[BEFORE].split()


def unchosen(problem: Problem, sent: Pairs) -> bool:
    """Whether it is about what a form always sends: the years of no skill, near no town."""
    return problem.message in (WITH_PLACE, WITH_SKILL) and "place" in dict(sent)


def _readable(typed: str, problems: list[Problem]) -> str:
    """As much as is read of a pasted text, in whole words; the rest is named."""
    text = " ".join(typed.split())
    if len(text) <= TEXT_MAX:
        return text
    whole = text[: TEXT_MAX + 1].rpartition(" ")[0] or text[:TEXT_MAX]
    rest = text[len(whole) :].strip()
    problems.append(Problem("q", rest[:80], _("Please use at most 1,000 characters.")))
    return whole


def _rates(form: dict[str, str], currency: str, problems: list[Problem]) -> Pairs:
    found: Pairs = []
    for field, name in (("rate_from", "rate_min"), ("rate_to", "rate_max")):
        if field not in form:
            continue
        minor = _minor(form[field], rates.decimals(currency.upper()))
        if minor is None:
            problems.append(Problem(field, form[field][:20], _("Write an amount such as 25.")))
            continue
        found.append((name, str(minor)))
    return found


def _minor(amount: str, decimals: int) -> int | None:
    written = _AMOUNT.fullmatch(amount)
    if written is None or len(cents := written[2] or "") > max(decimals, _CENTS):
        return None
    return int(written[1] + cents.ljust(decimals, "0")[:decimals])


def major(minor: int | None, currency: str) -> str:
    """An amount as the form's number field shows it: 25, or 25.50."""
    if minor is None:
        return ""
    digits = rates.decimals(currency)
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)


def _place(sent: dict[str, str], pairs: Pairs, problems: list[Problem]) -> Pairs:
    """The pairs with the town the field names instead of the one searched near until now (`near`).

    A town nobody knows, and the title of the very town of before, change nothing; an empty field
    lets the town go. A point has no name: the field is empty beside it.
    """
    if "place" not in sent:
        return pairs
    before, named = sent.get("near", ""), sent["place"].strip()
    others = [pair for pair in pairs if pair[0] != "near"]
    if not named:
        return pairs if "," in before else others
    if any(named == world.town_title(before, locale) for locale in LOCALES):
        return pairs
    town = placenames.town_typed(named)
    if town is None:
        why = _("We do not know this place.")
        if any(char.isdecimal() for char in named):
            why = _("Write the name of a town: postcodes are not read.")
        problems.append(Problem("place", named[:60], why))
        return pairs
    return [*others, ("near", town.slug)]


def _cover(form: dict[str, str], zone: str) -> Pairs:
    days = form.get("cover_days", "")
    if days not in DAY_RANGES:
        return []
    start, end = form.get("cover_from", "09:00"), form.get("cover_to", "18:00")
    end = MIDNIGHT if end == "00:00" else end  # a field for a time of day knows no 24:00
    return [("covers", f"{days}@{start}-{end}@{form.get('cover_zone', zone)}")]
