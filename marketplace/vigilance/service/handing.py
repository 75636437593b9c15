"""Owns papers as they are handed in, checked or done without; never asks for one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.states import Actor
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.errors import Forbidden, Invalid, NotFound
from marketplace.core.i18n import _
from marketplace.vigilance import queries, rules
from marketplace.vigilance.events import PaperHandedIn, PaperRefused
from marketplace.vigilance.models import ComplianceCheck, ComplianceDocument
from marketplace.vigilance.queries import Paper
from marketplace.vigilance.rules import (
    RUNNING,
    CannotWaive,
    FileRefused,
    NotAsked,
    Verdict,
)
from marketplace.vigilance.service import files, insurance
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from datetime import date

    from marketplace.vigilance.schemas import CheckDraft, PaperDraft, WaiverDraft
    from marketplace.web.sessions import Viewer

DAILY: Final = 60
"""Papers of one assistant a day. Each may have 8 MB and is kept for years."""


async def hand_in(
    viewer: Viewer, contract_id: UUID, code: str, draft: PaperDraft, content: bytes
) -> ComplianceDocument:
    """Keep a paper of the assistant. Not inside a command: it writes a file first.

    Raises Forbidden for the client, NotAsked, FileRefused, Invalid beside the field.
    """
    contract, paper = await _paper(viewer, contract_id, code, Actor.ASSISTANT)
    _check_words(paper, draft, contract)
    await ratelimit.hit(f"paper:{viewer.person_id}", per_minute=6, burst=20)
    await ratelimit.hit(f"papers:{contract.assistant_id}", per_minute=DAILY / 1440, burst=DAILY)
    media = await asyncio.to_thread(files.media_type, content)
    sha256 = await asyncio.to_thread(files.keep, content)
    return await _record(viewer, contract_id, paper, draft, (sha256, media, len(content)))


def _check_words(paper: Paper, draft: PaperDraft, contract: Contract) -> None:
    document, today = paper.rule.document, clock.today(contract.time_zone)
    if document.number and not draft.number:
        raise Invalid({"number": _("Please fill this in.")})
    if draft.issued_on > today:
        raise Invalid({"issued_on": rules.IN_FUTURE})
    if document.ends == "as_written":
        _check_end(draft, today)
    until = rules.last_day(document, draft.issued_on)
    if until is not None and until < today:
        raise Invalid({"issued_on": (rules.TOO_OLD, {"months": document.renew_months})})


def _check_end(draft: PaperDraft, today: date) -> None:
    if draft.valid_until is None:
        raise Invalid({"valid_until": _("Please fill this in.")})
    if draft.valid_until < draft.issued_on:
        raise Invalid({"valid_until": rules.WRONG_WAY})
    if draft.valid_until < today:
        raise Invalid({"valid_until": rules.IS_OVER})


@command
async def _record(
    viewer: Viewer, contract_id: UUID, paper: Paper, draft: PaperDraft, file: tuple[str, str, int]
) -> ComplianceDocument:
    contract = await lock(Contract, contract_id)
    if contract.status not in RUNNING:
        raise NotAsked
    sha256, media, size = file
    document = paper.rule.document
    same: dict[str, Any] = {
        "party_id": contract.assistant_id,
        "contract_id": contract.id,
        "for_contract": document.asked.per_contract,
        "jurisdiction": paper.rule.place.code,
        "code": document.code,
        "number": draft.number,
        "issued_on": draft.issued_on,
        "valid_until": rules.last_day(document, draft.issued_on, draft.valid_until),
        "file_sha256": sha256,
        "file_bytes": size,
        "media_type": media,
    }
    await _refuse_refused(contract, same)
    row = await ComplianceDocument.filter(**same).first()
    if row is not None:  # sent twice
        return row
    row = await ComplianceDocument.create(
        **same, person_id=viewer.person_id, created_at=clock.now()
    )
    await events.record(PaperHandedIn(contract.id, row.id))
    return row


async def _refuse_refused(contract: Contract, same: dict[str, Any]) -> None:
    """Raise FileRefused when this is the paper that the client refused, wherever it came from."""
    words = ("code", "file_sha256", "number", "issued_on", "valid_until")
    which: dict[str, Any] = {f"document__{name}": same[name] for name in words}
    said = ComplianceCheck.filter(contract_id=contract.id, **which)
    last = await said.order_by("-created_at", "-id").first()
    if last is not None and last.verdict is Verdict.FAILED:
        raise FileRefused(rules.ALREADY_REFUSED)


@command
async def check(
    viewer: Viewer, contract_id: UUID, document_id: UUID, draft: CheckDraft
) -> ComplianceCheck:
    """Note what the client found of a paper; a later word counts instead.

    Raises Forbidden for the assistant, NotFound, Invalid when a refusal says nothing.
    """
    contract, paper = await _shown(viewer, contract_id, document_id)
    if draft.verdict is Verdict.FAILED and not draft.note:
        raise Invalid({"note": _("Say what is wrong, so that your assistant can put it right.")})
    row = await _say(viewer, contract, paper, document_id, draft.verdict, draft.note)
    if draft.verdict is Verdict.FAILED:
        await events.record(PaperRefused(contract.id, row.id))
    if row.code == rules.INSURANCE:
        await insurance.tell(contract.assistant_id)
    return row


@command
async def waive(viewer: Viewer, contract_id: UUID, code: str, draft: WaiverDraft) -> None:
    """Go on without a paper, where the law leaves that to the client. Raises CannotWaive."""
    contract, paper = await _paper(viewer, contract_id, code, Actor.BUSINESS)
    if not paper.may_waive:
        raise CannotWaive
    await _say(viewer, contract, paper, None, Verdict.WAIVED, draft.note)


async def _say(
    viewer: Viewer,
    contract: Contract,
    paper: Paper,
    document_id: UUID | None,
    verdict: Verdict,
    note: str,
) -> ComplianceCheck:
    jurisdiction, code = paper.rule.key
    return await ComplianceCheck.create(
        contract_id=contract.id,
        document_id=document_id,
        jurisdiction=jurisdiction,
        code=code,
        verdict=verdict,
        note=note,
        person_id=viewer.person_id,
        created_at=clock.now(),
    )


async def _paper(
    viewer: Viewer, contract_id: UUID, code: str, side: Actor
) -> tuple[Contract, Paper]:
    contract, found = await queries.of_contract(viewer, contract_id)
    if side_of(viewer, contract) is not side:
        raise Forbidden
    for paper in found:
        if paper.rule.document.code == code and contract.status in RUNNING:
            return contract, paper
    raise NotAsked


async def _shown(viewer: Viewer, contract_id: UUID, document_id: UUID) -> tuple[Contract, Paper]:
    contract, found = await queries.of_contract(viewer, contract_id)
    if side_of(viewer, contract) is not Actor.BUSINESS:
        raise Forbidden
    await lock(contracts.Contract, contract.id)
    for paper in found:
        if paper.called and any(row.id == document_id for row in paper.history):
            return contract, paper
    raise NotFound
