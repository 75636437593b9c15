"""Owns what a photo may be and its refusals; never opens one."""

from __future__ import annotations

import re
from typing import Final

from marketplace.core.errors import Invalid
from marketplace.core.i18n import _

BYTES_MAX: Final = 8 * 1024 * 1024
PIXELS_MAX: Final = 50_000_000  # a 50-megapixel camera; a plain JPEG is decoded at an eighth
HELD_MAX: Final = 16_000_000
"""Pixels that are decoded whole: a PNG, a WebP (250 MB then), a progressive JPEG."""
SIDE_MIN: Final = 200
SIZES: Final = (512, 128)  # squares, in pixels: the profile page and the cards
FORMATS: Final = ("JPEG", "PNG", "WEBP")
NAME: Final = re.compile(r"[0-9a-f]{40}-(512|128)\.webp")


class PhotoRefused(Invalid):
    """The file cannot become a photo; the reason stands under `photo`."""

    def __init__(self, reason: str) -> None:
        super().__init__({"photo": reason})


NOT_A_PHOTO: Final = _("This is not a photo we can read. Choose a JPEG, PNG or WebP file.")
TOO_HEAVY: Final = _("This file is too large: 8 MB at most.")
TOO_MANY_PIXELS: Final = _(
    "This picture has too many pixels: 16 million at most, 50 million as a plain JPEG."
)
TOO_SMALL: Final = _("This picture is too small: 200 by 200 pixels at least.")


def file_name(photo: str, size: int) -> str:
    """The file of a stored photo in one of SIZES; it is served at /photos/<name>."""
    return f"{photo}-{size}.webp"
