"""Owns what the sides tell about a dispute, the mails about it, and the pack of evidence."""

from __future__ import annotations

from marketplace.disputes.service import letters, pack
from marketplace.disputes.service.telling import alone, close, tell

__all__ = ["alone", "close", "letters", "pack", "tell"]
