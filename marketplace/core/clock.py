"""Owns the time of day: the only place that asks the machine for it; never formats it.

In development and tests one file in the data folder holds an offset in seconds, so that the web
process, the worker and the Stripe sandbox travel through time together.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from marketplace.core.settings import settings

CHECK_SECONDS = 0.2  # how stale another process's view of a time jump may be

_seen: dict[str, float] = {"checked": 0.0, "mtime": -1.0, "offset": 0.0}


def file() -> Path:
    """The file of the shared offset; absent means none."""
    return settings().data_dir / "clock"


def offset_seconds() -> float:
    """The development offset, always 0 in production."""
    if settings().production:
        return 0.0
    tick = time.monotonic()
    if tick - _seen["checked"] >= CHECK_SECONDS:
        _seen["checked"] = tick
        try:
            mtime = file().stat().st_mtime
            if mtime != _seen["mtime"]:
                _seen["mtime"], _seen["offset"] = mtime, float(file().read_text() or 0)
        except (FileNotFoundError, ValueError):
            _seen["mtime"], _seen["offset"] = -1.0, 0.0
    return _seen["offset"]


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC) + timedelta(seconds=offset_seconds())


def today(tz: str = "Europe/Paris") -> date:
    """The calendar day in `tz` (IANA name)."""
    return now().astimezone(ZoneInfo(tz)).date()


def advance(seconds: float) -> None:
    """Move development time forward for every process of this data folder."""
    if settings().production:
        msg = "time does not travel in production"
        raise RuntimeError(msg)
    target = file()
    target.parent.mkdir(parents=True, exist_ok=True)
    _seen["checked"] = 0.0
    later = offset_seconds() + seconds
    scratch = target.with_suffix(".new")
    scratch.write_text(f"{later}\n")
    scratch.replace(target)
    _seen["checked"] = 0.0


def rewind() -> None:
    """Take every `advance` back, in this process at once: what was written ahead stays ahead."""
    file().unlink(missing_ok=True)
    _seen.update(checked=0.0, mtime=-1.0, offset=0.0)
