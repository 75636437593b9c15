"""Owns the shape of what goes in and out about papers."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from marketplace.core.fields import Clean
from marketplace.core.i18n import gettext
from marketplace.vigilance.rules import State, Verdict

if TYPE_CHECKING:
    from marketplace.vigilance.models import ComplianceCheck
    from marketplace.vigilance.queries import Paper, Seen

Number = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), Clean]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), Clean]


class PaperDraft(BaseModel):
    """What stands on a paper: its number (security code) if it carries one, its date, its last day.

    `valid_until` is asked of papers whose `ends` is as_written, and counts for no other.
    """

    model_config = ConfigDict(extra="forbid")

    number: Number = ""
    issued_on: date
    valid_until: date | None = None


class CheckDraft(BaseModel):
    """What the client says of a paper: `passed` or `failed`, with a note."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal[Verdict.PASSED, Verdict.FAILED]
    note: Note = ""


class WaiverDraft(BaseModel):
    """The client goes on without a paper, knowing what the law makes of it."""

    model_config = ConfigDict(extra="forbid")

    agree: Literal[True]
    note: Note = ""


class HandedView(BaseModel):
    """A paper that was handed in; `valid_until` is its last day, null: it does not age."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: str
    issued_on: date
    valid_until: date | None
    media_type: str
    file_sha256: str
    file_bytes: int
    created_at: datetime


class CheckView(BaseModel):
    """What the client said, who and when; `document_id` null: it goes on without one."""

    document_id: UUID | None
    verdict: Verdict
    note: str
    by: str
    created_at: datetime

    @classmethod
    def of(cls, row: ComplianceCheck) -> CheckView:
        """A check as the API shows it."""
        return cls(
            document_id=row.document_id,
            verdict=row.verdict,
            note=row.note,
            by=row.person.name,
            created_at=row.created_at,
        )


class PaperView(BaseModel):
    """A paper that this pair exchanges and how it stands, or stood when the contract ended.

    `state`: later (the amount is not reached), missing, refused, expired, expiring, valid or
    waived. `stops_funding`: no new money can be held until it is there; work that is done is paid.
    `from_minor` is in `currency`, before tax, over all contracts of the pair; null for any amount.
    `ends`: after_months (renew_months after its date), with_the_year (with the calendar year in
    which these are over), or as_written (on the day written on it, if that comes first).
    """

    code: str
    jurisdiction: str
    name: str
    when: str
    from_minor: int | None
    currency: str
    renew_months: int | None
    ends: str
    mandatory: bool
    to_be_confirmed: bool
    source: str | None
    check_url: str | None
    state: State
    stops_funding: bool
    may_waive: bool
    current: HandedView | None
    history: list[HandedView]
    checks: list[CheckView]

    @classmethod
    def of(cls, paper: Paper, locale: str, *, shown: bool) -> PaperView:
        """A paper for one side; `shown`: whether its files are this side's to read now."""
        document, place = paper.rule.document, paper.rule.place
        source = place.sources.get(document.source or "")
        history = list(paper.history) if shown else []
        return cls(
            code=document.code,
            jurisdiction=place.code,
            name=document.label(locale),
            when=document.when(locale),
            from_minor=document.asked.from_minor,
            currency=place.currency,
            renew_months=document.renew_months,
            ends=document.ends,
            mandatory=document.mandatory,
            to_be_confirmed=not document.verified,
            source=source.url if source else None,
            check_url=document.number.check_url if document.number else None,
            state=paper.state,
            stops_funding=paper.stops,
            may_waive=paper.may_waive,
            current=HandedView.model_validate(paper.document) if shown and paper.document else None,
            history=[HandedView.model_validate(each) for each in history],
            checks=[CheckView.of(each) for each in paper.checks],
        )


class PapersView(BaseModel):
    """The papers of one contract, those that stop funding first."""

    contract: UUID
    items: list[PaperView]


class PaperQuery(BaseModel):
    """What stands on the paper whose file is the body; `valid_until` where it `ends` as_written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issued_on: date
    number: Number = ""
    valid_until: date | None = None


class SignView(BaseModel):
    """A sign of disguised employment in a contract's life: what was seen and what to do about it.

    `clause` is the id of the clause that answers it; `private`: only the assistant is told.
    """

    code: str
    title: str
    said: str
    fix: str
    clause: str
    source: str
    private: bool
    since: datetime

    @classmethod
    def of(cls, seen: Seen, locale: str) -> SignView:
        """A sign as the API shows it."""
        sign = seen.sign
        return cls(
            code=sign.code,
            title=gettext(sign.title, locale),
            said=gettext(sign.said, locale, **seen.facts),
            fix=gettext(sign.fix, locale),
            clause=sign.clause,
            source=sign.source,
            private=sign.private,
            since=seen.found_at,
        )


class SignsView(BaseModel):
    """The signs that a contract's life shows now; they inform and block nothing."""

    contract: UUID
    items: list[SignView]
