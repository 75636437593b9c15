"""Owns the vocabulary as phrases and what they mean; never reads a text."""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from search import taxonomy
from search.language import STOP_WORDS, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Meaning = dict[str, bool]
"""What a phrase may mean -> whether it means it by itself."""

LONGEST: Final = 5
"""Words of the longest phrase, small ones not counted."""
WEAK_SHARE: Final = 0.3
"""And weakly, for when nothing else is known, with this share."""
HINT_SHARE: Final = 0.6
"""A word hints at a skill when more than this share of the phrases it stands in mean it."""
_ARTICLES: Final = frozenset(
    "a an the my your our of le la les un une des du de mes ma mon ses vos votre nos vous".split()
)
_NO_ARTICLES: Final = frozenset({"à", "thé"})
"""Which look like English articles without their accents: "à la main", "salon de thé"."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What a phrase may mean. `token` is its number as indexed and asked.

    `sure` are those of the codes that it means by itself; `surely` is their number, empty when
    they are all the codes or none. Groups aside: who is only near stands last without a number.
    """

    codes: frozenset[str]
    token: str
    sure: frozenset[str] = frozenset()
    surely: str = ""


def sense_of(codes: Iterable[str], sure: Iterable[str] = ()) -> Sense:
    """The sense of some codes, with its numbers."""
    some, surely = frozenset(codes), frozenset(sure)
    apart = surely and any(one not in surely and not is_group(one) for one in some)
    return Sense(some, _number(some), surely, _number(surely) if apart else "")


def _number(codes: frozenset[str]) -> str:
    return f"{zlib.crc32(' '.join(sorted(codes)).encode()):010d}"


def meaningful(text: str) -> list[str]:
    """The words of a text, as indexed, without small ones."""
    return [word for word in normalise(text).split() if word not in STOP_WORDS]


def key_of(text: str) -> str:
    """A phrase as it is compared: its words without spaces."""
    return "".join(meaningful(text))


@lru_cache(maxsize=1)
def phrases() -> dict[tuple[str, ...], Meaning]:
    """The words of every phrase -> what it may mean: skills, tools, and groups beside them."""
    found: dict[tuple[str, ...], Meaning] = defaultdict(dict)
    for term in taxonomy.taxonomy().terms.values():
        for text, sure in texts_of(term):
            if not _hollow(text):
                found[tuple(meaningful(text))].setdefault(term.code, sure)
    for group in taxonomy.groups():
        for text in (group.fr, group.en, *group.synonyms_fr, *group.synonyms_en):
            found[tuple(meaningful(text))][group_mark(group.code)] = False
    for tool in taxonomy.tools():  # a product's name surely means the product
        for name in (*tool.labels, *tool.aliases):
            words = tuple(meaningful(name))
            if _is_name_of(tool, words):
                found[words] = {**dict.fromkeys(found[words], False), tool.code: True}
    found.pop((), None)
    return found


def _hollow(text: str) -> bool:
    """Whether a phrase is not itself without its small words: "help desk", "to-do list"."""
    words = normalise(text).split()
    if len(words) <= 1 or len(meaningful(text)) != 1:
        return False
    small = set(words) - {*meaningful(text)}
    return not small <= _ARTICLES or not _NO_ARTICLES.isdisjoint(text.lower().split())


@lru_cache(maxsize=1)
def lexicon() -> dict[str, Sense]:
    """Every phrase without its spaces -> its sense."""
    meanings: dict[str, Meaning] = defaultdict(dict)
    for words, meaning in phrases().items():
        _add("".join(words), meaning, meanings)
    return {key: _sense(meaning) for key, meaning in meanings.items()}


def _add(key: str, meaning: Meaning, to: dict[str, Meaning]) -> None:
    for code, sure in meaning.items():
        to[key][code] = sure or to[key].get(code, False)


def _sense(meaning: Meaning) -> Sense:
    return sense_of(meaning, (code for code, sure in meaning.items() if sure))


@lru_cache(maxsize=1)
def joined() -> dict[str, Sense]:
    """Phrases written in one word, small words and all: "notedefrais", "helpdesk"."""
    meanings: dict[str, Meaning] = defaultdict(dict)
    for term in taxonomy.taxonomy().terms.values():
        for text, sure in texts_of(term):
            _add(normalise(text).replace(" ", ""), {term.code: sure}, meanings)
    return {key: lexicon().get(key) or _sense(meaning) for key, meaning in meanings.items()}


@lru_cache(maxsize=1)
def whole() -> dict[str, Sense]:
    """Phrases that need their small words, in one word -> their sense."""
    texts = (text for term in taxonomy.taxonomy().terms.values() for text, _sure in texts_of(term))
    keys = (normalise(text).replace(" ", "") for text in texts if _hollow(text))
    return {key: joined()[key] for key in keys}


def texts_of(term: taxonomy.Term) -> Iterator[tuple[str, bool]]:
    """Every phrase for a term, and whether it says it by itself.

    What a tool is for ("logiciel de paie") does not say which; a tool's name beside other words
    is left out, as both speak for themselves: "boutique PrestaShop", "set up Asana".
    """
    for sure, texts in ((True, (*term.aliases, *term.said)), (False, term.hints)):
        for text in texts:
            words = frozenset(meaningful(text))
            if not any(word in _tool_names() for word in words) or len(words) == 1:
                names = term.kind == "skill" or _is_name_of(term, words)
                yield text, sure and (names or not words <= _work_words())
    yield from ((text, True) for text in term.labels)


