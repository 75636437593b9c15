"""Owns the public facts of the seal; never a private key."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from marketplace.core.settings import settings
from marketplace.sealing.schemas import CertificateView, SealView
from marketplace.sealing.service import keys


def facts() -> SealView:
    """What anybody may know of the seal. Raises SealMissing."""
    return SealView(
        test=keys.is_test(),
        level=settings().seal_level,
        authority_sha256=keys.authority_sha256(),
        authority_pem=keys.authorities().decode(),
        certificates=tuple(
            CertificateView(
                name=str(each.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value),
                state=state,
                serial=f"{each.serial_number:x}",
                sha256=each.fingerprint(hashes.SHA256()).hex(),
                valid_from=each.not_valid_before_utc,
                valid_until=each.not_valid_after_utc,
            )
            for each, state in keys.certificates()
        ),
    )
