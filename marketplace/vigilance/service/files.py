"""Owns keeping the file of a paper: looked at with suspicion, kept as it came, closed.

It is evidence, so nothing of it is changed (what got damaged is put right); it is only
ever sent back as a download. Closed: a stolen disk or backup shows nobody's certificate.
"""

from __future__ import annotations

import asyncio
import io
import warnings

from PIL import Image

from marketplace.core import batches, files, jobs
from marketplace.core.settings import settings
from marketplace.vigilance import rules
from marketplace.vigilance.models import ComplianceDocument
from marketplace.vigilance.queries.files import PURPOSE, path, sound
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
    """Keep a paper under its hash, closed; gives the hash."""
    return files.keep(content, path, PURPOSE)


@jobs.periodic("17 4 * * *", "vigilance.close_files")
async def close_all(timestamp: int) -> None:
    """Close what is kept open or under a former secret; each file stays what it is.

    `timestamp` is procrastinate's and unused.
    """
    del timestamp
    hashes = await ComplianceDocument.all().distinct().values_list("file_sha256", flat=True)
    await batches.each("papers to close", map(str, hashes), _close_one, at_once=1)


async def _close_one(sha256: str) -> None:
    await asyncio.to_thread(_close, sha256)


def _close(sha256: str) -> None:
    if files.is_closed(sha256, path) and not settings().former_secret_keys:
        return  # as nearly all are, every night: not read whole
    content = sound(sha256)
    if content is not None:
        keep(content)
