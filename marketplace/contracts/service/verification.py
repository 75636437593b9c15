"""Owns checking a stranger's file against our records and by itself; keeps nothing of it."""

from __future__ import annotations

import asyncio
import hashlib

from marketplace.contracts import queries
from marketplace.contracts.schemas import Finding, Verdict
from marketplace.core.i18n import gettext
from marketplace.sealing import service as sealing
from marketplace.sealing.rules.report import WORDS, Report
from marketplace.web.ratelimit import hit

FILES_PER_MINUTE = 4
FILES_AT_ONCE = 6


async def checked(content: bytes, address: str) -> Verdict:
    """What our records and the file itself say.

    The hash of the whole file decides: it covers the few bytes that no seal can. The seal tells
    those who have no access to our records the same. `address` is who asks: a file costs more than
    a fingerprint. Raises sealing.InspectionBusy, TooManyRequests.
    """
    await hit(f"verify-file:{address}", per_minute=FILES_PER_MINUTE, burst=FILES_AT_ONCE)
    sha256 = await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest())
    verdict = await queries.verdict(sha256)
    report = await sealing.inspected(content, sha256)
    contained = None if verdict.match else await queries.begun_with(report.prefixes)
    return verdict.model_copy(update={"file": finding(report, contained)})


def finding(report: Report, contained: Verdict | None = None) -> Finding:
    """A report as people and programs read it."""
    seal, proof = report.seal, report.proof
    begins = (contained.number, contained.version) if contained else None
    return Finding(
        ok=report.ok,
        size_bytes=report.size_bytes,
        flaws=tuple(report.flaws),
        sentences=tuple(gettext(WORDS[flaw]) for flaw in report.flaws),
        seal_level=seal.level if seal else None,
        sealed_at=seal.at if seal else None,
        seal_test=seal.test if seal else None,
        contract=proof.contract if proof else None,
        version=proof.version if proof else None,
        events=proof.events if proof else None,
        chain_head=proof.head if proof else None,
        signatures=proof.signers if proof else (),
        contains=begins if begins and all(begins) else None,
        french_sha256=(proof.french_sha256 or None) if proof else None,
    )
