"""Owns what is asked and kept of a signer beside the code: second factor, capacity, pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.accounts import queries as accounts
from marketplace.accounts.rules import AuthenticatorWrong
from marketplace.accounts.service import authenticators
from marketplace.contracts import queries
from marketplace.contracts.models import Contract, ContractVersion
from marketplace.contracts.rules.evidence import Trace
from marketplace.contracts.rules.pages import spans
from marketplace.contracts.rules.states import Actor
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import evidence
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _


async def second_factor(person_id: UUID, draft: SignDraft) -> dict[str, str]:
    """Use up a code of the signer's app, where there is one. Raises Invalid."""
    if not await accounts.has_authenticator(person_id):
        return {}
    if not draft.authenticator:
        raise Invalid({"authenticator": _("Please fill this in.")})
    try:
        return {"second_factor": await authenticators.check(person_id, draft.authenticator)}
    except AuthenticatorWrong as error:
        raise Invalid({"authenticator": error.message}) from None


async def signatory(person: Any, party_id: UUID, draft: SignDraft) -> queries.Signatory:
    """Who signs, in the capacity of the delegation, or in the one that an owner gave."""
    found = await queries.signatory(person, party_id)
    if found.fixed or not draft.capacity:
        return found
    return queries.Signatory(draft.capacity)


async def pages_shown(
    contract: Contract, version: ContractVersion, side: Actor, person_id: UUID, trace: Trace
) -> dict[str, str]:
    """Put into the chain which pages this person was shown before signing."""
    shown = await queries.pages_shown(version, person_id)
    if not shown:
        return {}
    pages = spans(row.page for row in shown)
    await evidence.append(
        contract,
        "pages_shown",
        side,
        person_id=person_id,
        file_sha256=version.file_sha256,
        trace=trace,
        details={
            "pages": pages,
            "first_at": min(row.at for row in shown).isoformat(),
            "last_at": max(row.at for row in shown).isoformat(),
        },
    )
    return {"pages": pages}
