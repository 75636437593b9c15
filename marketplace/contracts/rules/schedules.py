"""Owns what a contract's schedules declare: personal data, where it goes, service targets; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from marketplace.core.fields import Clean
from marketplace.core.i18n import _

LINES_MAX = 20
BREACH_HOURS = 48  # leaves the controller a day of the 72 hours of GDPR article 33

# Decisions of the European Commission under GDPR article 45: the country is adequate as a whole.
# https://commission.europa.eu/law/law-topic/data-protection/international-dimension-data-protection
ADEQUATE: Final = frozenset("AD AR CH FO GB GG IL IM JE JP KR NZ UY".split())
# ... or only some: Canada's commercial organisations, those on the Data Privacy Framework list.
ADEQUATE_IN_PART: Final = frozenset({"CA", "US"})
EEA: Final = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IS IT LI LV LT LU MT NL NO PL PT RO SK SI ES SE"
    "".split()
)


class Value(BaseModel):
    """A value that refuses unknown fields and later changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def lines_of(value: object) -> object:
    """A text with one entry a line, as forms send it (alone or as the one item), as a list."""
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        value = "\n".join(value)
    if isinstance(value, str):
        return [line.strip(" \t-•") for line in value.splitlines() if line.strip(" \t-•")]
    return value


Entry = Annotated[
    str, Clean, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)
]
Purpose = Annotated[
    str, Clean, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)
]
Entries = Annotated[
    tuple[Entry, ...], Field(min_length=1, max_length=LINES_MAX), BeforeValidator(lines_of)
]


class DataTool(Value):
    """A tool the data pass through, and the country (ISO 3166-1) it keeps them in."""

    name: Entry
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class DataProcessing(Value):
    """What GDPR article 28(3) makes the parties write down.

    `breach_hours`: within which the assistant tells of a breach.
    """

    purpose: Purpose
    data: Entries
    people: Entries
    tools: Annotated[tuple[DataTool, ...], Field(max_length=LINES_MAX)] = ()
    breach_hours: Annotated[int, Field(ge=1, le=72)] = BREACH_HOURS


class Basis(StrEnum):
    """What lets personal data leave for a country."""

    ADEQUACY = "adequacy"
    IN_PART = "in_part"  # only where the recipient is covered, else standard clauses
    CLAUSES = "clauses"  # the Commission's standard contractual clauses, module 2
    UK_CLAUSES = "uk_clauses"  # the UK's international data transfer agreement
    LOCAL = "local"  # the client's own law decides


@dataclass(frozen=True)
class Transfer:
    """Data that leave the client's area: to whom, where, on which basis."""

    recipient: str
    country: str
    basis: Basis


def transfers(
    client_country: str, assistant_country: str, assistant: str, tools: Iterable[DataTool]
) -> tuple[Transfer, ...]:
    """Every transfer out of the client's area; countries are ISO 3166-1.

    The area is the European Economic Area (GDPR chapter V), the United Kingdom or Switzerland with
    the EEA, which each recognises; elsewhere the client's own law decides.
    """
    recipients = [(assistant, assistant_country), *((tool.name, tool.country) for tool in tools)]
    return tuple(
        Transfer(name, country, basis)
        for name, country in recipients
        if (basis := _basis(client_country, country)) is not None
    )


def _basis(client: str, country: str) -> Basis | None:
    if country == client or (client in EEA and country in EEA):
        return None
    if client in EEA:
        if country in ADEQUATE:
            return Basis.ADEQUACY
        return Basis.IN_PART if country in ADEQUATE_IN_PART else Basis.CLAUSES
    if client in {"GB", "CH"}:
        if country in EEA or country in {"GB", "CH"}:
            return Basis.ADEQUACY
        return Basis.UK_CLAUSES if client == "GB" else Basis.CLAUSES
    return Basis.LOCAL


class KpiKey(StrEnum):
    """The service targets that can be agreed; each is counted from the contract's own events."""

    FIRST_RESPONSE = "first_response"
    ON_TIME = "on_time"
    CORRECTIONS = "corrections"
    SATISFACTION = "satisfaction"


# Bounds of the target: minutes, percent, percent, tenths of a point out of five.
KPI_BOUNDS: Final[dict[KpiKey, tuple[int, int]]] = {
    KpiKey.FIRST_RESPONSE: (5, 2880),
    KpiKey.ON_TIME: (50, 100),
    KpiKey.CORRECTIONS: (0, 50),
    KpiKey.SATISFACTION: (10, 50),
}


class Kpi(Value):
    """One service target: minutes, percent, or tenths of a point for satisfaction."""

    key: KpiKey
    target: Annotated[int, Field(examples=[30])]

    @model_validator(mode="after")
    def _within(self) -> Self:
        low, high = KPI_BOUNDS[self.key]
        if not low <= self.target <= high:
            raise ValueError(_("This target is not possible."))
        return self


def _once_each(targets: tuple[Kpi, ...]) -> tuple[Kpi, ...]:
    if len({each.key for each in targets}) != len(targets):
        raise ValueError(_("Name each target once."))
    return targets


Kpis = Annotated[tuple[Kpi, ...], Field(max_length=len(KpiKey)), AfterValidator(_once_each)]
