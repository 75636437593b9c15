"""Owns what is said when a contract signed elsewhere is brought in; never touches its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, StringConstraints

from marketplace.accounts.schemas import NewAddress
from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.contracts.rules.states import Actor, Kind
from marketplace.contracts.rules.terms import Day
from marketplace.contracts.schemas.base import In
from marketplace.core import clock
from marketplace.core.fields import Clean

if TYPE_CHECKING:
    from marketplace.contracts.models import BroughtPaper


def _slug(value: object) -> object:
    """The last part of a profile's address; a slug stays as it is."""
    if not isinstance(value, str):
        return value
    return value.strip().partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


class ImportStart(In):
    """A contract that two parties signed elsewhere: with whom, for which business, how it is paid.

    `assistant` is the slug or the address of a profile. The file travels beside it.
    """

    assistant: Annotated[str, BeforeValidator(_slug), StringConstraints(min_length=1)]
    kind: Kind
    signed_on: Day
    business_id: UUID | None = None


class BringStart(In):
    """A contract that an assistant signed with a client elsewhere: with whom, how it is paid.

    `email` is the client's address, `profile` the slug of the assistant's profile when there are
    several. The file travels beside it.
    """

    email: NewAddress
    kind: Kind
    signed_on: Day
    profile: Annotated[str, BeforeValidator(_slug)] = ""


class BringUpload(BringStart):
    """The same for a program: a form with the PDF as one part, whose file name is kept."""

    file: bytes


class TakeDraft(In):
    """As which business a client takes up what was brought; may be left out with only one."""

    business_id: UUID | None = None


class BroughtView(BaseModel):
    """A contract that an assistant brings. `open`: it waits for the client's answer.

    `side` is yours; `contract_id` the draft that the client made of it.
    """

    id: UUID
    side: Literal["business", "assistant"]
    assistant: str
    email: str
    kind: Kind
    paper: ImportedPaper
    open: bool
    outcome: str
    contract_id: UUID | None
    expires_at: AwareDatetime

    @classmethod
    def of(cls, row: BroughtPaper, side: Actor) -> BroughtView:
        """From a row with its party."""
        return cls(
            id=row.id,
            side="business" if side is Actor.BUSINESS else "assistant",
            assistant=row.party.display_name,
            email=row.email,
            kind=row.kind,
            paper=row.file,
            open=not row.outcome and row.expires_at > clock.now(),
            outcome=row.outcome,
            contract_id=row.contract_id,
            expires_at=row.expires_at,
        )


class BroughtList(BaseModel):
    """What waits for an answer, on both of your sides."""

    items: tuple[BroughtView, ...]


class PaperQuery(In):
    """What is said of an imported file: the day both had signed it, and what it is called."""

    signed_on: Day
    name: Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=200)] = ""
