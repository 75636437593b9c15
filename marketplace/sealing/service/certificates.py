"""Owns how our certificates and lists of revocation are made (RFC 5280); never stores one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

AUTHORITY_DAYS: Final = 30 * 365
SEAL_DAYS: Final = 15 * 365  # the contract, then five years of limitation, with a margin
LIST_DAYS: Final = 60  # renewed every week


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key on P-256: ten times as fast as RSA of the same strength."""
    return ec.generate_private_key(ec.SECP256R1())


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key as PKCS #8, not encrypted: it lies in a file that its owner alone may read."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def pem(certificate: x509.Certificate) -> bytes:
    """The certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def _begun(
    issuer: x509.Name,
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    start: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _named(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def authority(
    name: str, organisation: str, key: ec.EllipticCurvePrivateKey, start: datetime
) -> x509.Certificate:
    """A certificate that signs itself and others."""
    subject, public = _named(name, organisation), key.public_key()
    usage = _usage(signs_certificates=True)
    begun = _begun(subject, subject, public, start, AUTHORITY_DAYS)
    begun = begun.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return begun.add_extension(usage, critical=True).sign(key, hashes.SHA256())


def leaf(
    name: str,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
    public: ec.EllipticCurvePublicKey,
    start: datetime,
    list_url: str,
) -> x509.Certificate:
    """A certificate that seals documents."""
    organisation = issuer.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
    subject = _named(name, str(organisation))
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_url)], None, None, None)
    begun = _begun(issuer.subject, subject, public, start, SEAL_DAYS)
    begun = begun.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    begun = begun.add_extension(_usage(signs_certificates=False), critical=True)
    begun = begun.add_extension(_issuer_id(issuer), critical=False)
    begun = begun.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return begun.sign(issuer_key, hashes.SHA256())


def revocation_list(
    issuer: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    revoked: Mapping[int, datetime],
    at: datetime,
) -> bytes:
    """The list of revoked serial numbers, DER."""
    begun = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(at)
        .next_update(at + timedelta(days=LIST_DAYS))
        .add_extension(_issuer_id(issuer), critical=False)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
    )
    for serial, when in revoked.items():
        row = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when)
        begun = begun.add_revoked_certificate(row.build())
    return begun.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _issuer_id(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    known = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
