"""Owns the notes by which a search remembers its words; reads no filter out of any.

A note is "near=lyon|à Lyon" (these words became this filter), "text=|à Lyon" (these words stay
text) or "none=|pas à Lyon" (no filter can say these words, nor are they searched for; the value
says why: Why). They are part of the search's address, so that a filter can be turned back into its
words where they mean the same as text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from search import senses
from search.language import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.query import SearchQuery

AS_TEXT: Final = "text"
UNSAID: Final = "none"
IN_TEXT: Final = frozenset({AS_TEXT, UNSAID})
"""Of words that are in the text, and no filter."""
SEVERAL: Final = frozenset(
    "speaks country region covers engagement verified legal_form can_contract_with skill".split()
)
"""Filters words can name several of: their notes hold only for the very value."""


class Why(StrEnum):
    """Why what was found is not applied."""

    REFUSED = ""
    """Filters say what is wanted; or none tells of such things."""
    RATE = "rate"
    """Paid by something else than the hour."""
    TIME = "time"
    """A date, or hours of a day or a month."""
    YEARS = "years"
    """Years of practice in no one skill."""
    CLIENT = "client"
    """A client who is of no country."""
    PLACE = "place"
    """A place that nobody knows."""
    TOWNS = "towns"
    """Several towns; they stay words to search for."""
    SEX = "sex"
    EITHER = "either"
    """One of several languages: the filter asks for all that it names."""
    WORK = "work"
    """Work that is not wanted: it is not searched for."""


def note(name: str, value: str, words: str) -> str:
    """The written form of a note."""
    return f"{name}={value}|{words}"


def parts(written: str) -> tuple[str, str, str]:
    """Parameter, value and words of a note."""
    about, _bar, words = written.partition("|")
    name, _equals, value = about.partition("=")
    return name, value, words.strip()


def words_of(query: SearchQuery, name: str, value: str) -> str:
    """The words a filter came from; empty when it was chosen and not said."""
    for one in query.said:
        about, what, words = parts(one)
        if about == name and (what == value or name not in SEVERAL):
            return words
    return ""


def sentence(query: SearchQuery) -> str:
    """The text with the words that became filters: what would be typed to ask the same.

    A search field shows it, so that what it said is in sight and goes when it is written over.
    """
    noted = [parts(one) for one in query.said]
    words = dict.fromkeys(words for name, _value, words in noted if name not in IN_TEXT)
    # Words that tell of the work, too, stand in the text.
    return " ".join([query.q, *(one for one in words if one not in query.q)]).strip()


def unsaid(said: Iterable[str]) -> list[str]:
    """The words that no filter can say."""
    return [words for some in reasons(said).values() for words in some]


def reasons(said: Iterable[str]) -> dict[str, list[str]]:
    """Why words are not applied -> the words."""
    found: dict[str, list[str]] = {}
    for name, value, words in map(parts, said):
        if name == UNSAID:
            found.setdefault(value, []).append(words)
    return found


def wish(text: str, said: Iterable[str]) -> str:
    """A text without the words that no filter can say: what is searched for."""
    left = text
    for why, some in reasons(said).items():
        for words in some if why != Why.TOWNS else ():
            left = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", " ", left, flags=re.IGNORECASE)
    return text if left == text else " ".join(left.split()).strip(" ,;")


def settled(query: SearchQuery, given: frozenset[tuple[str, str]], longest: int) -> SearchQuery:
    """The search with notes that hold: `given` are its filters, `longest` the longest text.

    A note whose filter is gone gives its words back to the text unless they would ask for other
    work there; a note about text that is not there any more is dropped. So are those of words of
    which one filter has another value now: that was chosen by hand.
    """
    if not query.said:
        return query
    replaced = _replaced(query, given)
    held: list[str] = []
    text = query.q
    for one in query.said:
        name, value, words = parts(one)
        if name in IN_TEXT or words in replaced:
            continue
        if (name, value) in given:
            held.append(one)
            continue
        again = f"{text} {words}".strip()
        if (
            fold(words) not in fold(text)
            and len(again) <= longest
            and _same_work(name, text, again)
        ):
            text = again
        held.append(note(AS_TEXT, "", words))
    held += [one for one in query.said if parts(one)[0] in IN_TEXT]
    stands = fold(text)
    kept = [one for one in held if parts(one)[0] not in IN_TEXT or fold(parts(one)[2]) in stands]
    return replace(query, q=text, said=tuple(sorted(set(kept))))


def _replaced(query: SearchQuery, given: frozenset[tuple[str, str]]) -> set[str]:
    """The words of which one filter was changed, or taken away while another still stands."""
    noted = [parts(one) for one in query.said]
    names = {name for name, _value in given}
    stand = {words for name, value, words in noted if (name, value) in given}
    return {
        words
        for name, value, words in noted
        if name not in SEVERAL | IN_TEXT
        and (name, value) not in given
        and (name in names or words in stand)
    }


def _same_work(name: str, text: str, again: str) -> bool:
    """Whether words that were a filter ask for the same work when they are text again.

    "bilingue anglais" as text would look for translators, and any language for work on it.
    """
    return name != "speaks" and senses.asked(text).codes == senses.asked(again).codes
