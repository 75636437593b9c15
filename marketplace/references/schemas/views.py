"""Owns what is shown of references; never stores anything."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

from babel import Locale as Names
from pydantic import BaseModel, PlainSerializer, WithJsonSchema

from marketplace.core.grounds import Ground
from marketplace.references.rules.states import Relation, Status
from search import taxonomy

if TYPE_CHECKING:
    from marketplace.references.models import ClientReference, ReferenceReport

MonthOut = Annotated[
    date,
    PlainSerializer(lambda day: f"{day:%Y-%m}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}$", "examples": ["2024-03"]}),
]


class SkillLabel(BaseModel):
    """A skill of the taxonomy with its label."""

    code: str
    label: str


def labelled(codes: list[str], locale: str) -> list[SkillLabel]:
    """The skills among the codes that the taxonomy still knows."""
    return [
        SkillLabel(code=code, label=taxonomy.label(code, locale))
        for code in codes
        if taxonomy.is_skill(code)
    ]


def language_name(code: str, locale: str) -> str:
    """A language by its name."""
    return str(Names.parse(locale).languages.get(code, code))


class ReferenceView(BaseModel):
    """What is public of a reference: the client's words, and what was checked of them.

    Checked is only that it was answered on a day by a link mailed to an address: at a company's own
    domain (`at_company`, `domain` where it may be shown), or at a free one, as people have.
    `company` is the name the assistant gave, "" unless the client shows it. It counts to `until`.
    """

    id: UUID
    relation: Relation
    company: str
    worked_from: MonthOut
    worked_to: MonthOut | None
    skills: list[SkillLabel]
    again: bool
    text: str
    language: str
    language_name: str
    answered_on: date
    until: date
    at_company: bool
    domain: str

    @classmethod
    def of(cls, row: ClientReference, locale: str) -> Self:
        """A confirmed one."""
        assert row.answered_on is not None
        assert row.counts_until is not None
        shows = row.show_company
        return cls(
            id=row.id,
            relation=row.relation,
            company=row.company if shows else "",
            worked_from=row.worked_from,
            worked_to=row.worked_to,
            skills=labelled(row.skills, locale),
            again=bool(row.again),
            text=row.text,
            language=row.language,
            language_name=language_name(row.language, locale),
            answered_on=row.answered_on,
            until=row.counts_until,
            at_company=row.at_company,
            domain=row.domain if shows and row.at_company else "",
        )


class OwnReference(BaseModel):
    """One of your requests; `reference` is what was answered, shown unless `hidden`.

    `taken_down_for`: the ground for which an operator took it down, "" otherwise.
    """

    id: UUID
    profile: str
    name: str
    company: str
    email: str
    relation: Relation
    status: Status
    asked_at: datetime
    expires_at: datetime
    reminded: int
    closed_at: datetime | None
    hidden: bool
    taken_down_for: str
    reference: ReferenceView | None

    @classmethod
    def of(cls, row: ClientReference, locale: str) -> Self:
        """A request of the viewer's, with its profile at hand."""
        given = row.status is Status.CONFIRMED
        return cls(
            id=row.id,
            profile=row.profile.slug,
            name=row.name,
            company=row.company,
            email=row.email,
            relation=row.relation,
            status=row.status,
            asked_at=row.created_at,
            expires_at=row.expires_at,
            reminded=row.reminded,
            closed_at=row.closed_at,
            hidden=row.hidden_at is not None,
            taken_down_for=str(row.taken_down_for) if given else "",
            reference=ReferenceView.of(row, locale) if given else None,
        )


class RequestView(BaseModel):
    """A request as its client sees it: who asks, what they say, what can be confirmed.

    `over` once it was answered, taken back or has waited too long.
    """

    assistant: str
    profile_url: str
    name: str
    company: str
    relation: Relation
    worked_from: MonthOut
    worked_to: MonthOut | None
    skills: list[SkillLabel]
    expires_at: datetime
    over: bool


class GivenView(BaseModel):
    """A reference as who gave it sees it; None once it is gone.

    `taken_down_for`: the ground for which an operator took it down, "" otherwise.
    """

    assistant: str
    status: Status
    reference: ReferenceView | None
    taken_down_for: str


class StoppedView(BaseModel):
    """No more requests for references are mailed to the address of the link."""

    stopped: bool


class ReferenceReportView(BaseModel):
    """A report of a reference: why it is held to be unlawful, and when that was decided."""

    id: UUID
    reference_id: UUID
    ground: Ground
    said: str
    created_at: datetime
    decided_at: datetime | None
    taken_down: bool | None

    @classmethod
    def of(cls, row: ReferenceReport) -> Self:
        """One that waits or was decided."""
        return cls(
            id=row.id,
            reference_id=row.reference_id,
            ground=row.ground,
            said=row.said,
            created_at=row.created_at,
            decided_at=row.decided_at,
            taken_down=row.taken_down,
        )
