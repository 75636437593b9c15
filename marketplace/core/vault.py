"""Owns closing what the server alone is to read, under keys made from its own secret.

AES-256-GCM (NIST SP 800-38D) under a key for each purpose, drawn from `RELAIS_SECRET_KEY` by HKDF
(RFC 5869). What was closed under one of `RELAIS_FORMER_SECRET_KEYS` opens as well.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from marketplace.core.settings import settings

MARK: Final = b"RELAIS-CLOSED-1\n"
NONCE_BYTES: Final = 12


class CannotOpen(ValueError):
    """Damaged, closed for something else, or closed under a secret that is not known any more."""


def secrets() -> tuple[str, ...]:
    """The server's secret, then those it had before."""
    return (settings().secret_key, *settings().former_secret_keys)


@lru_cache(maxsize=32)
def _cipher(secret: str, purpose: str) -> AESGCM:
    info = f"relais {purpose}".encode()
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=info).derive(secret.encode()))


def close(content: bytes, purpose: str, name: str) -> bytes:
    """The content closed under the newest key; it opens for this purpose and name alone."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(secrets()[0], purpose).encrypt(nonce, content, name.encode())
    return MARK + nonce + sealed


def is_closed(kept: bytes) -> bool:
    """Whether the bytes are closed at all: what was kept before is as it came."""
    return kept.startswith(MARK)


def opened(kept: bytes, purpose: str, name: str) -> tuple[bytes, bool]:
    """The content, and whether it was closed under the newest key. Raises CannotOpen."""
    nonce, sealed = kept[len(MARK) :][:NONCE_BYTES], kept[len(MARK) + NONCE_BYTES :]
    for number, secret in enumerate(secrets()):
        try:
            return _cipher(secret, purpose).decrypt(nonce, sealed, name.encode()), not number
        except (InvalidTag, ValueError):
            continue
    raise CannotOpen
