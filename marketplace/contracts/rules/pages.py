"""Owns how the pages a person was shown are written down; never notes one."""

from __future__ import annotations

from collections.abc import Iterable


def spans(pages: Iterable[int]) -> str:
    """Page numbers as people write them: `1-3, 5`."""
    found: list[list[int]] = []
    for page in sorted(set(pages)):
        if found and found[-1][1] == page - 1:
            found[-1][1] = page
        else:
            found.append([page, page])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)
