"""Owns refreshing the exchange rates that compare prices; no payment ever uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import httpx

from marketplace.core.settings import settings
from search import rates

FILE: Final = "rates.json"
SECONDS: Final = 20.0
USAGE: Final = 2


def connect() -> None:
    """Use the refreshed table of the data folder; the shipped one while there is none."""
    rates.use(settings().data_dir / FILE)


def refresh(source: str = "") -> tuple[int, list[str]]:
    """Read the ECB's daily XML from an address or a file and keep it; (exit status, lines)."""
    source = source or rates.ECB
    try:
        table = rates.refreshed(_fetched(source))
    except (OSError, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return USAGE, [f"{source}: {error or type(error).__name__}"]
    path = settings().data_dir / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(table, encoding="utf-8")
    fresh.replace(path)  # readers see the old table or the new one, never half of it
    connect()
    return 0, [f"{path}: rates of {rates.as_of()}; prices are compared anew within the hour"]


def _fetched(source: str) -> str:
    if source.startswith(("https://", "http://")):
        answer = httpx.get(source, timeout=SECONDS, follow_redirects=True)
        return answer.raise_for_status().text
    return Path(source).read_text(encoding="utf-8")
