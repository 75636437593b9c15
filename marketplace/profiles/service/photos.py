"""Owns photos: read with suspicion, re-encoded without metadata, kept under the data folder.

The name is the hash of what is kept, so a file never changes and may be cached for ever.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import threading
import warnings
from typing import TYPE_CHECKING
from uuid import UUID

from PIL import Image, ImageOps

from marketplace.core.db import command
from marketplace.core.settings import settings
from marketplace.profiles.models import Profile
from marketplace.profiles.rules import photos
from marketplace.profiles.rules.photos import PhotoRefused
from marketplace.profiles.service.changing import changed, locked
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from pathlib import Path

    from marketplace.web.sessions import Viewer

_one_at_a_time = threading.Semaphore(1)  # a large picture takes 150 MB while it is decoded


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
    name = await asyncio.to_thread(_keep, content)
    return await _named(viewer, profile_id, name)


async def remove_photo(viewer: Viewer, profile_id: UUID) -> Profile:
    """Show no photo. Raises NotFound."""
    return await _named(viewer, profile_id, "")


@command
async def _allowed(viewer: Viewer, profile_id: UUID) -> None:
    await locked(viewer, profile_id)


async def _named(viewer: Viewer, profile_id: UUID, name: str) -> Profile:
    profile, former = await _renamed(viewer, profile_id, name)
    if former != name:
        await drop_files(former)
    return profile


async def drop_files(photo: str) -> None:
    """Remove the files of a photo, unless a profile shows it."""
    if photo and not await Profile.filter(photo=photo).exists():
        for size in photos.SIZES:
            (folder() / photos.file_name(photo, size)).unlink(missing_ok=True)


@command
async def _renamed(viewer: Viewer, profile_id: UUID, name: str) -> tuple[Profile, str]:
    profile = await locked(viewer, profile_id)
    former = profile.photo
    return await changed(profile, {"photo": name}), former


def _keep(content: bytes) -> str:
    with _one_at_a_time:
        square = _square(content)
        encoded = {size: _encoded(square, size) for size in photos.SIZES}
    name = hashlib.sha256(encoded[photos.SIZES[0]]).hexdigest()[:40]
    folder().mkdir(parents=True, exist_ok=True)
    for size, data in encoded.items():
        target = folder() / photos.file_name(name, size)
        scratch = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        scratch.write_bytes(data)
        scratch.replace(target)
    return name


def _square(content: bytes) -> Image.Image:
    """The picture upright and cut to its middle square. Raises PhotoRefused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we have our own limit
            with Image.open(io.BytesIO(content), formats=photos.FORMATS) as opened:
                _refuse_size(opened.width, opened.height)
                largest = photos.SIZES[0]
                opened.draft("RGB", (2 * largest, 2 * largest))  # JPEG: decode at a lower size
                upright = ImageOps.exif_transpose(opened)
                return ImageOps.fit(_flat(upright), (largest, largest), Image.Resampling.LANCZOS)
    except PhotoRefused:
        raise
    except Exception as error:  # decoders raise anything on hostile input; it is only no photo
        raise PhotoRefused(photos.NOT_A_PHOTO) from error


def _refuse_size(width: int, height: int) -> None:
    """Raise PhotoRefused before a single pixel is decoded."""
    if width * height > photos.PIXELS_MAX:
        raise PhotoRefused(photos.TOO_MANY_PIXELS)
    if min(width, height) < photos.SIDE_MIN:
        raise PhotoRefused(photos.TOO_SMALL)


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
