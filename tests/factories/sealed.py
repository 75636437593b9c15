"""Makes a contract that two people signed, sealed, without a database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from marketplace.contracts.rules import annex, paper
from marketplace.contracts.service import documents
from marketplace.contracts.service.sealing import made
from marketplace.sealing.rules import chain
from marketplace.sealing.rules.report import Report
from marketplace.sealing.service import keys
from tests.marketplace.contracts.test_paper import KINDS, draft

CONSENT = "J’ai lu le contrat RL-2026-000001, version 1, et je le signe électroniquement."


@dataclass(frozen=True)
class Signed:
    """What both signed, and all that the annex is made of."""

    original: bytes
    boxes: list[dict[str, Any]]
    annex: annex.Signed

    def sealed(self) -> tuple[bytes, Report]:
        """A final file of it and our own check."""
        return made(self.original, self.annex, self.boxes)


def events(sha256: str) -> list[dict[str, Any]]:
    """A sound chain: sent, then each side reads, gets a code and signs."""
    found: list[dict[str, Any]] = []

    def add(actor: str, event: str, **details: str) -> None:
        each: dict[str, Any] = {
            "contract": "0198f000-0000-7000-8000-000000000001", "seq": len(found) + 1,
            "at": f"2026-11-23T09:{len(found):02d}:20.000000Z", "actor": actor,
            "person": actor, "event": event, "file_sha256": sha256, "ip": "203.0.113.7",
            "user_agent": "Firefox", "session": "s", "details": details,
            "prev": found[-1]["hash"] if found else chain.GENESIS,
        }  # fmt: skip
        found.append({**each, "hash": chain.digest(each)})

    add("business", "sent")
    for side, name, capacity in (
        ("business", "Claire Dubois", "Présidente"),
        ("assistant", "Camille Martin", "en son propre nom"),
    ):
        add(side, "code_sent", to=f"{name[0].lower()}•••@relais.example")
        add(side, "signed", name=name, capacity=capacity, consent=CONSENT, locale="fr", version="1")
    add("system", "completed_signing", version="1")
    return found


def signed(kind: str = "flat_fee", language: str = "fr") -> Signed:
    """A contract both signed."""
    data = paper.compose(draft(KINDS[kind], language))
    original = documents.render(data, 1_800_000_000)
    sha256 = hashlib.sha256(original).hexdigest()
    parts = annex.Signed(
        number="RL-2026-000001", version=1, title="Accueil et factures", language=language,
        platform="Relais", verify_at="http://127.0.0.1:8000/verify", sha256=sha256,
        size_bytes=len(original), events=events(sha256), test=keys.is_test(),
        parties={"business": "Atelier Dubois", "assistant": "Camille Martin"},
        authority=keys.authority_sha256(),
    )  # fmt: skip
    return Signed(original, documents.signature_boxes(data), parts)


@cache
def sealed_once() -> tuple[bytes, Signed]:
    """One sealed file for all tests that only look at it."""
    both = signed()
    return both.sealed()[0], both
