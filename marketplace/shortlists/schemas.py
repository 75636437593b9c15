"""Owns the shapes of shortlists, in and out. Rates are minor units per hour."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from marketplace.core.fields import Clean
from marketplace.core.i18n import _
from marketplace.directory.schemas import CodeLabel, Hit, RateView, SpokenView
from marketplace.shortlists.rules.blind import (
    CANDIDATES_LEAST,
    CANDIDATES_MOST,
    COUNT,
    CRITERIA_MOST,
    CRITERION_MAX,
    SCORE_LEAST,
    SCORE_MOST,
)
from marketplace.shortlists.rules.lists import NAME_MAX, NOTE_MAX

Name = Annotated[
    str, Clean, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX)
]
Criterion = Annotated[
    str, Clean, StringConstraints(strip_whitespace=True, min_length=1, max_length=CRITERION_MAX)
]
Score = Annotated[int, Field(ge=SCORE_LEAST, le=SCORE_MOST)]


def _different(values: list[str]) -> list[str]:
    if len({value.casefold() for value in values}) < len(values):
        raise ValueError(_("Name each criterion once."))
    return values


class _Draft(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ListDraft(_Draft):
    """A new list, or its new name; `party` is the business whose team sees it.

    Without one you alone see it, whomever you act for.
    """

    name: Name
    party: UUID | None = None


class TeamDraft(_Draft):
    """The business whose team sees a list of yours from now on, with its notes."""

    party: UUID


class KeepDraft(_Draft):
    """A published profile by its slug, and the list it goes to (the current one by default)."""

    slug: Annotated[str, Field(max_length=80)]
    shortlist: UUID | None = None


class EntryDraft(_Draft):
    """What changes of an entry: its private note, or its place (moved up or down by `step`).

    `seen`: the mark of the note that is written over; without one it is not asked who changed it.
    """

    note: (
        Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=NOTE_MAX)] | None
    ) = None
    seen: Annotated[str, Field(max_length=64)] | None = None
    step: Annotated[int, Field(ge=-1, le=1)] = 0


class LinkDraft(_Draft):
    """A new read-only link; the one before stops working. `notes`: it shows the notes as well."""

    notes: bool = False


class BlindDraft(_Draft):
    """What everybody is scored on, the same for all candidates."""

    criteria: Annotated[
        list[Criterion], Field(min_length=1, max_length=CRITERIA_MOST), AfterValidator(_different)
    ]


class BlindSearchDraft(BlindDraft):
    """A blind review of the first `count` matches of a search, made without seeing who they are.

    `query` as after the "?" of the search's address; `party` as of a ListDraft.
    """

    name: Name
    party: UUID | None = None
    query: Annotated[str, Field(max_length=2000)] = ""
    count: Annotated[int, Field(ge=CANDIDATES_LEAST, le=CANDIDATES_MOST)] = COUNT


class ScoresDraft(_Draft):
    """Every candidate's scores: letter -> 1 to 5 for each criterion, in their order."""

    scores: dict[
        Annotated[str, StringConstraints(pattern=r"^[A-Z]$")],
        Annotated[list[Score], Field(max_length=CRITERIA_MOST)],
    ]


class OpenedLink(BaseModel):
    """The token of a read-only link."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(max_length=100)]


class BlindSkill(BaseModel):
    """A skill: level 1 to 3, whole years of practice, 10 standing for 10 or more."""

    code: str
    label: str
    level: int
    years: int


class Candidate(BaseModel):
    """Somebody read without name, photo, address, contact, age or gender, under a letter."""

    letter: str
    headline: str
    headline_language: str
    text: str
    text_language: str
    skills: list[BlindSkill]
    tools: list[CodeLabel]
    speaks: list[SpokenView]
    country: str
    jurisdiction: str
    tax_status: str
    charges_vat: bool | None
    payable: bool
    engagement: list[CodeLabel]
    rate: RateView | None
    rate_converted: RateView | None
    hours_week: int | None


class EntryView(BaseModel):
    """A profile on a list; `hit` is null once it left the directory. `score`: mean of reviewers.

    `mark` is the note's: sent back as `seen`, a note that somebody changed meanwhile is kept.
    """

    id: UUID
    position: int
    note: str
    mark: str
    hit: Hit | None
    letter: str = ""
    score: float | None = None


class ShortlistView(BaseModel):
    """A list. `blind`: under review and not scored by the one who asks: then `candidates` only."""

    id: UUID
    name: str
    party: UUID | None
    size: int
    created_at: datetime
    updated_at: datetime
    has_link: bool
    link_notes: bool
    blind: bool
    criteria: list[str]
    reviewers: int
    entries: list[EntryView] = []
    candidates: list[Candidate] = []


class ShortlistLine(BaseModel):
    """A list in the overview."""

    id: UUID
    name: str
    party: UUID | None
    size: int
    updated_at: datetime
    has_link: bool
    blind: bool


class KeptView(BaseModel):
    """Where a profile was kept."""

    shortlist: UUID
    entry: UUID
    name: str


class LinkView(BaseModel):
    """A read-only link: shown once, only its hash is stored."""

    url: str
    notes: bool


class SharedEntry(BaseModel):
    """A profile on a shared list; `note` is empty unless notes were chosen to be shown."""

    hit: Hit
    note: str


class SharedView(BaseModel):
    """A list as its read-only link shows it."""

    name: str
    entries: list[SharedEntry]
