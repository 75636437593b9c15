"""Owns what an inspection of a file found, and its words; never looks at a file itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from marketplace.core.i18n import _


class Flaw(StrEnum):
    """What may be wrong with a file. Each has a sentence in WORDS."""

    NOT_PDF = "not_pdf"
    UNREADABLE = "unreadable"
    NO_SEAL = "no_seal"
    SEAL_BROKEN = "seal_broken"
    SEAL_FOREIGN = "seal_foreign"
    SEAL_EXPIRED = "seal_expired"
    SEAL_REVOKED = "seal_revoked"
    STAMP_BROKEN = "stamp_broken"
    CHANGED_AFTER = "changed_after"
    FRAME_CHANGED = "frame_changed"
    NO_EVIDENCE = "no_evidence"
    CHAIN_BROKEN = "chain_broken"
    PREFIX_CHANGED = "prefix_changed"
    FRENCH_CHANGED = "french_changed"


WORDS: dict[Flaw, str] = {
    Flaw.NOT_PDF: _("This is not a PDF file."),
    Flaw.UNREADABLE: _("The file is damaged: its structure cannot be read."),
    Flaw.NO_SEAL: _("The file carries no seal."),
    Flaw.SEAL_BROKEN: _("Bytes under the seal were changed after it was set."),
    Flaw.SEAL_FOREIGN: _("The seal was not set with a certificate of this marketplace."),
    Flaw.SEAL_EXPIRED: _("The certificate of the seal has expired or is not valid yet."),
    Flaw.SEAL_REVOKED: _("The certificate of the seal was revoked."),
    Flaw.STAMP_BROKEN: _("The time stamp in the file does not hold."),
    Flaw.CHANGED_AFTER: _("Something was added to the file after it was sealed."),
    Flaw.FRAME_CHANGED: _("Bytes in the frame of the seal itself were changed."),
    Flaw.NO_EVIDENCE: _("The log of evidence (preuve.json) is missing or cannot be read."),
    Flaw.CHAIN_BROKEN: _("The log of evidence in the file does not add up."),
    Flaw.PREFIX_CHANGED: _("The contract at the beginning of the file is not what was signed."),
    Flaw.FRENCH_CHANGED: _(
        "The French version that comes first is missing, or is not the one handed over before "
        "the signatures."
    ),
}


@dataclass(frozen=True)
class Seal:
    """The platform's seal as found. `at` is ISO 8601: the time stamp's, else the seal's own claim.

    `level` is PAdES B-B, B-T or B-LTA (ETSI EN 319 142-1). `test`: made with a throw-away key.
    """

    signer: str
    certificate_sha256: str
    at: str | None
    level: str
    test: bool


@dataclass(frozen=True)
class Proof:
    """What the evidence inside the file says. `signers`: (initials, ISO 8601 instant).

    `french_sha256`: of the French version that each signer received first; "" where none had to.
    """

    contract: str
    version: str
    document_sha256: str
    document_bytes: int
    events: int
    head: str
    signers: tuple[tuple[str, str], ...]
    french_sha256: str = ""


@dataclass(frozen=True)
class Report:
    """The outcome for one file.

    `prefixes` are the SHA-256 of the file up to the end of each of its revisions but the last.
    """

    sha256: str
    size_bytes: int
    seal: Seal | None = None
    proof: Proof | None = None
    flaws: tuple[Flaw, ...] = ()
    prefixes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Sealed by this marketplace, nothing changed, evidence sound."""
        return self.seal is not None and self.proof is not None and not self.flaws

    def as_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` reads it back."""
        return {**asdict(self), "ok": self.ok}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Report:
        """From `as_json`, across a process."""
        seal, proof = found["seal"], found["proof"]
        if proof is not None:
            proof = {**proof, "signers": tuple(tuple(each) for each in proof["signers"])}
        return cls(
            sha256=found["sha256"],
            size_bytes=found["size_bytes"],
            seal=Seal(**seal) if seal else None,
            proof=Proof(**proof) if proof else None,
            flaws=tuple(Flaw(each) for each in found["flaws"]),
            prefixes=tuple(found["prefixes"]),
        )
