"""Owns the papers of a pack of evidence: which versions there were, how each was made, its files.

In English, as the bank reads them. The sealed file of a version is the proof: it carries the
signatures, the log of how they were given, and what was imported.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.service import documents

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract, ContractSignature, ContractVersion

SIDES = 2
SEALED = "as signed, with the signatures, how they were given, and the seal"
TEXT = "the text that was shown before signing, without signatures"
FRENCH = "its French version, handed over before"
BROUGHT = "what the parties say they signed elsewhere, unchanged"


@dataclass(frozen=True)
class Paper:
    """One version of a contract. `files`: name, SHA-256 and what it is; `signatures` as given."""

    number: int
    how: str
    in_force: bool
    signatures: tuple[ContractSignature, ...]
    files: tuple[tuple[str, str, str], ...]

    @property
    def signed(self) -> bool:
        """Whether both sides signed it."""
        return len(self.signatures) == SIDES

    def plain(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "number": self.number,
            "made": self.how,
            "in_force": self.in_force,
            "signatures": [
                {
                    "name": each.typed_name,
                    "at": each.signed_at,
                    "party": each.party.legal_name,
                    "consent": each.consent,
                }
                for each in self.signatures
            ],
            "files": [
                {"name": name, "sha256": sha256, "what": what} for name, sha256, what in self.files
            ],
        }

    def told(self) -> list[str]:
        """How it was made, who signed it, and where the proof is: a sentence each."""
        force = ", the one in force," if self.in_force else ""
        sealed = [name for name, _sha256, what in self.files if what == SEALED]
        return [
            f"Version {self.number}{force} is {self.how}.",
            *(
                f"Signed by {each.typed_name} for {each.party.legal_name} on "
                f"{each.signed_at:%Y-%m-%d %H:%M} UTC, online, with a code sent by e-mail."
                for each in self.signatures
            ),
            *(f"The signed and sealed file is {name}." for name in sealed),
        ]


async def of(contract: Contract) -> list[Paper]:
    """Every version of a contract, the oldest first."""
    changes = {each.version_id: each.status.value for each in await contracts.changes(contract.id)}
    seals = {each.version_id: each.file_sha256 for each in await contracts.seals(contract.id)}
    given: dict[UUID, list[ContractSignature]] = defaultdict(list)
    for each in await contracts.every_signature(contract.id):
        given[each.version_id].append(each)
    found = []
    for version in reversed(await contracts.versions(contract.id)):
        signatures = tuple(given[version.id])
        in_force = contract.signed_at is not None and version.number == contract.version
        how = _how(version, changes.get(version.id), len(signatures) == SIDES)
        files = _files(contract.number, version, in_force, seals.get(version.id))
        found.append(Paper(version.number, how, in_force, signatures, tuple(files)))
    return found


async def read(papers: list[Paper]) -> dict[str, bytes]:
    """The bytes of every file by its name. Raises FileDamaged."""
    files = [each for paper in papers for each in paper.files]
    return {name: await documents.read(sha256) for name, sha256, _what in files}


def _how(version: ContractVersion, change: str | None, signed: bool) -> str:
    brought = _brought(version)
    if change is not None:
        what = "a change of the contract, proposed online"
        return f"{what} and signed by both sides" if signed else f"{what}, not agreed ({change})"
    if brought is not None:
        what = (
            f"a sheet made online for a contract that the parties state to have signed elsewhere "
            f"on {brought.signed_on} (“{brought.file_name}”, SHA-256 {brought.file_sha256})"
        )
        agreed = "both confirmed that file and signed the sheet"
        return f"{what}; {agreed if signed else 'it was not signed by both sides'}"
    if signed:
        return "an offer made online that both sides signed online"
    return "an offer made online that was not signed by both sides"


def _brought(version: ContractVersion) -> ImportedPaper | None:
    return Agreement.model_validate(version.agreement).imported


def _files(
    number: str, version: ContractVersion, in_force: bool, sealed: str | None
) -> list[tuple[str, str, str]]:
    name = f"{number}-v{version.number}{'-in-force' if in_force else ''}"
    found = [(f"{name}-text.pdf", version.file_sha256, TEXT)]
    if sealed is not None:
        found.insert(0, (f"{name}-signed-and-sealed.pdf", sealed, SEALED))
    if version.french_sha256:
        found.append((f"{name}-text-fr.pdf", version.french_sha256, FRENCH))
    brought = _brought(version)
    if brought is not None and in_force:
        found.append((f"{number}-signed-elsewhere.pdf", brought.file_sha256, BROUGHT))
    return found
