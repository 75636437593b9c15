"""Owns closing what the server alone is to read, under keys made from its own secret.

AES-256-GCM (NIST SP 800-38D) under a key for each purpose, drawn from `RELAIS_SECRET_KEY` by HKDF
(RFC 5869). What was closed under one of `RELAIS_FORMER_SECRET_KEYS` opens as well.

What is too large for memory is closed in pieces: under a key of its own, each with its number and
whether it is the last, so that none can be moved, left out or cut off unseen (Hoang, Reyhanitabar,
Rogaway, Vizár 2015, "STREAM").
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from marketplace.core.settings import settings

MARK: Final = b"RELAIS-CLOSED-1\n"
NONCE_BYTES: Final = 12
PIECES_MARK: Final = b"RELAIS-CLOSED-2\n"
PIECE_BYTES: Final = 1 << 20
SALT_BYTES: Final = 32
TAG_BYTES: Final = 16


class CannotOpen(ValueError):
    """Damaged, closed for something else, or closed under a secret that is not known any more."""


def secrets() -> tuple[str, ...]:
    """The server's secret, then those it had before."""
    return (settings().secret_key, *settings().former_secret_keys)


@lru_cache(maxsize=32)
def _cipher(secret: str, purpose: str, salt: bytes | None = None) -> AESGCM:
    info = f"relais {purpose}".encode()
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=info).derive(secret.encode()))


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


class Pieces:
    """A file as it is being closed: what is written goes on to `out`, a piece in memory at a time.

    Nothing opens before `finish`.
    """

    def __init__(self, out: BinaryIO, purpose: str, name: str) -> None:
        salt = os.urandom(SALT_BYTES)
        self._out, self._name, self._number = out, name.encode(), 0
        self._cipher = _cipher(secrets()[0], purpose, salt)
        self._waiting = bytearray()
        out.write(PIECES_MARK + salt)

    def write(self, content: bytes) -> int:
        """Take bytes, as any file does; gives how many."""
        self._waiting += content
        while len(self._waiting) > PIECE_BYTES:  # the last one is never empty but in an empty file
            self._put(bytes(self._waiting[:PIECE_BYTES]), last=False)
            del self._waiting[:PIECE_BYTES]
        return len(content)

    def flush(self) -> None:
        """Nothing: a piece is written once it is whole."""

    def finish(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, content: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._out.write(self._cipher.encrypt(nonce, content, self._name))
        self._number += 1


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([last])


def pieces(kept: BinaryIO, purpose: str, name: str) -> Iterator[bytes]:
    """What was closed in pieces, one after another. Raises CannotOpen, at the latest at its end."""
    head = kept.read(len(PIECES_MARK) + SALT_BYTES)
    if not head.startswith(PIECES_MARK):
        raise CannotOpen
    salt, number = head[len(PIECES_MARK) :], 0
    ciphers = [_cipher(secret, purpose, salt) for secret in secrets()]
    sealed, last = kept.read(PIECE_BYTES + TAG_BYTES), False
    while not last:
        following = kept.read(PIECE_BYTES + TAG_BYTES)
        last = not following
        nonce = _nonce(number, last=last)
        ciphers, content = _opening(ciphers, nonce, sealed, name.encode())
        yield content
        sealed, number = following, number + 1


def _opening(
    ciphers: list[AESGCM], nonce: bytes, sealed: bytes, name: bytes
) -> tuple[list[AESGCM], bytes]:
    """The cipher that opens a piece, as the only one for those that follow, and what is in it."""
    for cipher in ciphers:
        try:
            return [cipher], cipher.decrypt(nonce, sealed, name)
        except (InvalidTag, ValueError):
            continue
    raise CannotOpen
