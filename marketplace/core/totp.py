"""Owns the one-time codes of authenticator apps as arithmetic (RFC 6238); keeps no secret."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Final

TOTP_SECONDS: Final = 30
TOTP_DIGITS: Final = 6
TOTP_DRIFT: Final = 1  # steps before and after, for clocks that differ (RFC 6238, 5.2)


def step_of(at: datetime) -> int:
    """The half-minute of an instant."""
    return int(at.timestamp()) // TOTP_SECONDS


def totp(secret: bytes, step: int) -> str:
    """The code of a half-minute (RFC 6238 with the defaults of every app: SHA-1, six digits)."""
    made = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = made[-1] & 0xF
    number = int.from_bytes(made[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**TOTP_DIGITS:0{TOTP_DIGITS}d}"


def totp_step(secret: bytes, code: str, now: int) -> int | None:
    """The half-minute around `now` whose code this is; None for no code of these."""
    digits = "".join(char for char in code if char.isascii() and char.isdigit())
    for step in range(now - TOTP_DRIFT, now + TOTP_DRIFT + 1):
        if hmac.compare_digest(totp(secret, step), digits):
            return step
    return None
