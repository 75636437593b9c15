"""Owns inspecting a stranger's file in a process of its own; never judges it itself.

What people drop on a public page may be made to exhaust a parser: the child has little memory, few
seconds and nothing of ours but public certificates.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any, Final

from marketplace.core.errors import Unavailable
from marketplace.core.i18n import _
from marketplace.sealing.rules.inspection import Trust, is_pdf
from marketplace.sealing.rules.intake import Intake, Refusal
from marketplace.sealing.rules.report import Flaw, Report
from marketplace.sealing.service import keys

WAIT_SECONDS: Final = 20
SECONDS_MAX: Final = 60
"""By the clock: a busy machine, no fault of the file, whose own limit is processor time (child)."""
AT_ONCE: Final = 2
MODULE: Final = "marketplace.sealing.rules.child"
ROOT: Final = Path(__file__).parents[3]

_places: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


class InspectionBusy(Unavailable):
    """Too many files are being inspected."""

    message = _("Many files are being checked at the moment. Please try again in a minute.")


async def inspected(data: bytes, sha256: str) -> Report:
    """The report on a file whose SHA-256 is known; a file that exhausts the child is unreadable.

    Raises InspectionBusy, SealMissing.
    """
    if not is_pdf(data):
        return Report(sha256, len(data), flaws=(Flaw.NOT_PDF,))
    try:
        return Report.from_json(await _answer(_letter(keys.trust()), data))
    except (ValueError, KeyError):
        return Report(sha256, len(data), flaws=(Flaw.UNREADABLE,))


async def examined(data: bytes) -> Intake:
    """Whether a file may be kept; one that exhausts the child may not. Raises InspectionBusy."""
    try:
        return Intake.from_json(await _answer(b"{}\n", data))
    except (ValueError, KeyError):
        return Intake(refusal=Refusal.UNREADABLE)


async def _answer(letter: bytes, data: bytes) -> dict[str, Any]:
    """What the child says of a file. Raises ValueError when it dies of it, InspectionBusy."""
    places = _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await places.acquire()
    except TimeoutError:
        raise InspectionBusy from None
    try:
        return await _ask(letter, data)
    finally:
        places.release()


async def _ask(letter: bytes, data: bytes) -> dict[str, Any]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", MODULE),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={},
    )
    try:
        async with asyncio.timeout(SECONDS_MAX):
            out, _ = await child.communicate(letter + data)
    except TimeoutError:
        raise InspectionBusy from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    answer: dict[str, Any] = json.loads(out)
    return answer


def _letter(trust: Trust) -> bytes:
    """The first line the child reads: whom to believe."""

    def plain(parts: tuple[bytes, ...]) -> list[str]:
        return [base64.b64encode(each).decode() for each in parts]

    return (
        json.dumps(
            {
                "authorities": plain(trust.authorities),
                "stamp_authorities": plain(trust.stamp_authorities),
                "revoked": plain(trust.revoked),
                "moment": trust.moment.isoformat(),
            }
        ).encode()
        + b"\n"
    )