def _is_name_of(tool: taxonomy.Term, words: Iterable[str]) -> bool:
    """Whether words are a product's name or a part of it: "Outlook" of "Microsoft Outlook"."""
    return any(set(words) <= set(meaningful(label)) for label in tool.labels)


@lru_cache(maxsize=1)
def _tool_names() -> frozenset[str]:
    """Names of tools that are one word."""
    names = (meaningful(label) for one in taxonomy.tools() for label in one.labels)
    return frozenset(words[0] for words in names if len(words) == 1)


@lru_cache(maxsize=1)
def _work_words() -> frozenset[str]:
    """Words of the names of skills."""
    texts = (text for term in taxonomy.skills() for text in (*term.labels, *term.aliases))
    return frozenset(word for text in texts for word in meaningful(text))


_GROUP: Final = "group "


def group_mark(code: str) -> str:
    """A group among the codes of a sense."""
    return f"{_GROUP}{code}"


def is_group(code: str) -> bool:
    """Whether a code of a sense is a group."""
    return code.startswith(_GROUP)


@lru_cache(maxsize=1024)
def group_of(code: str) -> str:
    """The group of a code of a sense."""
    term = taxonomy.term(code)
    return term.group if term else code.removeprefix(_GROUP)


@lru_cache(maxsize=1)
def gaps() -> dict[tuple[str, ...], dict[str, str]]:
    """Phrases of several words with one word left out -> that word -> the phrase."""
    found: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for words in phrases():
        for at, word in enumerate(words) if len(words) > 1 else ():
            found[(*words[:at], "", *words[at + 1 :])].setdefault(word, "".join(words))
    return found


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Every word of the vocabulary."""
    return frozenset(word for words in phrases() for word in words)


@lru_cache(maxsize=1)
def unordered() -> dict[tuple[str, ...], Sense]:
    """The sorted words of phrases of several words -> their sense."""
    several = (words for words in phrases() if len(words) > 1)
    return {tuple(sorted(words)): lexicon()["".join(words)] for words in several}


@lru_cache(maxsize=1)
def _uses() -> Counter[str]:
    return Counter(word for words in phrases() for word in words)


def telling(word: str) -> float:
    """How much a word of the vocabulary tells, 0 to 1: the more, the fewer phrases it is in."""
    return 1 - math.log(max(_uses()[word], 1)) / math.log(len(phrases()))


def telling_alone(word: str) -> bool:
    """Whether a word means something by itself: then no phrase is read across it."""
    sense = lexicon().get(word)
    return sense is not None and bool(sense.sure)


@lru_cache(maxsize=2)
def hints(share: float = HINT_SHARE) -> dict[str, Sense]:
    """Words of phrases -> the one skill or tool that most of those phrases mean."""
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for words, codes in phrases().items():
        for word in {*words, *(f"{stem(word)}-" for word in words)}:
            uses[word].update(code for code in codes if not is_group(code))
    found = {}
    for word, counted in uses.items():
        for code, times in counted.most_common(1):
            if times > share * counted.total():
                found[word] = sense_of({code})
    return found


_SUFFIX: Final = re.compile(
    r"(?:issement|isation|ization|ation|ement|ment|eur|if|age|ion|ance|ence|able|ible|ique|al|el|ing"
    r"|er|or|ed|ity|ir|re|ee?|y|ier|ise|ize|iser)s?$"
)
STEM_FROM: Final = 4


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """What a word has in common with others of its family: "livreur", "livrer", "livraison"."""
    found = _SUFFIX.sub("", word)
    return found if len(found) >= STEM_FROM else word


def hinted(word: str, *, weakly: bool = False) -> Sense | None:
    """What a word hints at, or else the words of its family do."""
    some = hints(WEAK_SHARE if weakly else HINT_SHARE)
    return some.get(word) or (None if word in known() else some.get(f"{stem(word)}-"))


@lru_cache(maxsize=1)
def _tokens() -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    guesses = (*hints().values(), *hints(WEAK_SHARE).values())
    guesses += tuple(sense_of({term.code}) for term in taxonomy.taxonomy().terms.values())
    for one in {*lexicon().values(), *joined().values(), *guesses}:
        for code in one.codes:
            found[code].add(one.token)
        for code in one.sure if one.surely else ():
            found[code].add(one.surely)
    return {code: " ".join(sorted(tokens)) for code, tokens in found.items()}


def tokens_of(code: str) -> str:
    """The numbers of every sense a skill or tool belongs to."""
    return _tokens().get(code, "")


def tokens_of_group(code: str) -> str:
    """The numbers of every sense a group belongs to."""
    return tokens_of(group_mark(code))


def tokens_in(text: str) -> str:
    """The numbers of every phrase, word for word, in a document's text as it is indexed."""
    words = [word for word in text.split() if word not in STOP_WORDS]
    windows = (
        words[start : start + length]
        for start in range(len(words))
        for length in range(1, LONGEST + 1)
    )
    return " ".join(dict.fromkeys(sense.token for window in windows if (sense := named(window))))


def named(words: Sequence[str]) -> Sense | None:
    """What some words mean as a phrase of the vocabulary, spaces aside."""
    key = "".join(words)
    return lexicon().get(key) or (joined().get(key) if len(words) == 1 else None)
