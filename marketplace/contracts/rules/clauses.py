"""Owns the clauses: read from their files, chosen by what holds, filled; never lays them out."""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from marketplace.core.i18n import typographic

TEMPLATES = Path(__file__).parents[1] / "templates"


class PaperIncomplete(ValueError):
    """A variable is empty or unknown, or a brace would be printed: the document is not issued."""


@dataclass(frozen=True)
class Clause:
    """A clause in one language. `when` names the conditions that must all hold.

    Of a `family` only the first that fits is taken: the variants of a jurisdiction, then the rest.
    """

    id: str
    title: str
    text: tuple[str, ...]
    when: frozenset[str]
    family: str = ""


@cache
def clauses(language: str, document: str = "clauses") -> tuple[Clause, ...]:
    """Every clause of a language, in the order of the `document`: `clauses` or `amendment`."""
    printed = typographic if language == "fr" else str
    raw = tomllib.loads((TEMPLATES / f"{document}_{language}.toml").read_text("utf-8"))
    return tuple(
        Clause(
            each["id"],
            printed(each["title"]),
            tuple(printed(text) for text in each["text"]),
            frozenset(each.get("when", ())),
            each.get("family", ""),
        )
        for each in raw["clause"]
    )


def chosen(
    language: str,
    holds: frozenset[str],
    document: str = "clauses",
    among: frozenset[str] | None = None,
) -> tuple[Clause, ...]:
    """The clauses for which `holds` holds, one of each family; `among`: of these ids alone."""
    found: list[Clause] = []
    families: set[str] = set()
    for clause in clauses(language, document):
        if among is not None and clause.id not in among:
            continue
        if clause.when <= holds and clause.family not in families:
            found.append(clause)
            families |= {clause.family} - {""}
    return tuple(found)


def fill(text: str, values: dict[str, str]) -> str:
    """The text with its {names} filled in. Raises PaperIncomplete."""
    pieces = []
    for literal, name, spec, conversion in string.Formatter().parse(text):
        if "{" in literal or "}" in literal or spec or conversion:
            raise PaperIncomplete(text)
        pieces.append(literal)
        if name is not None:
            value = values.get(name, "").strip()
            if not value:
                msg = f"{{{name}}} is empty in: {text}"
                raise PaperIncomplete(msg)
            pieces.append(value)
    return "".join(pieces)
