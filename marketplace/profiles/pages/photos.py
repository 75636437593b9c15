"""Owns sending, removing and serving photos over HTTP; never decodes one."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from marketplace.core.errors import Invalid, NotFound, TooLarge
from marketplace.profiles import queries, service
from marketplace.profiles.pages.editor import at, step_page
from marketplace.profiles.pages.router import pages
from marketplace.profiles.rules import photos
from marketplace.profiles.rules.publishing import Step
from marketplace.profiles.service.photos import folder
from marketplace.web.forms import blank, read_form, refused
from marketplace.web.guards import public, signed_in, viewer

# The file never changes, but its profile may be paused.
FOR_A_DAY = "public, max-age=86400, immutable"
MINE = "private, no-store"


@pages.post("/profiles/{id:uuid}/photo", guard=signed_in)
async def send(request: Request) -> Response:
    """Replace the photo."""
    profile = await queries.get(viewer(request), request.path_params["id"])
    try:
        data = await read_form(request)
    except TooLarge:
        form = refused(blank(), photos.PhotoRefused(photos.TOO_HEAVY))
        return step_page(request, profile, Step.PHOTO, form, TooLarge.status)
    try:
        sent = data.get("photo")
        content = await sent.read() if isinstance(sent, UploadFile) else b""
    finally:
        await data.close()
    try:
        await service.save_photo(viewer(request), profile.id, content)
    except Invalid as error:
        return step_page(request, profile, Step.PHOTO, refused(blank(), error), 422)
    return at(request, profile.id, Step.PHOTO, "Your photo is saved.")


@pages.post("/profiles/{id:uuid}/photo/remove", guard=signed_in)
async def remove(request: Request) -> Response:
    """Show the drawn picture instead."""
    profile = await service.remove_photo(viewer(request), request.path_params["id"])
    return at(request, profile.id, Step.PHOTO, "Your photo is removed.")


@pages.get("/photos/{name}", guard=public, localised=False)
async def photo(request: Request) -> Response:
    """A stored photo of a public profile, or of one's own."""
    name = request.path_params["name"]
    if not photos.NAME.fullmatch(name) or not (folder() / name).is_file():
        raise NotFound
    public_now = await queries.photo_is_public(viewer(request), name.partition("-")[0])
    headers = {"cache-control": FOR_A_DAY if public_now else MINE}
    return FileResponse(folder() / name, media_type="image/webp", headers=headers)
