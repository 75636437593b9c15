"""Owns the VAT of a contract: decided on a day, kept with the version that uses it, unsettled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.changes import CHANGEABLE_IN
from marketplace.contracts.rules.signing import (
    PartyInactive,
    TaxChanged,
    TaxToSign,
    TaxUnsettled,
)
from marketplace.contracts.rules.states import Rail
from marketplace.core import clock
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions import service as tax_facts
from marketplace.jurisdictions.queries import TaxParty, VatDecision
from marketplace.jurisdictions.rules import SENTENCES
from marketplace.jurisdictions.service import Purpose
from marketplace.parties import queries as parties

if TYPE_CHECKING:
    from marketplace.jurisdictions.models import TaxDecision


@dataclass(frozen=True)
class Taxes:
    """The three supplies of a contract as they are taxed on a day, with what that rests on."""

    on: date
    business: TaxParty
    assistant: TaxParty
    supply: VatDecision
    client_fee: VatDecision
    assistant_fee: VatDecision


async def decide(business: parties.Party, assistant: parties.Party) -> Taxes:
    """The VAT between two parties, and on our fees to both, as known today."""
    today = clock.today()
    client, supplier = (
        await jurisdictions.tax_party(business),
        await jurisdictions.tax_party(assistant),
    )
    return Taxes(
        on=today,
        business=client,
        assistant=supplier,
        supply=jurisdictions.vat_on_services(supplier, client, today),
        client_fee=jurisdictions.platform_fee_vat(client, today),
        assistant_fee=jurisdictions.platform_fee_vat(supplier, today),
    )


async def of_contract(contract: Contract) -> Taxes:
    """The same for a contract's two parties."""
    business = await parties.by_id(contract.business_id)
    return await decide(business, await parties.by_id(contract.assistant_id))


def subject(contract: Contract, version: int) -> str:
    """Under which name the decisions of a version are kept."""
    return f"contract:{contract.id}:{version}"


async def keep(contract: Contract, version: int, taxes: Taxes) -> None:
    """In a command: the decisions a version rests on, kept with it."""
    client, supplier = contract.business_id, contract.assistant_id
    ours = jurisdictions.platform()
    name, on = subject(contract, version), taxes.on
    await tax_facts.record_decision(
        name, Purpose.SUPPLY, taxes.supply, on=on,
        seller=taxes.assistant, seller_id=supplier, buyer=taxes.business, buyer_id=client,
    )  # fmt: skip
    await tax_facts.record_decision(
        name, Purpose.CLIENT_FEE, taxes.client_fee, on=on,
        seller=ours, buyer=taxes.business, buyer_id=client,
    )  # fmt: skip
    await tax_facts.record_decision(
        name, Purpose.ASSISTANT_FEE, taxes.assistant_fee, on=on,
        seller=ours, buyer=taxes.assistant, buyer_id=supplier,
    )  # fmt: skip


async def kept(contract: Contract, version: int, purpose: Purpose) -> TaxDecision | None:
    """The decision about one supply that a version was signed with."""
    rows = await jurisdictions.decisions(subject(contract, version))
    return next((row for row in rows if row.purpose == purpose), None)


async def supply_of(contract: Contract, version: int) -> VatDecision:
    """How the assistant's service is taxed by a version: as kept with it, else as known today."""
    row = await kept(contract, version, Purpose.SUPPLY)
    return VatDecision.from_json(row.outputs) if row else (await of_contract(contract)).supply


async def refuse_unsettled(contract: Contract, version: int) -> None:
    """Raise PartyInactive, TaxUnsettled or TaxChanged while this version must not be signed.

    A side has ceased, a tax number is missing, or the price or a fee would carry another tax today.
    """
    for party_id in (contract.business_id, contract.assistant_id):
        party = await parties.by_id(party_id)
        if await jurisdictions.inactive(party):
            raise PartyInactive(name=party.display_name)
    today = await of_contract(contract)
    if today.supply.blocks:
        raise TaxUnsettled(SENTENCES[today.supply.blocks[0]])
    if await _other(contract, version, today):
        raise TaxChanged


async def differs(contract: Contract, version: int | None = None) -> bool:
    """Whether the price or a fee would carry another tax today than a version says.

    The contract's own, unless another one is asked about.
    """
    return await _other(contract, version or contract.version, await of_contract(contract))


async def refuse_changed(contract: Contract) -> None:
    """Raise TaxToSign while a signed contract waits for the signatures under its new tax."""
    if contract.status in CHANGEABLE_IN and await differs(contract):
        raise TaxToSign


async def _other(contract: Contract, version: int, today: Taxes) -> bool:
    counts = {Purpose.SUPPLY: today.supply}
    if contract.rail is Rail.HELD and contract.imported is None:  # else no fee is taken
        counts[Purpose.CLIENT_FEE] = today.client_fee
        counts[Purpose.ASSISTANT_FEE] = today.assistant_fee
    for row in await jurisdictions.decisions(subject(contract, version)):
        signed, now = VatDecision.from_json(row.outputs), counts.get(Purpose(row.purpose))
        if now and (signed.category, signed.rates) != (now.category, now.rates):
            return True
    return False
