"""Owns what the sides tell about a dispute, the mails about it, and the pack of evidence."""

from __future__ import annotations

from marketplace.disputes.service import letters, pack
from marketplace.disputes.service.telling import tell

__all__ = ["letters", "pack", "tell"]
