"""Owns the keys and certificates of the seal, as files of one folder; never seals anything.

    ca.pem     our authorities, the present one first: public, for ever
    ca.key     the authority's key: needed to make seal certificates and lists; may be kept away
    ca.crl     the list of revoked certificates, DER
    seal.pem   the certificate that seals now
    seal.key   its key, P-256; elsewhere, or in a PKCS#11 device, by RELAIS_SEAL_KEY
    past/      certificates that sealed before; what they sealed stays valid

A certificate outlives the use of its key by far: rotating throws the key away, not the proof.
Outside production a throw-away authority is made on first use, and everything it signs says TEST.
In production such a one counts as none, and `make` puts a real one in its place.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import Certificate, load_der_x509_crl, load_pem_x509_certificate
from cryptography.x509.oid import NameOID

from marketplace.core import clock
from marketplace.core.errors import Unavailable
from marketplace.core.i18n import _
from marketplace.core.ids import secret_token
from marketplace.core.settings import settings
from marketplace.sealing.rules.inspection import TEST_MARK, Trust
from marketplace.sealing.service import certificates as papers

DEVICE: Final = "pkcs11:"
BACKDATED: Final = timedelta(days=2 * 365)  # of throw-away keys: development travels in time


class SealMissing(Unavailable):
    """No seal key in the folder, and none is made in production."""

    message = _("The marketplace has no seal yet: the operator has to make one.")


@dataclass(frozen=True)
class Holder:
    """What seals now. `key` is a path, or an address in a device (DEVICE)."""

    certificate: bytes
    key: str


def folder() -> Path:
    """Where keys and certificates are."""
    chosen = settings()
    return Path(chosen.seal_dir) if chosen.seal_dir else chosen.data_dir / "keys" / "seal"


def exists() -> bool:
    """Whether there is a seal, without making one."""
    return (folder() / "seal.pem").exists()


def ready() -> Path:
    """The folder with a seal in it; a throw-away one is made, and serves, outside production alone.

    Raises SealMissing.
    """
    found = folder()
    if settings().production:
        if not exists() or _throw_away(found):
            raise SealMissing
    elif not exists():
        make(test=True)
    return found


def make(*, test: bool = False, public: Path | None = None) -> Path:
    """Make authority, seal and list where there are none. Whoever comes first makes them.

    Where RELAIS_SEAL_KEY names a key, that one is certified; of a device's, `public` is its public
    half (PEM). A throw-away seal is put aside. Raises ValueError without it, and FileExistsError
    when the folder has a seal, unless another process has just made it.
    """
    final = folder()
    replaced = exists() and not test
    if replaced and not _throw_away(final):
        raise FileExistsError(final)
    elsewhere = _kept_elsewhere(public)
    scratch = final.with_name(f".{final.name}.{secret_token()[:12]}")
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch.mkdir(mode=0o700)
    (scratch / "past").mkdir()
    name = settings().site_name
    key, start = papers.new_key(), clock.now() - timedelta(minutes=5)
    if test:
        name, start = f"{TEST_MARK} {name}", start - BACKDATED
    authority = papers.authority(f"{name} authority", name, key, start)
    _write(scratch / "ca.key", papers.private_pem(key), secret=True)
    _write(scratch / "ca.pem", papers.pem(authority))
    _new_seal(scratch, authority, key, elsewhere)
    _write(scratch / "ca.crl", papers.revocation_list(authority, key, {}, start))
    if replaced:
        final.rename(final.with_name(f"{final.name}-test-{secret_token()[:12]}"))
    try:
        scratch.rename(final)
    except OSError:  # another process was faster, or the person made an empty folder
        if any(final.iterdir()):
            shutil.rmtree(scratch)
        else:
            final.rmdir()
            scratch.rename(final)
    return final


def holder() -> Holder:
    """The certificate and key that seal now. Raises SealMissing."""
    found = ready()
    return Holder((found / "seal.pem").read_bytes(), settings().seal_key or str(found / "seal.key"))


def authorities() -> bytes:
    """The certificates of our authorities, PEM. Raises SealMissing."""
    return (ready() / "ca.pem").read_bytes()


def revoked() -> bytes:
    """The list of revoked certificates, DER. Raises SealMissing."""
    return (ready() / "ca.crl").read_bytes()


def trust(moment: datetime | None = None) -> Trust:
    """Whom we believe now. Raises SealMissing."""
    chosen = settings()
    stamps = (Path(chosen.tsa_ca).read_bytes(),) if chosen.tsa_ca else ()
    return Trust((authorities(),), moment or clock.now(), stamps, (revoked(),))


def authority_sha256() -> str:
    """The fingerprint of the authority that vouches for new seals. Raises SealMissing."""
    return _load(authorities()).fingerprint(hashes.SHA256()).hex()


def is_test() -> bool:
    """Whether the seal is a throw-away one. Raises SealMissing."""
    return _throw_away(ready())


def rotate(public: Path | None = None) -> Path:
    """A new key and certificate; the old certificate moves to past/, its key is destroyed.

    The new key is made here, or it is the one that RELAIS_SEAL_KEY names by now; `public` as in
    `make`. Raises ValueError where that one seals already, and FileNotFoundError when the
    authority's key is kept elsewhere.
    """
    found = ready()
    authority, key = _present(found)
    old = _load((found / "seal.pem").read_bytes())
    elsewhere = _kept_elsewhere(public)
    if elsewhere and elsewhere == old.public_key():
        msg = "The key that RELAIS_SEAL_KEY names seals already: put a new one in its place first."
        raise ValueError(msg)
    _write(found / "past" / f"{old.serial_number:x}.pem", papers.pem(old))
    _new_seal(found, authority, key, elsewhere)
    return found


def revoke(serial: int) -> None:
    """Put a certificate on the list: what it sealed is no longer believed."""
    found = ready()
    authority, key = _present(found)
    known = _revoked_in(found) | {serial: clock.now()}
    _write(found / "ca.crl", papers.revocation_list(authority, key, known, clock.now()))


def renew_list() -> None:
    """Publish the list anew. Raises FileNotFoundError when the authority's key is elsewhere."""
    found = ready()
    authority, key = _present(found)
    _write(
        found / "ca.crl", papers.revocation_list(authority, key, _revoked_in(found), clock.now())
    )


