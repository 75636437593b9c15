"""Faults on demand: what can go wrong between a client and Stripe.

Never active unless `/_sandbox/faults` asked for it.

Kinds: `500_before` (nothing executed), `500_after` (executed, the answer is lost behind a 500, a
retry replays the real answer), `500_stored` (executed, and the 500 itself is kept under the key),
`drop_after` (executed, the connection breaks before the answer), `slow` (waits `seconds` first,
so that a second request meets the first in flight), `429` (too many requests, nothing executed).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from payments.sandbox.errors import Refused

if TYPE_CHECKING:
    from payments.sandbox.box import Box
    from payments.sandbox.skeleton import Json

KINDS = ("500_before", "500_after", "500_stored", "drop_after", "slow", "429")


def add(box: Box, given: Json) -> Json:
    """Arm a fault: `kind`, and optionally `path` (regex), `method`, `times`, `seconds`."""
    if given.get("kind") not in KINDS:
        raise Refused(f"kind must be one of {', '.join(KINDS)}", param="kind")
    try:
        re.compile(str(given.get("path", "")))
    except re.error as error:
        raise Refused(f"path is no regular expression: {error}", param="path") from None
    return box.store.put(
        {
            "id": box.store.identifier("fault"),
            "_kind": "_fault",
            "kind": given["kind"],
            "path": str(given.get("path", "")),
            "method": str(given.get("method", "POST")).upper(),
            "times": int(given.get("times", 1)),
            "seconds": float(given.get("seconds", 1)),
        }
    )


def take(box: Box, method: str, path: str) -> Json | None:
    """The fault that strikes this request, used up by one."""
    for fault in reversed(box.store.of_kind("_fault")):
        if fault["method"] == method and re.search(fault["path"], path):
            struck = dict(fault)
            with box.store.transaction():
                if fault["times"] <= 1:
                    box.store.drop(fault)
                else:
                    box.edit(fault, times=fault["times"] - 1)
            return struck
    return None


def clear(box: Box) -> int:
    """Disarm every fault; returns how many there were."""
    armed = box.store.of_kind("_fault")
    for fault in armed:
        box.store.drop(fault)
    return len(armed)
