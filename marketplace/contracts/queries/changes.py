"""Owns the reading of changes of a running contract; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.contracts.models import (
    Contract,
    ContractChange,
    ContractSignature,
    ContractVersion,
)
from marketplace.contracts.queries.agreements import agreement, current_version
from marketplace.contracts.rules.changes import ChangeStatus
from marketplace.contracts.rules.terms import (
    Agreement,
    CapRaise,
    HourlyTerms,
    price_of_minutes,
)
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
class CapChange:
    """A proposed higher cap for reading: from which week on (or that one `only`), old and new."""

    change: ContractChange
    raised: CapRaise
    before_minutes: int
    before: Money
    after: Money
    signed_by: tuple[str, ...]


async def change_shown(contract: Contract) -> CapChange | None:
    """The change that waits for signatures, as people compare it; None when there is none."""
    change = await open_change(contract.id)
    if change is None:
        return None
    old, new = agreement(contract), Agreement.model_validate(change.version.agreement)
    assert isinstance(old.terms, HourlyTerms)
    assert isinstance(new.terms, HourlyTerms)
    raised = new.terms.raises[-1]
    minutes = old.terms.cap_of(raised.from_week)
    prices = [
        Money(price_of_minutes(old.terms.rate_minor, each), old.currency)
        for each in (minutes, raised.minutes)
    ]
    given = tuple([each.side for each in await consents(change.version_id)])
    return CapChange(change, raised, minutes, prices[0], prices[1], given)


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
