"""Owns the evidence chain as arithmetic: canonical form, hash, verification; never stores it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from marketplace.sealing.rules import chain
from marketplace.sealing.rules.chain import GENESIS, initials

__all__ = ["GENESIS", "initials"]

EVENTS = frozenset(
    {
        "imported",
        "sent",
        "countered",
        "viewed",
        "downloaded",
        "french_delivered",
        "pages_shown",
        "code_sent",
        "code_refused",
        "signed",
        "consents_voided",
        "declined",
        "withdrawn",
        "expired",
        "completed_signing",
        "sealed",
        "activated",
        "begun",  # active by the agreement, without held money
        "completed",
        "cancelled",
        "change_proposed",
        "change_declined",
        "change_withdrawn",
        "change_expired",
        "change_void",
    }
)


@dataclass(frozen=True)
class Link:
    """One event as it is hashed. `at` is UTC ISO 8601 with microseconds; `details` plain JSON."""

    contract: str
    seq: int
    at: str
    actor: str
    person: str | None
    event: str
    file_sha256: str | None
    ip: str | None
    user_agent: str | None
    session: str | None
    details: dict[str, str]
    prev: str


@dataclass(frozen=True)
class Trace:
    """Where a step came from, as the web edge saw it. `session` is a digest, never a secret."""

    ip: str | None = None
    user_agent: str | None = None
    session: str | None = None


NO_TRACE = Trace()
USER_AGENT_MAX = 400


def seen(ip: str | None, user_agent: str | None, session_token: str) -> Trace:
    """The trace of a request. The token itself is not kept, only a digest that tells two apart."""
    mark = hashlib.sha256(b"evidence:" + session_token.encode()).hexdigest()[:32]
    agent = user_agent[:USER_AGENT_MAX] if user_agent else None
    return Trace(ip, agent, mark if session_token else None)


def canonical(link: Link) -> bytes:
    """The bytes that are hashed: JSON in UTF-8, sorted keys, no spaces."""
    return chain.canonical(asdict(link))


def digest(link: Link) -> str:
    """SHA-256 of the canonical form, in hex. It covers `prev`, hence everything before."""
    return hashlib.sha256(canonical(link)).hexdigest()


def stamp(at: datetime) -> str:
    """An instant as the chain writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def as_event(link: Link, stored: str) -> dict[str, object]:
    """A link as evidence files carry it, with its hash."""
    return {**asdict(link), "hash": stored}


def broken_at(links: Iterable[tuple[Link, str]]) -> int | None:
    """The sequence number of the first event that does not hold, or None for a sound chain.

    `links` is every event of one contract in order, with the hash stored beside it.
    """
    return chain.broken_at(as_event(link, stored) for link, stored in links)
