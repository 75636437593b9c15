"""Owns what who was asked can do with the links of their mails: answer, decline, remove, stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.profiles import queries as profiles
from marketplace.references import queries
from marketplace.references.events import ReferenceDisowned
from marketplace.references.models import ClientReference, ReferenceStop
from marketplace.references.queries.given import skills_of
from marketplace.references.rules.links import Purpose
from marketplace.references.rules.states import (
    NotForYourself,
    OwnReference,
    ReferenceOver,
    Status,
    counts_until,
)
from marketplace.references.service import letters
from marketplace.references.service.asking import refuse_own, take_turn
from marketplace.references.service.moving import erase, move_to
from marketplace.references.service.proving import recount
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from marketplace.references.schemas import AnswerDraft, DeclineDraft
    from marketplace.web.sessions import Viewer


async def knock(network: str) -> None:
    """Count what somebody without an account sends with a link. Raises TooManyRequests."""
    await ratelimit.hit(f"references:ip:{network}", per_minute=10, burst=40)


@command
async def answer(viewer: Viewer, draft: AnswerDraft) -> ClientReference:
    """Keep the client's answer and show it; its link has served. It comes with its party.

    Raises ReferenceLinkUnknown, ReferenceOver, NotForYourself, OwnReference, Invalid.
    """
    row = await _waiting(draft.token)
    if viewer.acts_for(row.party_id):
        raise NotForYourself
    try:
        await refuse_own(row.party_id, row.email)
    except Invalid:  # who was asked joined the assistant's side meanwhile
        raise OwnReference from None
    profile = await profiles.whole(row.profile_id)
    skills = [code for code in skills_of(profile) if code in set(draft.skills)]
    if not skills:
        raise Invalid({"skills": _("Choose among the skills shown.")})
    today = clock.today(profile.time_zone)
    row.update_from_dict(
        {
            "worked_from": draft.worked_from,
            "worked_to": draft.worked_to,
            "skills": skills,
            "again": draft.again,
            "text": draft.text,
            "language": draft.language,
            "show_company": draft.show_company,
            "answered_on": today,
            "counts_until": counts_until(today),
        }
    )
    await move_to(row, Status.CONFIRMED)
    await recount(row.party_id)
    await letters.send_thanks(row)
    await letters.send_answered(row)
    return await queries.by_link(Purpose.ANSWER, draft.token)


@command
async def decline(draft: DeclineDraft) -> ClientReference:
    """No answer: the assistant is told, and by `disowned` the operators as well.

    Raises ReferenceLinkUnknown, ReferenceOver.
    """
    row = await _waiting(draft.token)
    await move_to(row, Status(draft.outcome))
    await letters.send_answered(row)
    if row.status is Status.DISOWNED:
        await events.record(ReferenceDisowned(row.id))
    return await queries.by_link(Purpose.ANSWER, draft.token)


async def _waiting(token: str) -> ClientReference:
    found = await queries.by_link(Purpose.ANSWER, token)
    row = await lock(ClientReference, found.id)
    if row.status is not Status.ASKED or row.expires_at <= clock.now():
        raise ReferenceOver
    return row


@command
async def remove(token: str) -> ClientReference:
    """Take a reference back, for good; a second time changes nothing. It comes with its party.

    Raises ReferenceLinkUnknown, ReferenceOver for one that was never given.
    """
    found = await queries.by_link(Purpose.REMOVE, token)
    row = await lock(ClientReference, found.id)
    if row.status not in {Status.REMOVED, Status.ENDED}:
        await move_to(row, Status.REMOVED)
        await recount(row.party_id)
    await erase(row)
    return await queries.by_link(Purpose.REMOVE, token)


@command
async def stop(token: str) -> None:
    """Never write to the link's mailbox about references again, whoever asks.

    What waits for an answer of it is declined, and who asked is told; what it gave stays. Raises
    ReferenceLinkUnknown.
    """
    mark = queries.mailbox(token)
    await take_turn(mark)  # whoever is asking this mailbox right now is either met here, or refused
    await ReferenceStop.get_or_create({"stopped_at": clock.now()}, mark=mark)
    waiting = ClientReference.filter(mark=mark, status=Status.ASKED)
    for row in await waiting.order_by("id").select_for_update():
        await move_to(row, Status.DECLINED)
        await letters.send_answered(row)
