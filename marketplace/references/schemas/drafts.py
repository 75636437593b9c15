"""Owns what people and programs say of references; never stores anything.

Months are written "2024-03"; "03/2024" and a day of the month are read as well.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final, Literal, Self

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

from marketplace.accounts.schemas import Locale, NewAddress
from marketplace.core import clock
from marketplace.core.fields import Clean
from marketplace.core.grounds import Ground
from marketplace.core.i18n import _
from marketplace.profiles.rules.states import LANGUAGES
from marketplace.references.rules.states import NAME_MAX, REPORT_MAX, TEXT_MAX, Relation

YEAR_FIRST: Final = 1950
SKILLS_MAX: Final = 10
_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})(?:-\d{1,2})?|(\d{1,2})[/.](\d{4})", re.ASCII)
# Mail programs make a link of whatever ends like an address.
_ENDINGS: Final = (
    "com|net|org|fr|io|be|ch|ca|eu|biz|info|ru|co|me|ai|app|dev|xyz|top|shop|store|site|online|pro"
    "|click|link|live|club|vip|icu|uk|de|es|it|nl|lu|us|tv|cc|ly|gl|mg|ma|tn|sn|ci|re"
)
_ADDRESS: Final = re.compile(rf"://|www\.|@|[\w-]\.(?:{_ENDINGS})\b")


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
Name = Annotated[
    str,
    Clean,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX),
    AfterValidator(_no_address),
]
Token = Annotated[str, Field(max_length=120)]
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
    email: NewAddress
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


class ReportDraft(In):
    """Why a reference is held to be unlawful; `email` to be told what was decided."""

    ground: Ground
    said: Annotated[
        str, Clean, StringConstraints(strip_whitespace=True, min_length=10, max_length=REPORT_MAX)
    ]
    email: NewAddress | None = None


class ShownDraft(In):
    """Whether one of your references is hidden: then it does not count either."""

    hidden: bool
