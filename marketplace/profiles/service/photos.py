"""Owns photos: read with suspicion, re-encoded without metadata, kept under the data folder.

The name is the hash of what is kept, so a file never changes; who may see it is `queries.photo`'s.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile

from marketplace.core import clock, files, jobs
from marketplace.core.db import command, connection
from marketplace.core.settings import settings
from marketplace.profiles.models import Profile
from marketplace.profiles.rules import photos
from marketplace.profiles.rules.photos import PhotoRefused
from marketplace.profiles.rules.states import Status
from marketplace.profiles.service.changing import changed, locked
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from pathlib import Path

    from marketplace.web.sessions import Viewer

# A picture takes up to 250 MB while it is decoded: one at a time, and whoever waits holds no
# thread that others need.
_POOL: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photo")
TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
"""The same picture is named by one profile while another drops it: one after the other."""


SHOWN_ON: Final = timedelta(minutes=10)
"""Cards show the former photo until the index has heard of the new one."""


def folder() -> Path:
    """Where photos are kept."""
    return settings().data_dir / "photos"


def largest(photo: str) -> bytes | None:
    """The largest kept picture of a photo; None when it is gone. It reads a file."""
    path = folder() / photos.file_name(photo, photos.SIZES[0])
    return path.read_bytes() if path.exists() else None


async def save_photo(viewer: Viewer, profile_id: UUID, content: bytes) -> Profile:
    """Replace the photo. Raises NotFound, PhotoRefused, TooManyRequests."""
    if len(content) > photos.BYTES_MAX:
        raise PhotoRefused(photos.TOO_HEAVY)
    await _allowed(viewer, profile_id)
    await ratelimit.hit(f"photo:{viewer.person_id}", per_minute=6, burst=12)
    made = await asyncio.get_running_loop().run_in_executor(_POOL, _made, content)
    return await _named(viewer, profile_id, made)


async def remove_photo(viewer: Viewer, profile_id: UUID) -> Profile:
    """Show no photo. Raises NotFound."""
    return await _named(viewer, profile_id, {})


@command
async def _allowed(viewer: Viewer, profile_id: UUID) -> None:
    await locked(viewer, profile_id)


async def _named(viewer: Viewer, profile_id: UUID, made: dict[int, bytes]) -> Profile:
    name = hashlib.sha256(made[photos.SIZES[0]]).hexdigest()[:40] if made else ""
    return await _renamed(viewer, profile_id, name, made)


@jobs.task("profiles.drop_photo")
async def drop_photo(photo: str) -> None:
    """Remove the files of a photo, unless a profile shows it."""
    await _drop_files(photo)


@command
async def _drop_files(photo: str) -> None:
    await connection().execute_query(TURN, [f"photo:{photo}"])
    if not await Profile.filter(photo=photo).exists():
        for size in photos.SIZES:
            (folder() / photos.file_name(photo, size)).unlink(missing_ok=True)


@command
async def _renamed(viewer: Viewer, profile_id: UUID, name: str, made: dict[int, bytes]) -> Profile:
    profile = await locked(viewer, profile_id)
    former = profile.photo
    if name:
        await connection().execute_query(TURN, [f"photo:{name}"])
        await asyncio.to_thread(_write, name, made)
    if former not in {"", name}:
        public = profile.status is Status.PUBLISHED
        later = clock.now() + SHOWN_ON if public else None
        await jobs.defer("profiles.drop_photo", photo=former, at=later)
    return await changed(profile, {"photo": name})


def _write(name: str, made: dict[int, bytes]) -> None:
    for size, data in made.items():
        files.write(folder() / photos.file_name(name, size), data)


def _made(content: bytes) -> dict[int, bytes]:
    """The files of a photo by their size. Raises PhotoRefused."""
    square = _square(content)
    return {size: _encoded(square, size) for size in photos.SIZES}


def _square(content: bytes) -> Image.Image:
    """The picture upright and cut to its middle square. Raises PhotoRefused."""
    largest = photos.SIZES[0]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we have our own limit
            with Image.open(io.BytesIO(content), formats=photos.FORMATS) as opened:
                _refuse_size(opened)
                small = _reduced(opened)
            upright = ImageOps.exif_transpose(small)
            return ImageOps.fit(_flat(upright), (largest, largest), Image.Resampling.LANCZOS)
    except PhotoRefused:
        raise
    except Exception as error:  # decoders raise anything on hostile input; it is only no photo
        raise PhotoRefused(photos.NOT_A_PHOTO) from error


def _refuse_size(opened: ImageFile) -> None:
    """Raise PhotoRefused before a single pixel is decoded; sets a JPEG to be decoded smaller."""
    pixels = opened.width * opened.height
    if pixels > photos.PIXELS_MAX:
        raise PhotoRefused(photos.TOO_MANY_PIXELS)
    if min(opened.size) < photos.SIDE_MIN:
        raise PhotoRefused(photos.TOO_SMALL)
    opened.draft("RGB", (2 * photos.SIZES[0], 2 * photos.SIZES[0]))
    if not opened.info.get("progressive"):  # which is held whole, whatever comes of it
        pixels = opened.width * opened.height
    if pixels > photos.HELD_MAX:
        raise PhotoRefused(photos.TOO_MANY_PIXELS)


def _reduced(opened: ImageFile) -> Image.Image:
    """Its middle square at about twice the size we keep: every copy after it is a small one."""
    side = min(opened.size)
    left, top = (opened.width - side) // 2, (opened.height - side) // 2
    box = (left, top, left + side, top + side)
    factor = max(1, side // (2 * photos.SIZES[0]))
    if opened.mode in {"RGB", "RGBA", "L", "LA", "CMYK"}:  # the others know no mean of two colours
        return opened.reduce(factor, box)
    clear = opened.mode == "PA" or "transparency" in opened.info
    return opened.convert("RGBA" if clear else "RGB").reduce(factor, box)


def _flat(image: Image.Image) -> Image.Image:
    """RGB on white: transparency would show as black."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        ground.alpha_composite(layer)
        return ground.convert("RGB")
    return image.convert("RGB")


def _encoded(square: Image.Image, size: int) -> bytes:
    """A WebP of this size; a new image carries no EXIF, ICC or comments."""
    clean = Image.new("RGB", (size, size))
    clean.paste(square.resize((size, size), Image.Resampling.LANCZOS))
    out = io.BytesIO()
    clean.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()
