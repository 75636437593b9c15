"""Owns asking a former client for a reference: whom, how often, and who is never asked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tortoise.expressions import Q

from marketplace.core import clock
from marketplace.core.db import command, connection, lock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.parties import queries as parties
from marketplace.profiles import queries as profiles
from marketplace.profiles.rules.publishing import EmailUnconfirmed
from marketplace.references import queries
from marketplace.references.models import ClientReference
from marketplace.references.rules import addresses
from marketplace.references.rules.states import (
    AGAIN_AFTER,
    ASKED_MAX,
    ASKED_ONE_MAX,
    ASKED_WITHIN,
    REFUSED,
    TAKEN_BACK,
    WAITING_MAX,
    WAITS,
    WITHDRAWN_MAX,
    ProfileMissing,
    Status,
    TooManyAsked,
    TooManyWaiting,
    following,
)
from marketplace.references.service import letters
from marketplace.references.service.moving import move_to
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from marketplace.profiles.models import Profile
    from marketplace.references.schemas import AskDraft
    from marketplace.web.sessions import Viewer

TURNS = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

OWN = _("This address is yours, or of somebody who acts for you. A reference comes from a client.")
OWN_DOMAIN = _("This address is at your own domain. A reference comes from a client.")
THROWAWAY = _("Please give an address that your client keeps.")
NEVER = _("We do not write to this address about references.")
REFUSED_YOU = _("This person did not want to give you a reference, and is not asked again.")
WAITING = _("This person was asked already, and gets reminders by themselves.")
GIVEN = _("This person has given you a reference already.")
ASKED_LATELY = _("This person was asked not long ago. Please leave them alone for a while.")


async def ask(viewer: Viewer, draft: AskDraft) -> ClientReference:
    """Mail the request to the client.

    Raises Invalid beside the field, ProfileMissing, EmailUnconfirmed, TooManyWaiting, TooManyAsked,
    TooManyRequests.
    """
    if viewer.person.email_verified_at is None:
        raise EmailUnconfirmed
    profile = await _profile(viewer, draft.profile)
    await ratelimit.hit(f"reference:{viewer.person_id}", per_minute=2, burst=ASKED_MAX)
    return await _ask(viewer, draft, profile)


async def _profile(viewer: Viewer, slug: str) -> Profile:
    """The viewer's published profile, the named one when there are several."""
    listed = await profiles.of_parties(viewer)
    mine = [one for one in listed if one.status is profiles.Status.PUBLISHED]
    if not mine:
        raise ProfileMissing
    if slug:
        mine = [one for one in mine if one.slug == slug]
    if len(mine) != 1:
        raise Invalid({"profile": _("Choose one of your published profiles.")})
    return mine[0]


@command
async def _ask(viewer: Viewer, draft: AskDraft, profile: Profile) -> ClientReference:
    marks = queries.marks(draft.email)
    # They are counted: of one assistant and of one address in turns, always in this order.
    for name in (str(profile.party_id), marks[0]):
        await take_turn(name)
    await refuse_own(profile.party_id, draft.email)
    await _refuse_bother(profile, marks)
    await _refuse_flood(viewer, profile, marks)
    now, domain = clock.now(), addresses.domain_of(draft.email)
    row = await ClientReference.create(
        profile_id=profile.id,
        party_id=profile.party_id,
        asked_by_id=viewer.person_id,
        email=draft.email,
        mark=marks[0],
        domain=domain,
        at_company=not addresses.is_free(domain),
        name=draft.name,
        company=draft.company,
        relation=draft.relation,
        worked_from=draft.worked_from,
        worked_to=draft.worked_to,
        locale=draft.locale,
        status=Status.ASKED,
        created_at=now,
        expires_at=now + WAITS,
        next_at=following(now, now),
    )
    await letters.send_request(row, reminder=False)
    return await queries.get(viewer, row.id)


async def take_turn(name: str) -> None:
    """Have a party's or a mailbox's requests wait for one another, to the end of the command."""
    await connection().execute_query(TURNS, [f"references:{name}"])


async def refuse_own(party_id: UUID, email: str) -> None:
    """An address of the assistant's side speaks for nobody else. Raises Invalid.

    That is whoever acts for the party or is invited to, and their companies' domains.
    """
    domain = addresses.domain_of(email)
    if addresses.is_throwaway(domain):
        raise Invalid({"email": THROWAWAY})
    own = [one.person.email for one in await parties.people(party_id)]
    invited = await parties.invited(party_id)
    if addresses.mailbox(email) in {addresses.mailbox(one) for one in (*own, *invited)}:
        raise Invalid({"email": OWN})
    if any(addresses.same_house(domain, addresses.domain_of(one)) for one in own):
        raise Invalid({"email": OWN_DOMAIN})


async def _refuse_bother(profile: Profile, marks: list[str]) -> None:
    """Who said no, or has answered, is left alone. Raises Invalid."""
    if await queries.stopped(marks):
        raise Invalid({"email": NEVER})
    before = ClientReference.filter(party_id=profile.party_id, mark__in=marks)
    if await before.filter(status__in=REFUSED).exists():
        raise Invalid({"email": REFUSED_YOU})
    if await before.filter(status=Status.ASKED).exists():
        raise Invalid({"email": WAITING})
    if await before.filter(status=Status.CONFIRMED).exists():
        raise Invalid({"email": GIVEN})
    lately = before.filter(created_at__gt=clock.now() - AGAIN_AFTER)
    silent = await lately.filter(status=Status.EXPIRED).exists()
    if silent or await lately.filter(status__in=TAKEN_BACK).count() >= WITHDRAWN_MAX:
        raise Invalid({"email": ASKED_LATELY})


async def _refuse_flood(viewer: Viewer, profile: Profile, marks: list[str]) -> None:
    """Raises TooManyWaiting, TooManyAsked."""
    by = Q(party_id=profile.party_id) | Q(asked_by_id=viewer.person_id)
    if await ClientReference.filter(by, status=Status.ASKED).count() >= WAITING_MAX:
        raise TooManyWaiting
    today = ClientReference.filter(created_at__gt=clock.now() - ASKED_WITHIN)
    mine, theirs = await today.filter(by).count(), await today.filter(mark__in=marks).count()
    if mine >= ASKED_MAX or theirs >= ASKED_ONE_MAX:
        raise TooManyAsked(int(ASKED_WITHIN.total_seconds()))


@command
async def withdraw(viewer: Viewer, reference_id: UUID) -> ClientReference:
    """Take a request back; its link is closed. Raises NotFound, ReferenceOver."""
    await queries.get(viewer, reference_id)
    await move_to(await lock(ClientReference, reference_id), Status.WITHDRAWN)
    return await queries.get(viewer, reference_id)
