"""Owns the one-time codes of signatures: sent to the signer's address, used up once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts.models import Contract, SigningCode
from marketplace.contracts.rules import signing as rules
from marketplace.contracts.rules.access import party_of
from marketplace.contracts.rules.evidence import Trace
from marketplace.contracts.rules.states import Actor
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import evidence
from marketplace.core import clock, mail
from marketplace.core.errors import RelaisError
from marketplace.core.settings import settings

if TYPE_CHECKING:
    from marketplace.accounts.models import Person


async def send(
    contract: Contract, side: Actor, person: Person, file_sha256: str, trace: Trace
) -> SigningCode:
    """Mail a new code for this very file; earlier ones end. Raises TooManyCodes."""
    now = clock.now()
    mine = SigningCode.filter(contract_id=contract.id, person_id=person.id)
    if (
        await mine.filter(created_at__gt=now - timedelta(hours=1)).count()
        >= rules.CODES_PER_HOUR_MAX
    ):
        raise rules.TooManyCodes(3600)
    await mine.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    code = rules.new_code()
    party_id = party_of(side, contract)
    row = await SigningCode.create(
        contract_id=contract.id,
        person_id=person.id,
        party_id=party_id,
        file_sha256=file_sha256,
        code_hash=_hash(contract, file_sha256, person, party_id, code),
        expires_at=now + rules.CODE_LIFE,
        created_at=now,
    )
    await evidence.append(
        contract,
        "code_sent",
        side,
        person_id=person.id,
        file_sha256=file_sha256,
        trace=trace,
        details={"to": rules.masked(person.email)},
    )
    await mail.send(
        "contracts_code",
        to=person.email,
        locale=person.locale,
        name=person.name,
        code=code,
        contract=contract,
        minutes=int(rules.CODE_LIFE.total_seconds() // 60),
    )
    return row


def _hash(contract: Contract, sha256: str, person: Person, party_id: UUID, code: str) -> str:
    bound_to = (str(contract.id), sha256, str(person.id), str(party_id), person.email)
    return rules.code_hash(settings().secret_key, bound_to, code)


async def spend(
    contract: Contract,
    side: Actor,
    person: Person,
    draft: SignDraft,
    trace: Trace,
) -> RelaisError | None:
    """Use the newest code up, or say why it cannot be used; a wrong try is counted."""
    row = (
        await SigningCode.filter(contract_id=contract.id, person_id=person.id)
        .order_by("-created_at", "-id")
        .select_for_update()
        .first()
    )
    party_id = party_of(side, contract)
    usable = (
        row is not None
        and row.used_at is None
        and row.expires_at > clock.now()
        and row.tries < rules.CODE_TRIES_MAX
        and row.file_sha256 == draft.file_sha256
        and row.party_id == party_id
    )
    if row is None or not usable:
        return rules.CodeSpent()
    typed = rules.plain_code(draft.code)
    expected = _hash(contract, row.file_sha256, person, party_id, typed)
    if not rules.same_hash(expected, row.code_hash):
        row.tries += 1
        await row.save(update_fields=["tries"])
        await evidence.append(
            contract,
            "code_refused",
            side,
            person_id=person.id,
            file_sha256=row.file_sha256,
            trace=trace,
            details={"try": str(row.tries)},
        )
        if row.tries >= rules.CODE_TRIES_MAX:
            return rules.CodeSpent()
        return rules.CodeWrong({"code": rules.CodeWrong.message})
    row.used_at = clock.now()
    await row.save(update_fields=["used_at"])
    return None
