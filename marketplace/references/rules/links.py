"""Owns the secrets in the links of mails; keeps none.

A secret is made from the reference's id and the server's own secret, so that a reminder carries the
same link as the request, and nothing is stored that opens it. That of a link that stops such mails
is made from the mailbox's mark: it stops them even when the request is long gone.
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


def token(purpose: Purpose, of: UUID | str, secret: str) -> str:
    """What stands in a link about a reference or, to stop mails, about a mailbox's mark."""
    return f"{of}.{_seal(purpose, str(of), secret)}"


def meant(purpose: Purpose, token: str, secrets: Iterable[str]) -> UUID:
    """The reference of a link under one of the server's secrets. Raises ReferenceLinkUnknown."""
    try:
        return UUID(_sealed(purpose, token, secrets))
    except ValueError:
        raise ReferenceLinkUnknown from None


def stopping(token: str, secrets: Iterable[str]) -> str:
    """The mark of the mailbox that a link stops mails to. Raises ReferenceLinkUnknown."""
    return _sealed(Purpose.STOP, token, secrets)


def _sealed(purpose: Purpose, token: str, secrets: Iterable[str]) -> str:
    name, _dot, seal = token.partition(".")
    seals = [_seal(purpose, name, secret).encode() for secret in secrets]
    if not any(hmac.compare_digest(seal.encode(), each) for each in seals):
        raise ReferenceLinkUnknown
    return name


def _seal(purpose: Purpose, name: str, secret: str) -> str:
    text = f"reference-{purpose.value}:{name}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:40]
