"""Owns what may be said in public about a file: no names, no amounts, initials only."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.contracts.models import ContractSeal, ContractSignature, ContractVersion
from marketplace.contracts.queries.agreements import broken_at, current_version, evidence
from marketplace.contracts.queries.imported import confirmed
from marketplace.contracts.rules.evidence import initials
from marketplace.contracts.schemas import SealView, Verdict


async def verdict(sha256: str) -> Verdict:
    """What our records say of the file with this hash: a sealed file, a version, an import."""
    seal = await ContractSeal.get_or_none(file_sha256=sha256).prefetch_related("version__contract")
    version = seal.version if seal else await by_file(sha256)
    french = None if version else await _by_french(sha256)
    version = version or french
    brought = None if version else await confirmed(sha256)
    if brought is not None:
        version = await current_version(brought)
    if version is None:
        return Verdict(match=False)
    seal = seal or await ContractSeal.get_or_none(version_id=version.id)
    contract = brought or version.contract
    given = await ContractSignature.filter(version_id=version.id).order_by("signed_at")
    return Verdict(
        match=True,
        number=contract.number,
        version=version.number,
        current=version.number == contract.version,
        status=contract.status,
        frozen_at=version.created_at,
        signatures=tuple((initials(each.typed_name), each.signed_at) for each in given),
        chain_valid=broken_at(await evidence(contract.id)) is None,
        sealed=seal is not None and seal.file_sha256 == sha256,
        imported=brought is not None,
        french=french is not None,
        seal=SealView.model_validate(seal) if seal else None,
    )


async def by_file(sha256: str) -> ContractVersion | None:
    """The version whose PDF has this hash, with its contract."""
    return await ContractVersion.get_or_none(file_sha256=sha256).prefetch_related("contract")


async def _by_french(sha256: str) -> ContractVersion | None:
    """The version before which the French one with this hash was handed over, with its contract."""
    rows = ContractVersion.filter(french_sha256=sha256).order_by("number")
    return await rows.prefetch_related("contract").first()


async def begun_with(prefixes: Iterable[str]) -> Verdict | None:
    """What our records say of the contract with which a changed file still begins."""
    for sha256 in prefixes:
        found = await verdict(sha256)
        if found.match:
            return found
    return None
