"""Owns what is asked and kept of a signer beside the code: second factor, capacity, pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.accounts import queries as accounts
from marketplace.accounts.rules import AuthenticatorWrong, Proves
from marketplace.accounts.service import factors
from marketplace.accounts.service.factors import Proof
from marketplace.contracts import queries
from marketplace.contracts.models import Contract, ContractVersion
from marketplace.contracts.rules.evidence import Trace
from marketplace.contracts.rules.pages import spans
from marketplace.contracts.rules.states import Actor
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import evidence
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _


async def second_factor(person_id: UUID, session: str, draft: SignDraft) -> dict[str, str]:
    """Use up the signer's second factor, where there is one. Raises Invalid.

    A passkey answers for this very file, in this session.
    """
    if not await accounts.has_second_factor(person_id):
        return {}
    if not draft.authenticator and not draft.passkey:
        raise Invalid({"authenticator": _("Give a code or use a passkey.")})
    proof = Proof(
        code=draft.authenticator or "",
        passkey=draft.passkey or "",
        session=session,
        purpose=Proves.SIGN,
        about=draft.file_sha256,
    )
    try:
        return {"second_factor": await factors.check(person_id, proof)}
    except AuthenticatorWrong as error:
        raise Invalid({"authenticator": error.message}) from None


async def signatory(
    person: Any, party_id: UUID, language: str, draft: SignDraft
) -> queries.Signatory:
    """Who signs, in the capacity of the delegation, or in the one that an owner gave."""
    found = await queries.signatory(person, party_id, language)
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
