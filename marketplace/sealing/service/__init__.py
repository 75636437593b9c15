"""What other features may have sealed and checked; see keys, assembly, seal and apart."""

from __future__ import annotations

from marketplace.sealing.service import keys, upkeep, watch
from marketplace.sealing.service.apart import examined, inspected
from marketplace.sealing.service.assembly import Box, assembled
from marketplace.sealing.service.keys import SealMissing
from marketplace.sealing.service.seal import sealed

__all__ = [
    "Box",
    "SealMissing",
    "assembled",
    "examined",
    "inspected",
    "keys",
    "sealed",
    "upkeep",
    "watch",
]
