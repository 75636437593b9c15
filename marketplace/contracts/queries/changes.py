"""Owns the reading of changes of a signed contract; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.contracts.models import (
    Contract,
    ContractChange,
    ContractSignature,
    ContractVersion,
)
from marketplace.contracts.queries.agreements import (
    current_version,
    independence_of,
    monday_of,
    version,
)
from marketplace.contracts.rules.amendment_paper import Standing
from marketplace.contracts.rules.amendment_words import Line, lines
from marketplace.contracts.rules.changes import ChangeStatus
from marketplace.contracts.rules.dated import mondays
from marketplace.contracts.rules.independence import Found
from marketplace.contracts.rules.states import Actor, Status
from marketplace.contracts.rules.terms import Agreement, HourlyTerms
from marketplace.core import clock
from marketplace.core.i18n import current_locale
from payments.money import Money


async def open_change(contract_id: UUID) -> ContractChange | None:
    """The change that waits for signatures, with its version."""
    return await ContractChange.get_or_none(
        contract_id=contract_id, status=ChangeStatus.OPEN
    ).prefetch_related("version")


async def changes(contract_id: UUID) -> list[ContractChange]:
    """All changes proposed for a contract, newest first, with their versions."""
    return (
        await ContractChange.filter(contract_id=contract_id)
        .order_by("-proposed_at", "-id")
        .prefetch_related("version")
    )


@dataclass(frozen=True)
class ChangeShown:
    """A proposed change for reading: what it says now and then, line by line in the reader's words.

    `more_now`: the price before tax that is to be paid for a present week whose cap rises. `since`:
    the first day that it changes. `independence`: the signs that the changed text shows.
    """

    change: ContractChange
    lines: tuple[Line, ...]
    standing: Standing
    more_now: Money | None
    signed_by: tuple[str, ...]
    since: date
    independence: tuple[Found, ...]


async def change_shown(contract: Contract) -> ChangeShown | None:
    """The change that waits for signatures, as people compare it; None when there is none."""
    change = await open_change(contract.id)
    if change is None:
        return None
    found = await standing(contract, change)
    new = Agreement.model_validate(change.version.agreement)
    given = tuple([each.side for each in await consents(change.version_id)])
    told = lines(found.agreement, new, current_locale.get())
    return ChangeShown(
        change,
        told,
        found,
        _more_now(contract, found.agreement, new),
        given,
        since=min(mondays(found.agreement, new), default=clock.today(contract.time_zone)),
        independence=independence_of(new),
    )


def _more_now(contract: Contract, old: Agreement, new: Agreement) -> Money | None:
    before, after = old.terms, new.terms
    if contract.status is not Status.ACTIVE:  # nothing is held yet: its first week is paid whole
        return None
    if not isinstance(before, HourlyTerms) or not isinstance(after, HourlyTerms):
        return None
    monday = monday_of(clock.today(contract.time_zone))
    more = after.price_of(monday) - before.price_of(monday)
    return Money(more, new.currency) if more > 0 else None


def local_day(contract: Contract, moment: datetime) -> date:
    """The day of a moment in the contract's time zone."""
    return moment.astimezone(ZoneInfo(contract.time_zone)).date()


async def standing(contract: Contract, change: ContractChange) -> Standing:
    """What a change starts from, as its paper says it. `contract` carries both parties."""
    base = await version(contract.id, await base_of(change))
    assert contract.signed_at is not None
    return Standing(
        version=base.number,
        agreement=Agreement.model_validate(base.agreement),
        signed_on=local_day(contract, contract.signed_at),
        proposed_on=local_day(contract, change.proposed_at),
        expires_on=local_day(contract, change.expires_at),
        by="" if change.side == Actor.SYSTEM else getattr(contract, change.side).display_name,
        reason=change.reason,
    )


async def base_of(change: ContractChange) -> int:
    """The number of the version that a change starts from: the newest one agreed before it."""
    dropped = await ContractChange.filter(
        contract_id=change.contract_id, status__not=ChangeStatus.AGREED
    ).values_list("version__number", flat=True)
    earlier = (
        await ContractVersion.filter(
            contract_id=change.contract_id, number__lt=change.version.number
        )
        .exclude(number__in=list(dropped))
        .order_by("-number")
        .first()
    )
    assert earlier is not None
    return earlier.number


async def consents(version_id: UUID) -> list[ContractSignature]:
    """Who signed a version, in order."""
    return (
        await ContractSignature.filter(version_id=version_id)
        .order_by("signed_at")
        .prefetch_related("person", "party")
    )


async def on_table(contract: Contract) -> ContractVersion | None:
    """The version to read and sign now: a proposed change's, else the contract's own."""
    change = await open_change(contract.id)
    return change.version if change else await current_version(contract)
