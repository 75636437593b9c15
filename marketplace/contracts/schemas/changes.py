"""Owns the shapes of a change of a signed contract, in and out; never stores anything."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from marketplace.contracts.rules.changes import ChangeStatus, Weeks
from marketplace.contracts.rules.terms import WEEK_MINUTES_MAX
from marketplace.contracts.rules.wishes import Wish
from marketplace.contracts.schemas.agreements import IndependenceSign
from marketplace.contracts.schemas.base import In, Out, Reason
from marketplace.core.fields import Minutes, Span


class CapDraft(In):
    """A higher weekly cap, and for which weeks: this one, from this one on, from the next one on.

    `minutes` takes 12, 7,5, 7h30 from people, minutes from programs.
    """

    minutes: Annotated[Minutes, Span(30, WEEK_MINUTES_MAX)]
    weeks: Weeks = Weeks.FROM_NEXT
    reason: Reason = ""


class ChangeDraft(Wish):
    """What is to be different in a signed contract, and why; what is left out stays.

    `version` is the one that was read: with it the change is refused where another counts since.
    """

    reason: Reason = ""
    version: int | None = None


class PartFreedom(Out):
    """What of a part may change: all (`free`), its due date (`date`) or nothing (`fixed`)."""

    part: int
    may: str


class FreedomView(Out):
    """The parts of a contract; one that is held, handed in or done keeps its terms."""

    parts: list[PartFreedom]


class ChangeView(Out):
    """A change of a signed contract. Sign its `file_sha256` as you sign a contract.

    `differences` name each field with its value before and after, `independence` the signs of
    disguised employment in the changed text (they block nothing), `signed_by` the sides that did;
    `answer` says why it was declined or withdrawn.
    """

    id: UUID
    contract_id: UUID
    status: ChangeStatus
    side: str
    reason: str
    version: int
    file_sha256: str
    differences: tuple[tuple[str, Any, Any], ...]
    independence: tuple[IndependenceSign, ...]
    signed_by: tuple[str, ...]
    proposed_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    answer: str
