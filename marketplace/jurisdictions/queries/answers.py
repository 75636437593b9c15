"""Owns the reads of what registers answered and of what is decided for a party's taxes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from marketplace.core.db import connection
from marketplace.core.settings import settings
from marketplace.jurisdictions.models import RegisterAnswer, TaxDecision, TaxStanding
from marketplace.jurisdictions.queries.data import find
from marketplace.jurisdictions.queries.taxes import Taxed, TaxParty, in_eu
from marketplace.jurisdictions.rules import NumberState, Register, State

SIREN_LENGTHS: Final = (9, 14)
_NUMBER_STATES: Final = {State.VALID: NumberState.VALID, State.INVALID: NumberState.INVALID}


class Identified(Taxed, Protocol):
    """A party with its id."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Question:
    """A number and the register that knows it."""

    register: Register
    number: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands of a number: the last answer that decided something, else the last one.

    `asked` is false where this instance does not ask the register (setting empty).
    """

    register: Register
    number: str
    state: State | None
    name: str
    reference: str
    answered_at: datetime | None
    asked: bool

    def as_evidence(self) -> str:
        """The answer in one line, as a decision keeps it."""
        at = self.answered_at.isoformat(timespec="seconds") if self.answered_at else ""
        return " ".join((self.register, self.number, self.state or "", self.reference or "-", at))


def asks(register: Register) -> bool:
    """Whether this instance asks the register."""
    chosen = settings()
    return bool(chosen.vies_url if register is Register.VIES else chosen.sirene_url)


def questions(party: Taxed) -> list[Question]:
    """The registers that know something of a party, whether or not they are asked here."""
    place = find(party.jurisdiction)
    found: list[Question] = []
    if place is None:
        return found
    if party.vat_number and in_eu(place.vat_territory):
        found.append(Question(Register.VIES, party.vat_number))
    number = party.registration_number
    if place.country == "FR" and number.isdigit() and len(number) in SIREN_LENGTHS:
        found.append(Question(Register.SIRENE, number))
    return found


async def checked(party: Taxed) -> list[Checked]:
    """What each register said of a party's numbers."""
    return [await _standing_of(each) for each in questions(party)]


async def last_answer(question: Question) -> RegisterAnswer | None:
    """The newest answer, whatever it says."""
    rows = RegisterAnswer.filter(register=question.register, number=question.number)
    return await rows.order_by("-asked_at", "-id").first()


async def _standing_of(question: Question) -> Checked:
    rows = RegisterAnswer.filter(register=question.register, number=question.number)
    decided = rows.exclude(state=State.UNKNOWN).order_by("-asked_at", "-id")
    row = await decided.first() or await last_answer(question)
    return Checked(
        register=question.register,
        number=question.number,
        state=row.state if row else None,
        name=row.name if row else "",
        reference=row.reference if row else "",
        answered_at=row.asked_at if row else None,
        asked=asks(question.register),
    )


TROUBLED: Final = """
SELECT * FROM (
  SELECT DISTINCT ON (register, number) * FROM register_answer
   ORDER BY register, number, state = 'unknown', asked_at DESC, id DESC) newest
 WHERE state <> 'valid' ORDER BY asked_at DESC LIMIT $1"""


async def troubled(limit: int) -> list[RegisterAnswer]:
    """What stands of each number that its register does not confirm, newest first."""
    rows = await connection().execute_query_dict(TROUBLED, [limit])
    ids = [row["id"] for row in rows]
    found = {row.id: row for row in await RegisterAnswer.filter(id__in=ids)}
    return [found[each] for each in ids]


async def inactive(party: Taxed) -> bool:
    """Whether the register says that the business or establishment has ceased."""
    return any(each.state is State.INACTIVE for each in await checked(party))


REFUSED: Final = """
SELECT number FROM (
  SELECT DISTINCT ON (number) number, state FROM register_answer
   WHERE register = 'vies' AND state <> 'unknown' AND number = ANY($1::text[])
   ORDER BY number, asked_at DESC, id DESC) newest
 WHERE state = 'invalid'"""


async def refused_vat_numbers(numbers: Iterable[str]) -> frozenset[str]:
    """Those of the VAT numbers that their tax office does not know."""
    wanted = sorted({each for each in numbers if each})
    if not wanted:
        return frozenset()
    rows = await connection().execute_query_dict(REFUSED, [wanted])
    return frozenset(row["number"] for row in rows)


CONFIRMED: Final = """
SELECT number, asked_at, name FROM (
  SELECT DISTINCT ON (register, number) register, number, state, asked_at, name FROM register_answer
   WHERE state <> 'unknown' AND number = ANY($1::text[])
   ORDER BY register, number, asked_at DESC, id DESC) newest
 WHERE state = 'valid'"""


class Confirmed(NamedTuple):
    """The day (UTC) a register last confirmed a number, and of whom; "" where it hid that."""

    on: date
    name: str


async def confirmed_numbers(numbers: Iterable[str]) -> dict[str, Confirmed]:
    """Those of the numbers that their register confirms."""
    wanted = sorted({each for each in numbers if each})
    if not wanted:
        return {}
    rows = await connection().execute_query_dict(CONFIRMED, [wanted])
    return {row["number"]: Confirmed(row["asked_at"].date(), row["name"]) for row in rows}


async def tax_party(party: Identified) -> TaxParty:
    """A party with everything that is known about its numbers and turnover."""
    answers = await checked(party)
    states = {each.register: each.state for each in answers}
    vies = states.get(Register.VIES)
    standing = await TaxStanding.get_or_none(party_id=party.id)
    return TaxParty(
        jurisdiction=party.jurisdiction,
        tax_status=party.tax_status,
        vat_number=party.vat_number,
        subdivision=party.subdivision,
        registration_number=party.registration_number,
        number=_NUMBER_STATES.get(vies) if vies else None,
        proven=states.get(Register.SIRENE) is State.VALID,
        left_small_scheme_on=standing.left_on if standing else None,
        evidence=tuple(each.as_evidence() for each in answers if each.answered_at),
    )


async def decisions(subject: str) -> list[TaxDecision]:
    """The decisions kept for a subject (contract:<id>), oldest first."""
    return await TaxDecision.filter(subject=subject).order_by("decided_at", "id")
