"""The door to writing contracts; never holds a step itself.

Importing it registers the jobs of contracts.
"""

from marketplace.contracts.service import changes, heads, offers, sealing, signing
from marketplace.contracts.service.lifecycle import cancel, complete, mark_active

__all__ = [
    "cancel",
    "changes",
    "complete",
    "heads",
    "mark_active",
    "offers",
    "sealing",
    "signing",
]
