"""Owns the shapes of saved searches, in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from marketplace.core.fields import Clean, TimeZone
from marketplace.core.i18n import ZONE
from marketplace.saved_searches.rules import NAME_MAX, QUERY_MAX, Rhythm

Name = Annotated[
    str, Clean, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX)
]


class _Draft(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SearchDraft(_Draft):
    """A search to save: `query` as after the "?" of its address, page and explain left out.

    `time_zone` (an IANA name) is the one in whose morning its mails leave.
    """

    name: Name
    query: Annotated[str, Field(max_length=QUERY_MAX)] = ""
    rhythm: Rhythm = Rhythm.WEEKLY
    time_zone: TimeZone = ZONE


class ChangeDraft(_Draft):
    """What of a saved search may change; without `paused` its mails stay on or off as they are.

    Without `time_zone` it keeps its own.
    """

    name: Name
    rhythm: Rhythm
    time_zone: TimeZone | None = None
    paused: bool | None = None


class MailsDraft(_Draft):
    """Whether the mails of a search rest."""

    paused: bool


class StopDraft(_Draft):
    """The token of a mail's link."""

    token: Annotated[str, Field(max_length=100)]


class SavedSearchView(BaseModel):
    """A saved search. `next_at`: when it looks for news again; nothing is sent without any."""

    id: UUID
    name: str
    query: str
    url: str
    rhythm: Rhythm
    time_zone: str
    paused: bool
    next_at: datetime
    last_sent_at: datetime | None
    created_at: datetime


class StoppedView(BaseModel):
    """Whose mails were stopped."""

    name: str
