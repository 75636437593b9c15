"""Owns what who was asked for a reference sees of it, and what everybody does."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock, vault
from marketplace.profiles import queries as profiles
from marketplace.references.models import ClientReference
from marketplace.references.queries.standing import standing
from marketplace.references.rules import links
from marketplace.references.rules.states import ReferenceLinkUnknown, Status
from marketplace.references.schemas import GivenView, ReferenceView, RequestView, labelled

if TYPE_CHECKING:
    from marketplace.profiles.queries import Profile


async def by_link(purpose: links.Purpose, token: str) -> ClientReference:
    """The reference of a link, with its party. Raises ReferenceLinkUnknown."""
    reference_id = links.meant(purpose, token, vault.secrets())
    row = await ClientReference.get_or_none(pk=reference_id).prefetch_related("party")
    if row is None:
        raise ReferenceLinkUnknown
    return row


def mailbox(token: str) -> str:
    """The mark of the mailbox of a link that stops mails. Raises ReferenceLinkUnknown."""
    return links.stopping(token, vault.secrets())


async def request(row: ClientReference, locale: str) -> RequestView:
    """A request as its client sees it."""
    profile = await profiles.whole(row.profile_id)
    public = profile.status is profiles.Status.PUBLISHED
    waits = row.status is Status.ASKED and row.expires_at > clock.now()
    return RequestView(
        assistant=row.party.display_name,
        profile_url=f"/{locale}/assistants/{profile.slug}" if public else "",
        name=row.name if waits else "",
        company=row.company if waits else "",
        relation=row.relation,
        worked_from=row.worked_from,
        worked_to=row.worked_to,
        skills=labelled(skills_of(profile), locale),
        expires_at=row.expires_at,
        over=not waits,
    )


def skills_of(profile: Profile) -> list[str]:
    """The codes of a whole profile's skills, best first: what a client may confirm."""
    rows = sorted(profile.skills, key=lambda one: (-one.level, -one.years, str(one.id)))
    return [one.code for one in rows]


def given(row: ClientReference, locale: str) -> GivenView:
    """A reference as who gave it sees it."""
    stands = row.status is Status.CONFIRMED
    return GivenView(
        assistant=row.party.display_name,
        status=row.status,
        reference=ReferenceView.of(row, locale) if stands else None,
        taken_down_for=str(row.taken_down_for) if stands else "",
    )


async def shown(profile: Profile, locale: str) -> list[ReferenceView]:
    """What is public on a profile, the newest answer first."""
    rows = standing(profile.id, clock.today(profile.time_zone)).order_by("-answered_on", "-id")
    return [ReferenceView.of(row, locale) for row in await rows]


async def disowned(reference_id: UUID) -> ClientReference | None:
    """A request whose client knows nobody of that name, with its party, for operators."""
    return await ClientReference.get_or_none(
        pk=reference_id, status=Status.DISOWNED
    ).prefetch_related("party")
