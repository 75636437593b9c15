"""Owns noticing what only the operator can mend about the seal; never makes or renews anything."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from cryptography.x509 import load_der_x509_crl

from marketplace.core import clock
from marketplace.core.settings import settings
from marketplace.sealing.service import keys

SEALS_FOR: Final = timedelta(days=2 * 365)
"""A key seals for two years, then another one does (deploy/README.md)."""
LIST_LEFT: Final = timedelta(days=10)
"""How long before its end the list of revoked certificates is asked for."""


class Trouble(StrEnum):
    """What is wrong, and what to do about it."""

    MISSING = "no seal: run seal make"
    OLD = "the seal's key is two years old: run seal rotate"
    LIST = "the list of revoked seals ends soon: run seal renew"


def trouble() -> Trouble | None:
    """What is wrong with the seal, the worst first. It reads files.

    None outside production, where a throw-away one is made.
    """
    if not settings().production:
        return None
    try:
        present, _state = keys.certificates()[0]
        listed = load_der_x509_crl(keys.revoked())
    except (keys.SealMissing, FileNotFoundError):
        return Trouble.MISSING
    now = clock.now()
    if listed.next_update_utc is not None and listed.next_update_utc < now + LIST_LEFT:
        return Trouble.LIST
    return Trouble.OLD if present.not_valid_before_utc < now - SEALS_FOR else None
