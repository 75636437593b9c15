"""Owns what is said of references at the edge, in and out; never stores anything.

Months are written "2024-03"; "03/2024" and a day of the month are read as well.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self
from uuid import UUID

from babel import Locale as Names
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from marketplace.accounts.schemas import Address, Locale
from marketplace.core import clock
from marketplace.core.fields import Clean
from marketplace.core.i18n import _
from marketplace.profiles.rules.states import LANGUAGES
from marketplace.references.rules.states import NAME_MAX, TEXT_MAX, Relation, Status
from search import taxonomy

if TYPE_CHECKING:
    from marketplace.references.models import ClientReference

YEAR_FIRST: Final = 1950
SKILLS_MAX: Final = 10
_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})(?:-\d{1,2})?|(\d{1,2})[/.](\d{4})", re.ASCII)
_ADDRESS: Final = re.compile(r"://|www\.|@|[\w-]\.(?:com|net|org|fr|io|be|ch|ca|eu|biz|info|ru)\b")


def _month(value: object) -> object:
    """The first day of a month as people write it; dates pass as they are."""
    if not isinstance(value, str):
        return value
    match = _MONTH.fullmatch(value.strip())
    year, month = (int(match[1] or match[4]), int(match[2] or match[3])) if match else (0, 0)
    if not (year >= YEAR_FIRST and 1 <= month <= 12):
        raise PydanticCustomError("month", "Write month and year, such as 03/2024.")
    return date(year, month, 1)


def _past(value: date) -> date:
    if value > clock.today():
        raise ValueError(_("This month has not begun yet."))
    return value.replace(day=1)


def _no_address(value: str) -> str:
    """What goes into a mail to a stranger in somebody's words leads nowhere."""
    if any(not char.isprintable() for char in value) or _ADDRESS.search(value.lower()):
        raise ValueError(_("Please write a name, without links or addresses."))
    return " ".join(value.split())


def _known_language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(_("Please choose one of the options."))
    return code


Month = Annotated[
    date,
    BeforeValidator(_month),
    AfterValidator(_past),
    PlainSerializer(lambda day: f"{day:%Y-%m}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}$", "examples": ["2024-03"]}),
]
MonthOut = Annotated[
    date,
    PlainSerializer(lambda day: f"{day:%Y-%m}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}$", "examples": ["2024-03"]}),
]
Name = Annotated[
    str,
    Clean,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX),
    AfterValidator(_no_address),
]
Token = Annotated[str, Field(max_length=100)]
Said = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=TEXT_MAX)]


class In(BaseModel):
    """Input: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Worked(In):
    worked_from: Month
    worked_to: Month | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.worked_to and self.worked_to < self.worked_from:
            raise PydanticCustomError("order", "The last month lies before the first.")
        return self


class AskDraft(_Worked):
    """Whom to ask for a reference: a former client, how and when you worked together.

    `worked_to` null: you still do. `locale` is the language of the mail; `profile` the slug of
    your profile when there are several.
    """

    name: Name
    company: Name
    email: Address
    relation: Relation
    locale: Locale = "fr"
    profile: str = ""


class LinkDraft(In):
    """What stands behind `token=` in the link of a mail."""

    token: Token


class AnswerDraft(_Worked):
    """A reference, given by who holds the link of the request.

    `skills` are codes of those that RequestView lists; `worked_to` null: they still work together;
    `again` whether they would; `language` is that of the text. Only with `show_company` are the
    company and the domain of the address public.
    """

    token: Token
    skills: Annotated[list[str], Field(min_length=1, max_length=SKILLS_MAX)]
    again: bool
    text: Said = ""
    language: Annotated[str, AfterValidator(_known_language)] = "fr"
    show_company: bool = False


class DeclineDraft(In):
    """No answer: `declined`, or `disowned` by who does not know the assistant."""

    token: Token
    outcome: Literal["declined", "disowned"] = "declined"


class ShownDraft(In):
    """Whether one of your references is hidden: then it does not count either."""

    hidden: bool


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
    """One of your requests; `reference` is what was answered, shown unless `hidden`."""

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
    """A reference as who gave it sees it; None once it is gone."""

    assistant: str
    status: Status
    reference: ReferenceView | None


class StoppedView(BaseModel):
    """No more requests for references are mailed to the address of the link."""

    stopped: bool
