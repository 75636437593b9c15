"""Owns the secrets in the links of mails; keeps none.

A secret is made from the reference's id and the server's own secret, so that a reminder carries the
same link as the request, and nothing is stored that opens it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from marketplace.references.rules.states import ReferenceLinkUnknown


class Purpose(StrEnum):
    """What a link is for; one serves for nothing else."""

    ANSWER = "answer"
    REMOVE = "remove"
    STOP = "stop"


def token(purpose: Purpose, reference_id: UUID, secret: str) -> str:
    """What stands in a link."""
    return f"{reference_id}.{_seal(purpose, reference_id, secret)}"


def meant(purpose: Purpose, token: str, secrets: Iterable[str]) -> UUID:
    """The reference of a link under one of the server's secrets. Raises ReferenceLinkUnknown."""
    name, _dot, seal = token.partition(".")
    try:
        reference_id = UUID(name)
    except ValueError:
        raise ReferenceLinkUnknown from None
    seals = [_seal(purpose, reference_id, secret).encode() for secret in secrets]
    if not any(hmac.compare_digest(seal.encode(), each) for each in seals):
        raise ReferenceLinkUnknown
    return reference_id


def _seal(purpose: Purpose, reference_id: UUID, secret: str) -> str:
    text = f"reference-{purpose.value}:{reference_id}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:40]
