"""Owns the refusal of details that make another legal person of a side of a running contract.

The contract binds whom it names, and so do its invoices, the mandate to issue them and the identity
checked by the payment service: none of that passes to somebody else by a change of details.
"""

from __future__ import annotations

from typing import Final

from tortoise.expressions import Q

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.persons import Person, another
from marketplace.contracts.rules.states import ENDED, Status
from marketplace.contracts.service import taxes
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.service import Purpose
from marketplace.parties import queries as parties
from marketplace.parties.events import PartyChanged

BOUND: Final = _(
    "Contract %(number)s names another legal person, and does not pass to this one by a change "
    "here. End it first, or add the new business beside this one. To correct a slip in the number, "
    "end the contract and sign it anew."
)


async def on_party_changed(event: PartyChanged) -> None:
    """At once: raises Invalid beside the field that makes somebody else of this party."""
    mine = Q(business_id=event.party_id) | Q(assistant_id=event.party_id)
    bound = await Contract.filter(mine).exclude(status__in=[*ENDED, Status.DRAFT]).order_by("id")
    if not bound:
        return
    party = await parties.by_id(event.party_id)
    form = jurisdictions.get(party.jurisdiction).legal_form(party.legal_form)
    company = form is not None and not form.personal
    now = Person(party.country, company, party.registration_number)
    for contract in bound:
        named = await _named(contract, party)
        if named and (field := another(named, now)):
            raise Invalid({field: (BOUND, {"number": contract.number})})


async def _named(contract: Contract, party: parties.Party) -> Person | None:
    """This party as the version on the table names it; None where that was not kept."""
    version = await queries.current_version(contract)
    kept = await taxes.kept(contract, contract.version, Purpose.SUPPLY)
    side = "business" if party.id == contract.business_id else "assistant"
    text = version.parties.get(side, {}) if version else {}
    if kept is None or not text.get("country"):
        return None
    tax = kept.inputs["buyer" if side == "business" else "seller"]["party"]
    return Person(text["country"], text["company"], tax["registration_number"])
