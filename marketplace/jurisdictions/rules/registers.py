"""Owns what the answers of VIES and Sirene mean; never asks them.

VIES: the Commission's REST service, `check-vat-number`. Sirene: INSEE's API 3.11, `siren` and
`siret`. What a service could not say is "unknown" and never counts against anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

LASTS: Final = {  # how long an answer is believed before the register is asked again
    "valid": timedelta(days=30),
    "invalid": timedelta(days=1),
    "inactive": timedelta(days=1),
    "unknown": timedelta(hours=1),
}
AGAIN_AFTER: Final = timedelta(minutes=2)
"""When somebody asks for it."""
NOT_FOUND: Final = 404
HIDDEN: Final = "---"
"""What VIES writes where a member state does not tell a name."""


class Register(StrEnum):
    """A register that is asked."""

    VIES = "vies"
    SIRENE = "sirene"


class State(StrEnum):
    """What a register said of a number."""

    VALID = "valid"
    INVALID = "invalid"  # the register does not know the number
    INACTIVE = "inactive"  # known, and ceased or closed
    UNKNOWN = "unknown"  # the register was away or said nothing


@dataclass(frozen=True, slots=True)
class Answer:
    """A register's answer: the name it knows, its own reference and everything it said."""

    state: State
    name: str = ""
    reference: str = ""
    raw: Mapping[str, Any] | None = None


def read_vies(status: int, said: Mapping[str, Any]) -> Answer:
    """What VIES answered. A number is invalid only when VIES says so in as many words."""
    errors = [each.get("error", "") for each in _maps(said.get("errorWrappers"))]
    valid = said.get("valid", said.get("isValid"))
    state = State.UNKNOWN
    if status == 200 and not errors and valid is True:
        state = State.VALID
    elif status == 200 and not errors and valid is False:
        # The service repeats faults of a member state in this field while `valid` is false.
        fault = str(said.get("userError", "INVALID")).upper()
        state = State.INVALID if fault in {"INVALID", ""} else State.UNKNOWN
    elif "INVALID_INPUT" in errors:
        state = State.INVALID
    name = str(said.get("name") or "")
    reference = str(said.get("requestIdentifier") or "")
    return Answer(state, "" if name == HIDDEN else name, reference, dict(said))


def read_sirene(status: int, said: Mapping[str, Any]) -> Answer:
    """What Sirene answered about a SIREN or a SIRET; the current period is the first one."""
    if status == NOT_FOUND:
        return Answer(State.INVALID, raw=dict(said))
    place = said.get("etablissement")
    unit = (place or said).get("uniteLegale") if isinstance(place or said, dict) else None
    if status != 200 or not isinstance(unit, dict):
        return Answer(State.UNKNOWN, raw=dict(said))
    period = _current(unit, "periodesUniteLegale")
    states = {_of("etatAdministratifUniteLegale", period, unit)}
    if isinstance(place, dict):
        current = _current(place, "periodesEtablissement")
        states.add(_of("etatAdministratifEtablissement", current, place))
    known = states - {""}
    state = State.UNKNOWN
    if known:
        state = State.VALID if known == {"A"} else State.INACTIVE
    return Answer(state, _name(period, unit), "", dict(said))


def worth_asking(
    state: State | None, asked_at: datetime | None, now: datetime, *, wished: bool = False
) -> bool:
    """Whether a number is to be asked about again, given the last answer.

    `wished`: somebody wants to know now, perhaps having had the register corrected.
    """
    if state is None or asked_at is None:
        return True
    return asked_at <= now - (AGAIN_AFTER if wished else LASTS[state])


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _current(unit: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    periods = _maps(unit.get(name))
    return next((each for each in periods if not each.get("dateFin")), {})


def _of(name: str, *places: Mapping[str, Any]) -> str:
    return next((str(each[name]) for each in places if each.get(name)), "")


def _name(period: Mapping[str, Any], unit: Mapping[str, Any]) -> str:
    company = _of("denominationUniteLegale", period, unit)
    first = _of("prenomUsuelUniteLegale", period, unit) or _of("prenom1UniteLegale", period, unit)
    last = _of("nomUsageUniteLegale", period, unit) or _of("nomUniteLegale", period, unit)
    return company or f"{first} {last}".strip()
