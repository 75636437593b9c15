"""Owns the words a search can be made of: the taxonomy, and suggestions while one types."""

from __future__ import annotations

from pydantic import BaseModel

from marketplace.directory.schemas.labels import CodeLabel


class TermView(BaseModel):
    """A skill or tool of the taxonomy."""

    code: str
    group: str
    label: str
    label_fr: str
    label_en: str
    synonyms_fr: list[str]
    synonyms_en: list[str]


class TaxonomyView(BaseModel):
    """The whole vocabulary."""

    version: int
    groups: list[CodeLabel]
    skills: list[TermView]
    tools: list[TermView]


class Suggestion(BaseModel):
    """Something to search for, the likeliest first.

    `kind`: skill, tool, speaks (a language), country, region, place (a town) or person.
    `value` is its code or slug, `url` the address of the search for it.
    """

    kind: str
    value: str
    label: str
    detail: str = ""
    url: str
