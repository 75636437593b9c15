"""Owns the reading of who may sign for a side, and in which capacity; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marketplace.contracts.rules.signing import same_name
from marketplace.core.i18n import _, gettext
from marketplace.parties import queries as parties


@dataclass(frozen=True)
class Signatory:
    """A person who may sign for a party. `fixed`: by a delegation, which names the capacity."""

    capacity: str
    fixed: bool = False
    delegated_by: str = ""
    delegated_at: datetime | None = None

    def as_evidence(self) -> dict[str, str]:
        """What the evidence keeps of it."""
        found = {"capacity": self.capacity}
        if self.delegated_at is not None:
            found |= {
                "delegated_by": self.delegated_by,
                "delegated_at": self.delegated_at.isoformat(),
            }
        return found


async def signatory(person: Any, party_id: UUID, language: str) -> Signatory:
    """In which capacity a person of the party signs, in the contract's language.

    An owner may say another one.

    Raises NotFound for a stranger, parties.NotSignatory for a member without a delegation.
    """
    delegation = await parties.signatory(person.id, party_id)
    party = await parties.by_id(party_id)
    if delegation is not None:
        return Signatory(
            delegation.capacity, True, delegation.granted_by.name, delegation.granted_at
        )
    if same_name(person.name, party.representative_name) and party.representative_title:
        return Signatory(party.representative_title)
    if same_name(person.name, party.legal_name):
        return Signatory(gettext(_("in their own name"), language))
    return Signatory(gettext(_("authorised representative"), language))