def certificates() -> list[tuple[Certificate, str]]:
    """Every certificate that seals or sealed, with its state: present, past or revoked."""
    found = ready()
    gone = _revoked_in(found)
    paths = [found / "seal.pem", *sorted((found / "past").glob("*.pem"))]
    rows = []
    for place, path in enumerate(paths):
        each = _load(path.read_bytes())
        state = "revoked" if each.serial_number in gone else "past" if place else "present"
        rows.append((each, state))
    return rows


def _throw_away(found: Path) -> bool:
    return _common_name(_load((found / "seal.pem").read_bytes())).startswith(TEST_MARK)


def _load(pem: bytes) -> Certificate:
    return load_pem_x509_certificate(pem)


def _present(found: Path) -> tuple[Certificate, EllipticCurvePrivateKey]:
    """The authority that signs now, with its key. Raises FileNotFoundError."""
    key = load_pem_private_key((found / "ca.key").read_bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    return _load((found / "ca.pem").read_bytes()), key


def _kept_elsewhere(public: Path | None) -> EllipticCurvePublicKey | None:
    """The public half of the key that RELAIS_SEAL_KEY names, if it names one. Raises ValueError."""
    named = settings().seal_key
    if public and not named.startswith(DEVICE):
        msg = "--public is of a key in a device: RELAIS_SEAL_KEY names none (here)."
        raise ValueError(msg)
    if public:
        found = load_pem_public_key(public.read_bytes())
    elif not named or Path(named) == folder() / "seal.key":
        return None
    elif named.startswith(DEVICE):
        msg = "The seal's key is in a device: name a file with its public half by --public (PEM)."
        raise ValueError(msg)
    else:
        try:
            private = load_pem_private_key(Path(named).read_bytes(), None)
        except TypeError as closed:  # by a passphrase
            raise ValueError(str(closed)) from closed
        found = private.public_key()
    if not isinstance(found, EllipticCurvePublicKey):
        msg = "The seal's key is not one on an elliptic curve."
        raise ValueError(msg)  # noqa: TRY004
    return found


def _new_seal(
    found: Path,
    authority: Certificate,
    authority_key: EllipticCurvePrivateKey,
    elsewhere: EllipticCurvePublicKey | None,
) -> None:
    """A certificate in place of the present one: of a fresh key, or of one kept elsewhere."""
    name = _common_name(authority).removesuffix(" authority")
    start = clock.now() - timedelta(minutes=5)
    if name.startswith(TEST_MARK):
        start = authority.not_valid_before_utc
    url = f"{settings().base_url}/seal/ca.crl"
    if elsewhere:
        public = elsewhere
        (found / "seal.key").unlink(missing_ok=True)
    else:
        key = papers.new_key()
        public = key.public_key()
        _write(found / "seal.key", papers.private_pem(key), secret=True)
    made = papers.leaf(f"{name} seal", authority, authority_key, public, start, url)
    _write(found / "seal.pem", papers.pem(made))


def _common_name(certificate: Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _revoked_in(found: Path) -> dict[int, datetime]:
    """Serial numbers on the present list, with when they came there."""
    listed = load_der_x509_crl((found / "ca.crl").read_bytes())
    return {each.serial_number: each.revocation_date_utc for each in listed}


def _write(path: Path, content: bytes, *, secret: bool = False) -> None:
    """Write a file at once complete; a secret one for its owner alone."""
    part = path.with_name(f".{path.name}.part")
    mode = 0o600 if secret else 0o644
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    part.replace(path)
