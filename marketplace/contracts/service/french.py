"""Owns handing over a paper in French before the other language, and the wish that follows."""

from __future__ import annotations

from uuid import UUID

from marketplace.contracts import queries
from marketplace.contracts.models import Contract, ContractVersion
from marketplace.contracts.rules.access import Acting, side_of
from marketplace.contracts.rules.evidence import Trace
from marketplace.contracts.rules.french import WISH, FrenchFirst, WishMissing
from marketplace.contracts.service import documents, evidence
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.core.i18n import gettext


async def hand_over(viewer: Acting, contract_id: UUID, number: int, trace: Trace) -> bytes:
    """The French version; that this person received it is evidence. Raises NotFound."""
    contract = await queries.get(viewer, contract_id)
    version = await queries.version(contract.id, number)
    if version.french_sha256 is None:
        raise NotFound
    content = await documents.read(version.french_sha256)
    await _note(viewer, contract.id, version, trace)
    return content


@command
async def _note(viewer: Acting, contract_id: UUID, version: ContractVersion, trace: Trace) -> None:
    contract = await lock(Contract, contract_id)
    if not await queries.french_delivered(version, viewer.person_id):
        await evidence.append(
            contract,
            "french_delivered",
            side_of(viewer, contract),
            person_id=viewer.person_id,
            file_sha256=version.french_sha256,
            trace=trace,
            details={"version": str(version.number)},
        )


async def refuse_early(viewer: Acting, version: ContractVersion) -> None:
    """Raise FrenchFirst while this person has not received the French version of this paper."""
    if version.french_sha256 and not await queries.french_delivered(version, viewer.person_id):
        raise FrenchFirst


def wish(version: ContractVersion, ticked: bool, locale: str) -> dict[str, str]:
    """The express wish, as evidence of the signature. Raises WishMissing."""
    if version.french_sha256 is None:
        return {}
    if not ticked:
        raise WishMissing({"english_wish": WishMissing.message})
    return {"english_wish": gettext(WISH, locale)}
