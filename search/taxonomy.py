"""Owns the vocabulary of skills and tools (codes, labels, synonyms, groups); never a profile.

The data stands in data/taxonomy.json, and in data/sayings.json what people say besides, which is
recognised and never shown. Codes are stored in profiles and contracts and appear in
addresses, so a code is never renamed or reused: labels and synonyms may change freely, and the
mark changes with them, by which documents are written anew.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from search.errors import TaxonomyBroken

Kind = Literal["skill", "tool"]
DATA: Final = Path(__file__).parent / "data" / "taxonomy.json"
SAYINGS: Final = Path(__file__).parent / "data" / "sayings.json"
CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Group:
    """A family of skills or tools, in the order a person browses them. `icon` is a Lucide name."""

    code: str
    fr: str
    en: str
    icon: str
    synonyms_fr: tuple[str, ...] = ()
    synonyms_en: tuple[str, ...] = ()

    def label(self, locale: str) -> str:
        """The name in `locale` ("fr" or "en")."""
        return self.fr if locale == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Term:
    """A skill or a tool."""

    code: str
    kind: Kind
    group: str
    fr: str
    en: str
    synonyms_fr: tuple[str, ...]
    synonyms_en: tuple[str, ...]
    said: tuple[str, ...] = ()
    """What people say who mean it, in both languages; not shown."""
    hints: tuple[str, ...] = ()
    """What may mean it in the light of the other words."""

    def label(self, locale: str) -> str:
        """The name in `locale` ("fr" or "en")."""
        return self.fr if locale == "fr" else self.en

    @property
    def labels(self) -> tuple[str, ...]:
        """Every official name, without repeats."""
        return tuple(dict.fromkeys((self.fr, self.en)))

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every other way people say it, in both languages."""
        return tuple(dict.fromkeys((*self.synonyms_fr, *self.synonyms_en)))


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The whole vocabulary, checked."""

    version: int
    groups: tuple[Group, ...]
    terms: dict[str, Term]


@lru_cache(maxsize=1)
def mark() -> int:
    """Three digits that change with the vocabulary and its sayings, once in a thousand not."""
    return zlib.crc32(DATA.read_bytes() + SAYINGS.read_bytes()) % 1000


@lru_cache(maxsize=1)
def taxonomy() -> Taxonomy:
    """The shipped vocabulary. Raises TaxonomyBroken naming the first entry that breaks a rule."""
    raw = json.loads(DATA.read_text(encoding="utf-8"))
    return parse(raw, json.loads(SAYINGS.read_text(encoding="utf-8")))


Sayings = dict[str, dict[str, list[str]]]


def parse(raw: dict[str, object], sayings: Sayings | None = None) -> Taxonomy:
    """Check and build a vocabulary from the shapes of data/taxonomy.json and data/sayings.json."""
    said = dict(sayings or {})
    groups = tuple(_group(row) for row in _rows(raw, "groups"))
    known = {one.code for one in groups}
    terms: dict[str, Term] = {}
    for kind, key in (("skill", "skills"), ("tool", "tools")):
        for row in _rows(raw, key):
            term = _term("skill" if kind == "skill" else "tool", row, said.pop(row["code"], {}))
            if not CODE.fullmatch(term.code) or term.code in terms:
                msg = f"{term.code!r}: a code is lower-case words joined by hyphens, used once"
                raise TaxonomyBroken(msg)
            if term.group not in known:
                msg = f"{term.code!r}: unknown group {term.group!r}"
                raise TaxonomyBroken(msg)
            if not all(map(str.strip, (*term.labels, *term.aliases, *term.said, *term.hints))):
                msg = f"{term.code!r}: empty label or synonym"
                raise TaxonomyBroken(msg)
            terms[term.code] = term
    for code in said:
        msg = f"{code!r}: sayings of no skill or tool"
        raise TaxonomyBroken(msg)
    return Taxonomy(int(str(raw["version"])), groups, terms)


def _rows(raw: dict[str, object], key: str) -> list[dict[str, str]]:
    rows = raw.get(key)
    if not isinstance(rows, list) or not rows:
        msg = f"{key}: missing or empty"
        raise TaxonomyBroken(msg)
    return rows


def _group(row: dict[str, str]) -> Group:
    texts = {name: row[name] for name in ("code", "fr", "en", "icon")}
    return Group(
        **texts, synonyms_fr=tuple(row["synonyms_fr"]), synonyms_en=tuple(row["synonyms_en"])
    )


def _term(kind: Kind, row: dict[str, str], said: dict[str, list[str]]) -> Term:
    try:
        return Term(
            code=row["code"],
            kind=kind,
            group=row["group"],
            fr=row["fr"],
            en=row["en"],
            synonyms_fr=tuple(row["synonyms_fr"]),
            synonyms_en=tuple(row["synonyms_en"]),
            said=tuple(said.get("said", ())),
            hints=tuple(said.get("hints", ())),
        )
    except KeyError as missing:
        msg = f"{row.get('code', '?')!r}: {missing} is missing"
        raise TaxonomyBroken(msg) from missing


@lru_cache(maxsize=1)
def skills() -> tuple[Term, ...]:
    """Every skill, in the order of the groups."""
    return tuple(term for term in taxonomy().terms.values() if term.kind == "skill")


@lru_cache(maxsize=1)
def tools() -> tuple[Term, ...]:
    """Every tool, in the order of the groups."""
    return tuple(term for term in taxonomy().terms.values() if term.kind == "tool")


def groups() -> tuple[Group, ...]:
    """Every group, in display order."""
    return taxonomy().groups


def group(code: str) -> Group | None:
    """The group behind a code, if there is one."""
    return next((found for found in groups() if found.code == code), None)


def term(code: str) -> Term | None:
    """The skill or tool behind a code, if there is one."""
    return taxonomy().terms.get(code)


def is_skill(code: str) -> bool:
    """Whether the code names a skill."""
    found = term(code)
    return found is not None and found.kind == "skill"


def is_tool(code: str) -> bool:
    """Whether the code names a tool."""
    found = term(code)
    return found is not None and found.kind == "tool"


def label(code: str, locale: str) -> str:
    """The name of a skill, tool or group in `locale`; the code itself when unknown."""
    found = term(code) or group(code)
    return found.label(locale) if found else code
