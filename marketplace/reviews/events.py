"""Owns the news of reviews, in the past tense. None says that a hidden one was written."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.core.events import Event


@dataclass(frozen=True)
class RoundOpened(Event):
    """Both sides may review each other."""

    round_id: UUID


@dataclass(frozen=True)
class ReviewsReminded(Event):
    """The last day comes near; who has not sent a review is told."""

    round_id: UUID


@dataclass(frozen=True)
class ReviewsRevealed(Event):
    """Both sides have sent theirs, or the time is over: what was sent can be read."""

    round_id: UUID


@dataclass(frozen=True)
class ReviewReplied(Event):
    """The reviewed side answered in public."""

    review_id: UUID


@dataclass(frozen=True)
class ReviewReported(Event):
    """Somebody holds that a review is unlawful, and no other report of it waits to be decided."""

    report_id: UUID


@dataclass(frozen=True)
class ReviewJudged(Event):
    """An operator hid a reported review for a Ground, or kept it (`ground` is "")."""

    review_id: UUID
    ground: str
    reason: str


@dataclass(frozen=True)
class ReviewShownAgain(Event):
    """An operator took back that a review was hidden."""

    review_id: UUID
    reason: str
