"""Owns what every entry of the data has in common: strictness, sources, days; names no entry."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, field_validator, model_validator

RoughDate = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{2,40}$")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Text = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """Base of every entry: unknown keys and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(Strict):
    """Where a fact was read. `grade` says whether the publisher is the authority itself."""

    title: Text
    url: str | None
    as_of: RoughDate | None
    grade: Literal["official", "secondary"]

    @field_validator("url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return value if value is None else str(HttpUrl(value)) and value


class Fact(Strict):
    """Base of what we state: the source it comes from, when it was true, whether it is confirmed.

    `verified` false means from memory or a weak source: pages mark it "to be confirmed".
    """

    source: str | None
    as_of: RoughDate | None
    verified: bool

    @model_validator(mode="after")
    def _confirmed_by_something(self) -> Self:
        if self.verified and self.source is None:
            msg = "a verified fact names its source"
            raise ValueError(msg)
        return self


class Dated(Strict):
    """Base of what holds from a day (null: since before our data) to a day (null: until now)."""

    valid_from: Annotated[date | None, Field(strict=False)]
    valid_to: Annotated[date | None, Field(strict=False)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            msg = "valid_from lies after valid_to"
            raise ValueError(msg)
        return self

    def holds(self, on: date) -> bool:
        """Whether it applies on the day."""
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


def _sources_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["source"]] if isinstance(value.get("source"), str) else []
        return own + [name for each in value.values() for name in _sources_in(each)]
    if isinstance(value, list | tuple):
        return [name for each in value for name in _sources_in(each)]
    return []


def refuse_unknown_sources(entry: dict[str, Any], sources: dict[str, Source]) -> None:
    """Raise ValueError for a source that is named and not described, or the other way round."""
    named = set(_sources_in(entry))
    if unknown := named - set(sources):
        msg = f"unknown sources: {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    if unused := set(sources) - named:
        msg = f"unused sources: {', '.join(sorted(unused))}"
        raise ValueError(msg)


def refuse_doubles(name: str, codes: list[str]) -> None:
    """Raise ValueError when a code comes twice."""
    if len(codes) != len(set(codes)):
        msg = f"{name}: a code comes twice"
        raise ValueError(msg)


def refuse_overlaps_by(name: str, key: str, entries: tuple[Any, ...]) -> None:
    """Raise ValueError when two dated entries of one `key` hold on the same day."""
    for value in {getattr(each, key) for each in entries}:
        same = [each for each in entries if getattr(each, key) == value]
        refuse_overlaps(f"{name} {value}", same)


def refuse_overlaps(name: str, entries: list[Any] | tuple[Any, ...]) -> None:
    """Raise ValueError when two dated entries hold on the same day."""
    ordered = sorted(entries, key=lambda each: each.valid_from or date.min)
    for before, after in pairwise(ordered):
        if (before.valid_to or date.max) >= (after.valid_from or date.min):
            msg = f"{name}: two entries hold at the same time"
            raise ValueError(msg)
