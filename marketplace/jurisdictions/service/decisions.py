"""Owns keeping VAT decisions with everything they rest on, and who left the small scheme."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import command, in_command
from marketplace.jurisdictions import queries
from marketplace.jurisdictions.models import TaxDecision, TaxStanding
from marketplace.jurisdictions.queries import TaxParty, VatDecision


class Purpose(StrEnum):
    """Which supply a decision is about."""

    SUPPLY = "supply"  # the assistant's service to the client
    CLIENT_FEE = "client_fee"  # our service to the client
    ASSISTANT_FEE = "assistant_fee"  # our service to the assistant


async def record_decision(
    subject: str,
    purpose: Purpose,
    decision: VatDecision,
    *,
    seller: TaxParty,
    buyer: TaxParty,
    on: date,
    seller_id: UUID | None = None,
    buyer_id: UUID | None = None,
) -> TaxDecision:
    """Keep a decision in the open transaction of the command that uses it; never changed again.

    `subject` is like contract:<id>; a party without id is the operator of this instance.
    """
    if not in_command():
        msg = "a decision is kept in the transaction that uses it"
        raise RuntimeError(msg)
    return await TaxDecision.create(
        subject=subject,
        purpose=purpose.value,
        seller_id=seller_id,
        buyer_id=buyer_id,
        on_day=on,
        inputs={
            "seller": {"party": _plain(seller), "facts": _plain(queries.side(seller, on))},
            "buyer": {"party": _plain(buyer), "facts": _plain(queries.side(buyer, on))},
        },
        outputs=decision.as_json(),
        rule=decision.rule,
        data_version=queries.data_version(),
        decided_at=clock.now(),
    )


@command
async def set_standing(party_id: UUID, left_on: date | None) -> None:
    """Say from which day a party's turnover ends its small-business exemption; None: it does not.

    Asked with the same day again it changes nothing.
    """
    if left_on is None:
        await TaxStanding.filter(party_id=party_id).delete()
        return
    row = await TaxStanding.get_or_none(party_id=party_id)
    if row is None:
        await TaxStanding.create(party_id=party_id, left_on=left_on, updated_at=clock.now())
    elif row.left_on != left_on:
        row.left_on, row.updated_at = left_on, clock.now()
        await row.save(update_fields=["left_on", "updated_at"])


def _plain(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = asdict(value)
    return {
        name: each.isoformat() if isinstance(each, date) else each for name, each in found.items()
    }
