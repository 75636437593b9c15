"""Owns the shapes of the public checks: sealed files, verdicts, daily heads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from marketplace.contracts.rules.states import Status
from marketplace.contracts.schemas.base import In, Out, Sha256


class VerifyRequest(In):
    """The SHA-256 of a file, in hex. The file itself need not leave your machine."""

    sha256: Sha256


class SealView(Out):
    """The final file of a version: PAdES level, and `test` when a throw-away key sealed it."""

    file_sha256: str
    file_bytes: int
    level: str
    test: bool
    certificate_sha256: str
    chain_head: str
    sealed_at: datetime


class VersionSealView(SealView):
    """The final file of a version of a contract of yours."""

    version: int


class Finding(Out):
    """What the file itself shows without our records. `flaws` are codes, `sentences` say them.

    `contains` is the contract with which a changed file still begins, if it is one of ours.
    `french_sha256`: of the French version attached to it, which the signers received first.
    """

    ok: bool
    size_bytes: int
    flaws: tuple[str, ...]
    sentences: tuple[str, ...]
    seal_level: str | None = None
    sealed_at: str | None = None
    seal_test: bool | None = None
    contract: str | None = None
    version: str | None = None
    events: int | None = None
    chain_head: str | None = None
    signatures: tuple[tuple[str, str], ...] = ()
    contains: tuple[str, int] | None = None
    french_sha256: str | None = None


class Verdict(Out):
    """What the public verification says about a file. Signers by initials only.

    `match`: exactly these bytes are in our records; `sealed`: as a final file. `seal` is the final
    file of that version. `imported`: it is a contract signed elsewhere that both sides confirmed
    here; what it holds was not checked. `french`: it is the French version that was handed over
    before this one (Quebec). `file` is there when the file itself was sent rather than its hash.
    """

    match: bool
    number: str | None = None
    version: int | None = None
    current: bool | None = None
    status: Status | None = None
    frozen_at: datetime | None = None
    signatures: tuple[tuple[str, datetime], ...] = ()
    chain_valid: bool | None = None
    sealed: bool = False
    imported: bool = False
    french: bool = False
    seal: SealView | None = None
    file: Finding | None = None


class HeadQuery(In):
    """The list of public heads. `cursor` is `next` of the page before."""

    cursor: date | None = None
    limit: Annotated[int, Field(ge=1, le=400)] = 31


class HeadView(Out):
    """A day's head: SHA-256 over `prev` and the sorted `hashes` of its evidence, a line each."""

    day: date
    events: int
    prev: str
    head: str
    made_at: datetime
    hashes: tuple[str, ...] | None = None


class HeadPage(Out):
    """A page of heads; ask again with `cursor=next` while it is not null."""

    items: tuple[HeadView, ...]
    next: date | None
