"""Owns the JSON routes of one's own profiles; never decides."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request

from marketplace.core.i18n import current_locale, gettext
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.profiles import queries, service
from marketplace.profiles.rules import photos, publishing
from marketplace.profiles.rules.photos import PhotoRefused
from marketplace.profiles.schemas import (
    AvailabilityDraft,
    IdentityDraft,
    LanguagesDraft,
    MissingView,
    PlaceDraft,
    ProfileDraft,
    ProfileStart,
    ProfileView,
    RatesDraft,
    SkillsDraft,
)
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Api

if TYPE_CHECKING:
    from marketplace.profiles.models import Profile

READ = "profile:read"
WRITE = "profile:write"
CHANGE = {"guard": signed_in, "scope": WRITE, "errors": (404, 409, 422)}

api = Api("profiles")


def _view(profile: Profile) -> ProfileView:
    contents = queries.contents(profile)
    lacking = [
        MissingView(
            code=each.code,
            step=each.step.value,
            message=gettext(each.message, current_locale.get()),
        )
        for each in publishing.missing(contents)
    ]
    return ProfileView.of(
        profile,
        payable=jurisdictions.payable(profile.party.jurisdiction),
        missing=lacking,
        completeness=publishing.completeness(contents).points,
    )


@api.get("/profiles", guard=signed_in, scope=READ)
async def mine(request: Request) -> list[ProfileView]:
    """List the profiles of your assistants."""
    found = await queries.of_parties(viewer(request))
    return [_view(await queries.whole(each.id)) for each in found]


@api.post("/profiles", guard=signed_in, scope=WRITE, status=201, idempotent=True, errors=(404, 422))
async def start(request: Request, body: ProfileStart) -> ProfileView:
    """Begin the profile of one of your assistants; the existing one if there is one."""
    return _view(await service.start(viewer(request), body.party_id))


@api.get("/profiles/{id:uuid}", guard=signed_in, scope=READ, errors=(404,))
async def show(request: Request, id: UUID) -> ProfileView:
    """Read one of your profiles, what it lacks and how complete it is."""
    return _view(await queries.get(viewer(request), id))


@api.put("/profiles/{id:uuid}", **CHANGE)
async def replace(request: Request, id: UUID, body: ProfileDraft) -> ProfileView:
    """Replace everything of a profile but its photo."""
    return _view(await service.save_all(viewer(request), id, body))


@api.put("/profiles/{id:uuid}/identity", **CHANGE)
async def identity(request: Request, id: UUID, body: IdentityDraft) -> ProfileView:
    """Replace headline and text."""
    return _view(await service.save_identity(viewer(request), id, body))


@api.put("/profiles/{id:uuid}/skills", **CHANGE)
async def skills(request: Request, id: UUID, body: SkillsDraft) -> ProfileView:
    """Replace skills and tools."""
    return _view(await service.save_skills(viewer(request), id, body))


@api.put("/profiles/{id:uuid}/languages", **CHANGE)
async def languages(request: Request, id: UUID, body: LanguagesDraft) -> ProfileView:
    """Replace the spoken languages."""
    return _view(await service.save_languages(viewer(request), id, body))


@api.put("/profiles/{id:uuid}/place", **CHANGE)
async def place(request: Request, id: UUID, body: PlaceDraft) -> ProfileView:
    """Replace the place."""
    return _view(await service.save_place(viewer(request), id, body))


@api.put("/profiles/{id:uuid}/rates", **CHANGE)
async def rates(request: Request, id: UUID, body: RatesDraft) -> ProfileView:
    """Replace engagement, rates and packages."""
    return _view(await service.save_rates(viewer(request), id, body))


@api.put("/profiles/{id:uuid}/availability", **CHANGE)
async def availability(request: Request, id: UUID, body: AvailabilityDraft) -> ProfileView:
    """Replace the usual week and the hours."""
    return _view(await service.save_availability(viewer(request), id, body))


@api.put("/profiles/{id:uuid}/photo", raw_body="application/octet-stream", **CHANGE)
async def photo(request: Request, id: UUID) -> ProfileView:
    """Replace the photo; the body is a JPEG, PNG or WebP file of at most 8 MB."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > photos.BYTES_MAX:
            raise PhotoRefused(photos.TOO_HEAVY)
    return _view(await service.save_photo(viewer(request), id, content))


@api.delete("/profiles/{id:uuid}/photo", **CHANGE)
async def no_photo(request: Request, id: UUID) -> ProfileView:
    """Remove the photo."""
    return _view(await service.remove_photo(viewer(request), id))


@api.post("/profiles/{id:uuid}/publish", idempotent=True, **CHANGE)
async def publish(request: Request, id: UUID) -> ProfileView:
    """Publish a draft or paused profile; 422 lists what is missing."""
    return _view(await service.publish(viewer(request), id))


@api.post("/profiles/{id:uuid}/pause", idempotent=True, **CHANGE)
async def pause(request: Request, id: UUID) -> ProfileView:
    """Take a public profile out of the directory."""
    return _view(await service.pause(viewer(request), id))
