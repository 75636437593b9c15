"""Owns keeping the file of a paper: looked at with suspicion, kept as it came.

It is evidence, so nothing of it is changed (what got damaged is put right); it is only
ever sent back as a download.
"""

from __future__ import annotations

import hashlib
import io
import os
import warnings

from PIL import Image

from marketplace.core.ids import secret_token
from marketplace.vigilance import rules
from marketplace.vigilance.queries.files import path, sound
from marketplace.vigilance.rules import JPEG, PDF, PNG, FileRefused

_FORMATS = {"JPEG": JPEG, "PNG": PNG}


def media_type(content: bytes) -> str:
    """What the bytes are, whatever they are called. Raises FileRefused."""
    if not content:
        raise FileRefused(rules.NO_FILE)
    if len(content) > rules.BYTES_MAX:
        raise FileRefused(rules.TOO_HEAVY)
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]:
        return PDF
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we have our own limit
            with Image.open(io.BytesIO(content), formats=tuple(_FORMATS)) as opened:
                kind, pixels = _FORMATS[str(opened.format)], opened.width * opened.height
                if pixels <= rules.PIXELS_MAX:
                    opened.verify()
                    return kind
    except Exception as error:  # decoders raise anything on hostile input; it is only no picture
        raise FileRefused(rules.NOT_READABLE) from error
    raise FileRefused(rules.NOT_READABLE)


def keep(content: bytes) -> str:
    """Write the file under its hash, durably, for this program's user alone; gives the hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    final = path(sha256)
    if sound(sha256) is not None:  # a damaged file is replaced
        return sha256
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = final.with_name(f".{secret_token()}.part")
    with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as kept:
        kept.write(content)
        kept.flush()
        os.fsync(kept.fileno())
    scratch.replace(final)
    return sha256
